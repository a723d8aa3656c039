import { type Db } from '../../platform/postgres.ts'
import { type Sight } from '../sight.ts'
import { type BulkRequest, type BulkView, type Selection } from './contract.ts'

type WithoutSelection<T> = T extends unknown ? Omit<T, 'selection'> : never
export type Params = WithoutSelection<BulkRequest>
export type Bulk = {
  id: number
  kind: BulkView['kind']
  selection: Selection
  params: Params
  sight: Sight
  state: BulkView['state']
  total: number | null
  done: number
  changed: number
  sourceId: number | null
  file: string | null
  bytes: number
  error: string | null
  createdBy: string
  createdAt: number
  finishedAt: number | null
}

/** Whose actions: a colleague's; or those of programs with a key of this name. */
export type Owner = { userId: number | null; label: string }

const query = (db: Db) => db.selectFrom('bulk_action').selectAll()
type Row = Awaited<ReturnType<ReturnType<typeof query>['executeTakeFirstOrThrow']>>
const toBulk = (row: Row): Bulk => ({
  id: row.id,
  kind: row.kind as Bulk['kind'],
  selection: row.selection as Selection,
  params: row.params as Params,
  sight: row.sight as Sight,
  state: row.state as Bulk['state'],
  total: row.total,
  done: row.done,
  changed: row.changed,
  sourceId: row.source_id,
  file: row.file,
  bytes: row.bytes,
  error: row.error,
  createdBy: row.created_by,
  createdAt: row.created_at.getTime(),
  finishedAt: row.finished_at?.getTime() ?? null,
})

export async function insertBulk(
  db: Db,
  one: { request: BulkRequest; sight: Sight; total: number; file: string | null; owner: Owner; at: number },
): Promise<Bulk> {
  const { selection, ...params } = one.request
  const row = await db
    .insertInto('bulk_action')
    .values({
      kind: params.kind,
      selection: JSON.stringify(selection),
      params: JSON.stringify(params),
      sight: JSON.stringify(one.sight),
      state: 'working',
      total: one.total,
      file: one.file,
      user_id: one.owner.userId,
      created_by: one.owner.label,
      created_at: new Date(one.at),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toBulk(row)
}

export async function findBulk(db: Db, id: number): Promise<Bulk | null> {
  const row = await query(db).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toBulk(row)
}

/** Somebody's own, the newest first, before an id; or the one of that id. */
export async function bulksOf(
  db: Db,
  { userId, label }: Owner,
  where: { id?: number; before?: number | null },
  limit: number,
): Promise<Bulk[]> {
  let own = query(db).orderBy('id', 'desc').limit(limit)
  own = userId === null ? own.where('user_id', 'is', null).where('created_by', '=', label) : own.where('user_id', '=', userId)
  if (where.id !== undefined) own = own.where('id', '=', where.id)
  if (where.before) own = own.where('id', '<', where.before)
  return (await own.execute()).map(toBulk)
}

export async function noteWork(
  db: Db,
  id: number,
  values: { done?: number; changed?: number; bytes?: number; total?: number; sourceId?: number },
): Promise<void> {
  const { sourceId, ...plain } = values
  await db
    .updateTable('bulk_action')
    .set({ ...plain, ...(sourceId !== undefined && { source_id: sourceId }) })
    .where('id', '=', id)
    .execute()
}

export async function endBulk(
  db: Db,
  id: number,
  state: 'done' | 'failed' | 'cancelled',
  error: string | null,
  at: number,
): Promise<void> {
  await db
    .updateTable('bulk_action')
    .set({ state, error, finished_at: new Date(at), ...(state !== 'done' && { file: null }) })
    .where('id', '=', id)
    .execute()
}

/** Forgets files of actions that ended before an instant; answers their names. */
export async function forgetFilesBefore(db: Db, at: number): Promise<string[]> {
  const old = await db
    .selectFrom('bulk_action')
    .select(['id', 'file'])
    .where('file', 'is not', null)
    .where('finished_at', '<', new Date(at))
    .execute()
  if (old.length > 0)
    await db
      .updateTable('bulk_action')
      .set({ file: null })
      .where(
        'id',
        'in',
        old.map(row => row.id),
      )
      .execute()
  return old.flatMap(row => row.file ?? [])
}
