import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Tries } from './tries.ts'

type NewSession = {
  token_hash: Buffer
  user_id: number
  created_at: Date
  last_seen_at: Date
  address: string | null
  agent: string | null
}

export async function add(db: Db, session: NewSession): Promise<void> {
  await db.insertInto('session').values(session).execute()
}

/** The session and its user, whether or not either still counts. */
export const withUser = (db: Db, hash: Buffer) =>
  db
    .selectFrom('session')
    .innerJoin('user_account', 'user_account.id', 'session.user_id')
    .select(['session.id', 'session.user_id', 'session.created_at', 'session.last_seen_at'])
    .select(['user_account.email', 'user_account.role', 'user_account.is_active'])
    .where('session.token_hash', '=', hash)
    .executeTakeFirst()

export const ofUser = (db: Db, userId: number) =>
  db.selectFrom('session').selectAll().where('user_id', '=', userId).orderBy('last_seen_at', 'desc').execute()

export async function touch(db: Db, id: number, userId: number, at: Date): Promise<void> {
  await db.updateTable('session').set({ last_seen_at: at }).where('id', '=', id).execute()
  await db.updateTable('user_account').set({ last_seen_at: at }).where('id', '=', userId).execute()
}

/** True when there was one of this user to end. */
export async function end(db: Db, id: number, userId: number): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('session').where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function endByToken(db: Db, hash: Buffer): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', hash).execute()
}

export async function endAllOf(db: Db, userId: number): Promise<void> {
  await db.deleteFrom('session').where('user_id', '=', userId).execute()
}

/** Sessions that can no longer be used, of anybody. */
export async function forgetDead(
  db: Db,
  { seenBefore, createdBefore }: { seenBefore: Date; createdBefore: Date },
): Promise<void> {
  await db
    .deleteFrom('session')
    .where(where => where.or([where('last_seen_at', '<=', seenBefore), where('created_at', '<=', createdBefore)]))
    .execute()
}

/** Counts one more try and answers how many there were in the window that is open now. One statement, so that parallel tries are all counted. */
export async function countTry(db: Db, subject: Buffer, at: Date, windowMs: number): Promise<Tries> {
  const stale = sql<boolean>`sign_in_tries.since <= ${new Date(at.getTime() - windowMs)}`
  const row = await db
    .insertInto('sign_in_tries')
    .values({ subject, tries: 1, since: at })
    .onConflict(conflict =>
      conflict.column('subject').doUpdateSet({
        tries: sql`case when ${stale} then 1 else sign_in_tries.tries + 1 end`,
        since: sql`case when ${stale} then excluded.since else sign_in_tries.since end`,
      }),
    )
    .returning(['tries', 'since'])
    .executeTakeFirstOrThrow()
  return { tries: row.tries, since: row.since.getTime() }
}

/** A try that succeeded was none: the account starts afresh, the address gets its one back. */
export async function forgetTries(db: Db, account: Buffer, address: Buffer): Promise<void> {
  await db.deleteFrom('sign_in_tries').where('subject', '=', account).execute()
  await db.updateTable('sign_in_tries').set({ tries: sql`greatest(tries - 1, 0)` }).where('subject', '=', address).execute()
}

export async function forgetOldTries(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('sign_in_tries').where('since', '<=', before).execute()
}
