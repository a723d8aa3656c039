import { type History } from '../../../platform/clickhouse.ts'
import { type Clock } from '../../../platform/clock.ts'
import { type Db } from '../../../platform/postgres.ts'
import { dropStaged } from '../history.ts'
import { markRejectsDropped, withOldRejects } from '../store.ts'
import { rejectsOldBefore } from '../view.ts'

type Deps = { db: Db; history: History; clock: Clock }

const EVERY_MS = 3_600_000

/** Drops the rejected rows of imports that came to rest long ago. */
export async function dropOldRejects({ db, history, clock }: Deps): Promise<void> {
  const now = clock.now()
  for (const id of await withOldRejects(db, rejectsOldBefore(now))) {
    await dropStaged(history, id, ['import_reject'])
    await markRejectsDropped(db, id, now)
  }
}

/** Does so every hour, until told to stop. */
export async function runSweep(
  deps: Deps,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await dropOldRejects(deps).catch(onTrouble)
    await pause(EVERY_MS)
  }
}
