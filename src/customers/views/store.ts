import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'

export type ViewRow = {
  id: number
  user_id: number
  name: string
  is_shared: boolean
  state: unknown
  author: string
  is_default: boolean
}

/** The views that somebody may use: their own, and shared ones; null for a program, which has none of its own. */
export async function viewsFor(db: Db, userId: number | null, id: number | null): Promise<ViewRow[]> {
  const { rows } = await sql<ViewRow>`
    select v.id, v.user_id, v.name, v.is_shared, v.state, u.name as author, d.view_id is not null as is_default
    from saved_view v join user_account u on u.id = v.user_id
    left join saved_view_default d on d.view_id = v.id and d.user_id = ${userId}::bigint
    where (v.is_shared or v.user_id = ${userId}::bigint) ${id === null ? sql`` : sql`and v.id = ${id}`}
    order by lower(v.name), v.id`.execute(db)
  return rows
}

export async function insertView(
  db: Db,
  { userId, name, isShared, state, at }: { userId: number; name: string; isShared: boolean; state: object; at: Date },
): Promise<number> {
  const row = await db
    .insertInto('saved_view')
    .values({ user_id: userId, name, is_shared: isShared, state: JSON.stringify(state), created_at: at, changed_at: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function changeView(
  db: Db,
  id: number,
  {
    name,
    isShared,
    state,
    at,
  }: { name?: string | undefined; isShared?: boolean | undefined; state?: object | undefined; at: Date },
): Promise<void> {
  const values = {
    changed_at: at,
    ...(name !== undefined && { name }),
    ...(isShared !== undefined && { is_shared: isShared }),
    ...(state !== undefined && { state: JSON.stringify(state) }),
  }
  await db.updateTable('saved_view').set(values).where('id', '=', id).execute()
}

/** What others have opened with is theirs no more once it is not shared. */
export const keepDefaultToOwner = (db: Db, id: number) =>
  sql`delete from saved_view_default d using saved_view v where v.id = ${id} and d.view_id = v.id and d.user_id <> v.user_id`.execute(
    db,
  )

export const removeView = async (db: Db, id: number): Promise<void> =>
  void (await db.deleteFrom('saved_view').where('id', '=', id).execute())

export async function setDefault(db: Db, userId: number, viewId: number | null): Promise<void> {
  if (viewId === null) await db.deleteFrom('saved_view_default').where('user_id', '=', userId).execute()
  else
    await db
      .insertInto('saved_view_default')
      .values({ user_id: userId, view_id: viewId })
      .onConflict(conflict => conflict.column('user_id').doUpdateSet({ view_id: viewId }))
      .execute()
}
