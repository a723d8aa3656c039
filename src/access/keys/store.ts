import { type Db } from '../../platform/postgres.ts'
import { type Role } from '../contract.ts'

type Key = { kind: 'write' | 'secret'; name: string; role: Role | null; token_hash: Buffer; shown: string; created_at: Date }

export const add = (db: Db, key: Key) => db.insertInto('api_key').values(key).returningAll().executeTakeFirstOrThrow()

export const byHash = (db: Db, hash: Buffer) =>
  db.selectFrom('api_key').selectAll().where('token_hash', '=', hash).executeTakeFirst()

/** Newest first, those before `before`. */
export async function page(db: Db, before: number | null, limit: number) {
  let query = db.selectFrom('api_key').selectAll().orderBy('id', 'desc').limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  return query.execute()
}

/** The key as it is now; undefined when there is none. Revoking it again changes nothing. */
export async function revoke(db: Db, id: number, at: Date): Promise<{ row: Awaited<ReturnType<typeof byHash>>; isNew: boolean }> {
  const revoked = await db
    .updateTable('api_key')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (revoked) return { row: revoked, isNew: true }
  return { row: await db.selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirst(), isNew: false }
}

export async function touch(db: Db, id: number, at: Date): Promise<void> {
  await db.updateTable('api_key').set({ last_used_at: at }).where('id', '=', id).execute()
}

export async function inUse(db: Db, ids: readonly number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('api_key').select('id').where('id', 'in', ids).where('revoked_at', 'is', null).execute()
  return new Set(rows.map(row => row.id))
}
