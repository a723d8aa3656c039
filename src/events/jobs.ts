import { beat, Fenced, settleNext, type Worker } from './index.ts'

const HEARTBEAT_MS = 4_000
const IDLE_MS_MAX = 400

/** Settles batches until the signal ends it. `pause` is the only waiting there is; `onFenced` must bring a new worker or throw. */
export async function runLanes(
  worker: Worker,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  let lastBeat = worker.clock.now()
  let idleMs = 20
  while (!signal.aborted) {
    try {
      if (worker.clock.now() - lastBeat >= HEARTBEAT_MS) {
        await beat(worker.db, worker.history, worker.clock, worker.id)
        lastBeat = worker.clock.now()
      }
      const settled = await settleNext(worker)
      idleMs = settled > 0 ? 20 : Math.min(idleMs * 2, IDLE_MS_MAX)
    } catch (error) {
      if (error instanceof Fenced) throw error
      onTrouble(error)
      idleMs = 1_000
    }
    if (idleMs > 20) await pause(idleMs)
  }
}
