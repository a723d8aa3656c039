import { type Db } from '../../platform/postgres.ts'
import { type Role } from '../contract.ts'

export type UserRow = NonNullable<Awaited<ReturnType<typeof byId>>>

export const byId = (db: Db, id: number) => db.selectFrom('user_account').selectAll().where('id', '=', id).executeTakeFirst()

export const byEmail = (db: Db, email: string) =>
  db
    .selectFrom('user_account')
    .selectAll()
    .where(({ eb, fn }) => eb(fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .executeTakeFirst()

/** Locked until the transaction ends. */
export const lockedById = (db: Db, id: number) =>
  db.selectFrom('user_account').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function isEmpty(db: Db): Promise<boolean> {
  return (await db.selectFrom('user_account').select('id').limit(1).executeTakeFirst()) === undefined
}

/** Undefined when the email is taken. */
export const add = (db: Db, user: { email: string; name: string; role: Role; password_hash: string | null; created_at: Date }) =>
  db
    .insertInto('user_account')
    .values(user)
    .onConflict(conflict => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()

export const change = (db: Db, id: number, fields: { role?: Role; name?: string; is_active?: boolean; password_hash?: string }) =>
  db.updateTable('user_account').set(fields).where('id', '=', id).returningAll().executeTakeFirstOrThrow()

/** Owners who can sign in, locked in one order, so that two who unmake each other do it one after the other. */
export const lockedOwners = (db: Db) =>
  db
    .selectFrom('user_account')
    .select('id')
    .where('role', '=', 'owner')
    .where('is_active', '=', true)
    .where('password_hash', 'is not', null)
    .orderBy('id')
    .forUpdate()
    .execute()

/** In the order in which they came, those after `after`. */
export const page = (db: Db, after: number, limit: number) =>
  db.selectFrom('user_account').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute()

/** Puts this link in the place of an earlier one for the same user, or for the first account when there is no user. */
export async function putLink(
  db: Db,
  link: { token_hash: Buffer; user_id: number | null; created_at: Date; expires_at: Date | null },
): Promise<void> {
  await db.deleteFrom('account_link').where('user_id', 'is not distinct from', link.user_id).execute()
  await db.insertInto('account_link').values(link).execute()
}

export const linkOf = (db: Db, hash: Buffer) =>
  db
    .selectFrom('account_link')
    .leftJoin('user_account', 'user_account.id', 'account_link.user_id')
    .select([
      'account_link.user_id',
      'account_link.expires_at',
      'user_account.email',
      'user_account.name',
      'user_account.is_active',
    ])
    .where('account_link.token_hash', '=', hash)
    .executeTakeFirst()

/** Uses a link up. Undefined when another request was quicker. */
export const takeLink = (db: Db, hash: Buffer) =>
  db.deleteFrom('account_link').where('token_hash', '=', hash).returning(['user_id', 'expires_at']).executeTakeFirst()
