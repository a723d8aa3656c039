import { sql } from 'kysely'
import { Bell } from '../bell.ts'
import { type Db } from '../postgres.ts'

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
export type Claimed = { id: number; kind: string; subject: string; cursor: unknown; attempts: number; isCancelled: boolean }
export type Step = { cursor?: object; progress?: number; isNewPiece?: boolean }

/** Rings when a job has come in line. */
export const jobsBell = new Bell()

/** Puts a job in line; `cursor` is what it begins from. False: there is an unfinished one on the same subject already. */
export async function enqueue(db: Db, job: { kind: string; subject: string; cursor?: object }, now: number): Promise<boolean> {
  const at = new Date(now)
  const { rows } = await sql`
    insert into job (kind, subject, state, cursor, progress_since, not_before, created_at)
    values (${job.kind}, ${job.subject}, 'waiting', ${JSON.stringify(job.cursor ?? {})}::jsonb, ${at}, ${at}, ${at})
    on conflict (subject) where state in ('waiting', 'running') do nothing returning id`.execute(db)
  jobsBell.ring()
  return rows.length === 1
}

/** Asks a job to stop at its next step. False: there is none to stop. */
export async function cancel(db: Db, subject: string): Promise<boolean> {
  const { rows } = await sql`
    update job set is_cancelled = true, not_before = least(not_before, created_at) where subject = ${subject} and state in ('waiting', 'running') returning id`.execute(
    db,
  )
  return rows.length === 1
}

/** Takes the oldest job that nobody does: a waiting one, or one whose worker is gone. */
export async function claim(db: Db, owner: string, kinds: readonly string[], now: number): Promise<Claimed | null> {
  const { rows } = await sql<{
    id: number
    kind: string
    subject: string
    cursor: unknown
    attempts: number
    is_cancelled: boolean
  }>`
    update job set state = 'running', owner = ${owner}, attempts = attempts + 1, progress_from = progress, progress_since = ${new Date(now)}
    where id = (
      select id from job
      where state in ('waiting', 'running') and owner is null and not_before <= ${new Date(now)} and kind = any(${kinds as string[]}::text[])
      order by id limit 1 for update skip locked)
    returning id, kind, subject, cursor, attempts, is_cancelled`.execute(db)
  const [row] = rows
  return row
    ? {
        id: row.id,
        kind: row.kind,
        subject: row.subject,
        cursor: row.cursor,
        attempts: row.attempts,
        isCancelled: row.is_cancelled,
      }
    : null
}

/** Notes how far a job is. Null: it is not this worker's any more. */
export async function advance(
  db: Db,
  id: number,
  owner: string,
  step: Step,
  now: number,
): Promise<{ isCancelled: boolean } | null> {
  const cursor = step.cursor === undefined ? null : JSON.stringify(step.cursor)
  const progress = step.progress ?? null
  const { rows } = await sql<{ is_cancelled: boolean }>`
    update job set
      cursor = coalesce(${cursor}::jsonb, cursor),
      attempts = case when ${cursor}::jsonb is null or ${cursor}::jsonb = cursor then attempts else 1 end,
      progress = coalesce(${progress}::real, progress),
      progress_from = case when ${step.isNewPiece ?? false} then coalesce(${progress}::real, 0) else progress_from end,
      progress_since = case when ${step.isNewPiece ?? false} then ${new Date(now)}::timestamptz else progress_since end
    where id = ${id} and owner = ${owner} and state = 'running'
    returning is_cancelled`.execute(db)
  return rows[0] ? { isCancelled: rows[0].is_cancelled } : null
}

/** Ends a job that is this worker's. False: it is not, and nothing has changed. */
export async function finish(
  db: Db,
  id: number,
  owner: string,
  state: 'done' | 'failed' | 'cancelled',
  error: string | null,
  now: number,
): Promise<boolean> {
  const { rows } = await sql`
    update job set state = ${state}, error = ${error}, owner = null, finished_at = ${new Date(now)}
    where id = ${id} and owner = ${owner} and state = 'running' returning id`.execute(db)
  return rows.length === 1
}

/** Gives a job back: to be tried again at `notBefore`, or, when this process only stops, by whoever comes next. */
export async function release(
  db: Db,
  id: number,
  owner: string,
  again: { notBefore: number; error: string | null; isTried: boolean },
): Promise<void> {
  await sql`
    update job set state = 'waiting', owner = null, not_before = ${new Date(again.notBefore)}, error = ${again.error},
      attempts = attempts - ${again.isTried ? 0 : 1}
    where id = ${id} and owner = ${owner} and state = 'running'`.execute(db)
}

/** Tries of this worker's job since it last got further. */
export async function attemptsOf(db: Db, id: number): Promise<number> {
  const row = await db.selectFrom('job').select('attempts').where('id', '=', id).executeTakeFirst()
  return row?.attempts ?? 0
}

export type Standing = { state: JobState; progress: number; progressFrom: number; progressSince: number; isCancelled: boolean }

/** How far the unfinished job on each subject is. */
export async function standings(db: Db, subjects: readonly string[]): Promise<Map<string, Standing>> {
  if (subjects.length === 0) return new Map()
  const rows = await db
    .selectFrom('job')
    .select(['subject', 'state', 'progress', 'progress_from', 'progress_since', 'is_cancelled'])
    .where('subject', 'in', [...subjects])
    .where('state', 'in', ['waiting', 'running'])
    .execute()
  return new Map(
    rows.map(row => [
      row.subject,
      {
        state: row.state as JobState,
        progress: row.progress,
        progressFrom: row.progress_from,
        progressSince: row.progress_since.getTime(),
        isCancelled: row.is_cancelled,
      },
    ]),
  )
}
