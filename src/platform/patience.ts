import { Fault } from './fault.ts'

/** Silence after which a store is asked, over a connection of its own, whether it is still at work on what it was told. */
export const SILENT_MS_MAX = 4_000
/** How long that answer may take. */
export const PROBE_MS_MAX = 3_000

/** A store that hangs, or whose answer got lost. What it was told to do, it may have done. */
export class Unanswered extends Error {
  override name = 'Unanswered'
  readonly code = 'ETIMEDOUT'
}

/**
 * Waits for a store's answer as long as the store is at work on it, however long that takes. A connection whose other end has gone for good looks
 * the same as one on which a long statement runs; so the store is asked. When it does not answer that either, or says twice that it is not at work,
 * `giveUp` ends the connection and this throws `Unanswered`.
 */
export async function patiently<T>(
  answer: Promise<T>,
  isAtWork: () => Promise<boolean>,
  giveUp: (why: Unanswered) => void,
  silentMsMax: number,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const gone = new Promise<never>((_, fail) => {
    let denials = 0
    timer = setInterval(async () => {
      // Said once, the answer may be on its way.
      denials = await inTime(PROBE_MS_MAX, isAtWork()).then(
        isSo => (isSo ? 0 : denials + 1),
        () => 2,
      )
      if (denials < 2) return
      const why = new Unanswered('The store does not answer any more')
      fail(why)
      giveUp(why)
    }, silentMsMax)
  })
  // What comes of it after it was given up is nobody's business any more.
  answer.catch(() => {})
  gone.catch(() => {})
  try {
    return await Promise.race([answer, gone])
  } finally {
    clearInterval(timer)
  }
}

/** What `work` answers; `server.recovering` when that takes longer. What was begun goes on. */
export async function inTime<T>(msMax: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    const cause = new Error(`The store did not answer within ${msMax} ms`)
    timer = setTimeout(() => fail(new Fault('server.recovering', {}, { cause })), msMax)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
