import { type Db } from '../../platform/postgres.ts'
import { type Onlooker } from './index.ts'

const FLUSH_MS = 5_000

/** Keeps what the onlooker learnt, every few seconds and at the end. */
export async function runOnlooker(
  onlooker: Onlooker,
  db: Db,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  do {
    await pause(FLUSH_MS)
    await onlooker.flush(db).catch(onTrouble)
  } while (!signal.aborted)
}
