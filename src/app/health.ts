import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import { type Health } from '../platform/http/index.ts'
import { inTime } from '../platform/patience.ts'
import { type Program } from './compose.ts'

const ANSWER_MS_MAX = 3_000
const BEHIND_MS_MAX = 60_000
/** What PostgreSQL adds to a table or its log at once: with less than the first it can keep nothing more, with less than the second soon. */
const FREE_BYTES_MIN = { full: 2 ** 20, low: 64 * 2 ** 20 }

/**
 * `recovering`: nothing can be taken in, come again. `degraded`: everything is taken in and kept, but not all of it is at work; pages may be behind
 * or fail. Details name the part.
 */
export async function health({ config, db, history, clock, data }: Program): Promise<Health> {
  const [postgres, clickhouse, workers, disk] = await Promise.all([
    answered(sql`select 1`.execute(db).then(() => 'ok')),
    answered(history.rows('select 1').then(() => 'ok')),
    answered(work(db, clock.now())),
    room(data),
  ])
  const isClosed = postgres !== 'ok' || (disk === 'full' && config.databaseUrl === null)
  const isWhole = clickhouse === 'ok' && workers === 'ok' && disk === 'ok'
  return {
    status: isClosed ? 'recovering' : isWhole ? 'ok' : 'degraded',
    details: { postgres, clickhouse, workers, disk },
  }
}

const answered = (answer: Promise<string>): Promise<string> => inTime(ANSWER_MS_MAX, answer).catch(() => 'unreachable')

/** Nobody at work; somebody, but what came in a while ago still waits (there is too much, or the log cannot be written); or all well. */
async function work(db: Program['db'], now: number): Promise<'none' | 'behind' | 'ok'> {
  const { rows } = await sql<{ living: number; oldest: Date | null }>`
    select (select count(*) from worker where alive_until > ${new Date(now)}) as living,
           (select received_at from inbox order by seq limit 1) as oldest`.execute(db)
  const { living, oldest } = rows[0] ?? { living: 0, oldest: null }
  if (living === 0) return 'none'
  return oldest !== null && now - oldest.getTime() > BEHIND_MS_MAX ? 'behind' : 'ok'
}

async function room(folder: string): Promise<'full' | 'low' | 'ok'> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  return free < FREE_BYTES_MIN.full ? 'full' : free < FREE_BYTES_MIN.low ? 'low' : 'ok'
}
