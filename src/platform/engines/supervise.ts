import { setTimeout as pause } from 'node:timers/promises'
import { type Log } from '../log.ts'

/** A started engine: `gone` settles when its process has ended, whoever ended it, with the reason. */
export type Running = { pid: number; gone: Promise<string>; stop(): Promise<void> }

const BACKOFF_MS = { first: 100, last: 3_000 }

/**
 * Starts an engine and starts it again whenever it dies, waiting longer each time it dies young. The first start
 * has to succeed; every later death and failure is logged. Dispose to stop it for good.
 */
export async function keepRunning(name: string, start: () => Promise<Running>, log: Log): Promise<AsyncDisposable> {
  let running = await start()
  let isStopping = false
  const stopped = new AbortController()

  const watch = async () => {
    let backoffMs = BACKOFF_MS.first
    while (!isStopping) {
      const since = performance.now()
      const reason = await running.gone
      if (isStopping) return
      if (performance.now() - since > 10_000) backoffMs = BACKOFF_MS.first
      log.error({ engine: name, reason }, `${name} ended unexpectedly and is started again`)
      for (;;) {
        await pause(backoffMs, undefined, { signal: stopped.signal }).catch(() => {})
        if (isStopping) return
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MS.last)
        try {
          running = await start()
          log.warn({ engine: name, pid: running.pid }, `${name} answers again`)
          break
        } catch (error) {
          log.error({ engine: name, err: error }, `${name} could not be started again; next try in ${backoffMs} ms`)
        }
      }
    }
  }
  const watching = watch()

  return {
    async [Symbol.asyncDispose]() {
      isStopping = true
      stopped.abort()
      await running.stop()
      await watching
      // A restart may have succeeded between the two lines above.
      await running.stop()
    },
  }
}
