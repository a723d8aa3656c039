import { keepLooking } from '../platform/bell.ts'
import { beat, Fenced, inboxBell, settleNext, type Worker } from './index.ts'

const HEARTBEAT_MS = 4_000

/** Settles batches until the signal ends it. `pause` is the only waiting there is. Throws `Fenced`: then a new worker is needed. */
export async function runLanes(
  worker: Worker,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  let lastBeat = worker.clock.now()
  const look = async (): Promise<boolean> => {
    try {
      // Also when the clock was put back.
      if (Math.abs(worker.clock.now() - lastBeat) >= HEARTBEAT_MS) {
        await beat(worker.db, worker.history, worker.clock, worker.id)
        lastBeat = worker.clock.now()
      }
      return (await settleNext(worker)) > 0
    } catch (error) {
      if (error instanceof Fenced) throw error
      onTrouble(error)
      await pause(1_000)
      return false
    }
  }
  await keepLooking(look, inboxBell, signal, pause)
}
