import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import { type Health } from '../platform/http/index.ts'
import { inTime } from '../platform/patience.ts'
import { type Program } from './compose.ts'

const ANSWER_MS_MAX = 3_000
/** PostgreSQL adds to its log by files of 16 MB: with less than two of them it may stop at any moment. */
const FREE_BYTES_MIN = 32 * 2 ** 20

/**
 * `recovering`: nothing can be taken in, come again. `degraded`: everything is taken in and kept, but not all of it is at work; pages may be behind
 * or fail. Details name the part.
 */
export async function health({ config, db, history, clock, data }: Program): Promise<Health> {
  const [postgres, clickhouse, workers, disk] = await Promise.all([
    answered(sql`select 1`.execute(db).then(() => 'ok')),
    answered(history.rows('select 1').then(() => 'ok')),
    answered(livingWorkers(db, clock.now()).then(count => (count > 0 ? 'ok' : 'none'))),
    room(data),
  ])
  const isFull = disk === 'full'
  const isClosed = postgres !== 'ok' || (isFull && config.databaseUrl === null)
  const isWhole = clickhouse === 'ok' && workers === 'ok' && !isFull
  return {
    status: isClosed ? 'recovering' : isWhole ? 'ok' : 'degraded',
    details: { postgres, clickhouse, workers, disk },
  }
}

const answered = (answer: Promise<string>): Promise<string> => inTime(ANSWER_MS_MAX, answer).catch(() => 'unreachable')

async function livingWorkers(db: Program['db'], now: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from worker where alive_until > ${new Date(now)}`.execute(db)
  return rows[0]?.n ?? 0
}

async function room(folder: string): Promise<'ok' | 'full'> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < FREE_BYTES_MIN ? 'full' : 'ok'
}
