import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { forgetOld } from './index.ts'

const LOOK_MS = 3_600_000

/** Forgets old contents every hour, until the signal ends it. Several processes may do so side by side. */
export async function runForgetting(
  shops: { db: Db; clock: Clock },
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await forgetOld(shops).catch(onTrouble)
    await pause(LOOK_MS)
  }
}
