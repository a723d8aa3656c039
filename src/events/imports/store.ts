import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type ImportView, type Mapping } from './contract.ts'

export type State = ImportView['state']
export type Counts = NonNullable<ImportView['counts']>
/** What the first rows look like and what they leave open. */
export type Looks = Pick<ImportView, 'columns' | 'questions' | 'preview'>

export type Import = {
  id: number
  kind: ImportView['kind']
  fileName: string
  /** Name in the uploads folder; null once it is no longer kept. */
  file: string | null
  bytes: number
  state: State
  recognised: string | null
  mapping: Mapping
  looks: Looks
  run: number
  readAt: number | null
  sourceId: number | null
  counts: Counts | null
  /** How many events the reading made. */
  events: number
  error: string | null
  createdAt: number
  finishedAt: number | null
  createdBy: string | null
  /** The rows that were left out are no longer kept. */
  rejectsDroppedAt: number | null
}

type Row = {
  id: number
  kind: string
  file_name: string
  file: string | null
  bytes: number
  state: string
  recognised: string | null
  mapping: unknown
  looks: unknown
  run: number
  read_at: Date | null
  source_id: number | null
  counts: unknown
  events: number
  error: string | null
  created_at: Date
  finished_at: Date | null
  created_by: string | null
  rejects_dropped_at: Date | null
}

const fromRow = (row: Row): Import => ({
  id: row.id,
  kind: row.kind as Import['kind'],
  fileName: row.file_name,
  file: row.file,
  bytes: row.bytes,
  state: row.state as State,
  recognised: row.recognised,
  mapping: row.mapping as Mapping,
  looks: row.looks as Looks,
  run: row.run,
  readAt: row.read_at?.getTime() ?? null,
  sourceId: row.source_id,
  counts: row.counts as Counts | null,
  events: row.events,
  error: row.error,
  createdAt: row.created_at.getTime(),
  finishedAt: row.finished_at?.getTime() ?? null,
  createdBy: row.created_by,
  rejectsDroppedAt: row.rejects_dropped_at?.getTime() ?? null,
})

export async function insert(
  db: Db,
  made: Pick<Import, 'kind' | 'fileName' | 'file' | 'bytes' | 'recognised' | 'mapping' | 'looks' | 'createdAt' | 'createdBy'>,
): Promise<Import> {
  const row = await db
    .insertInto('import')
    .values({
      kind: made.kind,
      file_name: made.fileName,
      file: made.file,
      bytes: made.bytes,
      state: 'draft',
      recognised: made.recognised,
      mapping: JSON.stringify(made.mapping),
      looks: JSON.stringify(made.looks),
      created_at: new Date(made.createdAt),
      created_by: made.createdBy,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return fromRow(row)
}

export async function find(db: Db, id: number): Promise<Import | null> {
  const row = await db.selectFrom('import').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? fromRow(row) : null
}

/** The sample shop that is in, or on its way in or out. */
export async function findSample(db: Db): Promise<Import | null> {
  const row = await db
    .selectFrom('import')
    .selectAll()
    .where('kind', '=', 'sample')
    .where('state', '<>', 'undone')
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

/** The newest first, before the given id. */
export async function page(db: Db, before: number | null, limit: number): Promise<Import[]> {
  const all = db.selectFrom('import').selectAll().orderBy('id', 'desc').limit(limit)
  const rows = await (before === null ? all : all.where('id', '<', before)).execute()
  return rows.map(fromRow)
}

export async function filesKept(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('import').select('file').where('file', 'is not', null).execute()
  return new Set(rows.flatMap(row => row.file ?? []))
}

export type Change = Partial<{
  kind: Import['kind']
  state: State
  mapping: Mapping
  looks: Looks
  recognised: string | null
  file: string | null
  sourceId: number
  counts: Counts | null
  events: number
  error: string | null
  readAt: number
  finishedAt: number | null
  isNewRun: boolean
}>

/** Changes an import that is in one of the states. Null: it is in none of them, and nothing has changed. */
export async function change(db: Db, id: number, from: readonly State[], to: Change): Promise<Import | null> {
  const row = await db
    .updateTable('import')
    .set({
      ...(to.kind !== undefined && { kind: to.kind }),
      ...(to.state !== undefined && { state: to.state }),
      ...(to.mapping !== undefined && { mapping: JSON.stringify(to.mapping) }),
      ...(to.looks !== undefined && { looks: JSON.stringify(to.looks) }),
      ...(to.recognised !== undefined && { recognised: to.recognised }),
      ...(to.file !== undefined && { file: to.file }),
      ...(to.sourceId !== undefined && { source_id: to.sourceId }),
      ...(to.counts !== undefined && { counts: to.counts === null ? null : JSON.stringify(to.counts) }),
      ...(to.events !== undefined && { events: to.events }),
      ...(to.error !== undefined && { error: to.error }),
      ...(to.readAt !== undefined && { read_at: new Date(to.readAt) }),
      ...(to.finishedAt !== undefined && { finished_at: to.finishedAt === null ? null : new Date(to.finishedAt) }),
      ...(to.isNewRun && { run: sql<number>`run + 1` }),
    })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returningAll()
    .executeTakeFirst()
  return row ? fromRow(row) : null
}

/** Imports that came to rest before an instant and whose rejected rows are still kept. */
export async function withOldRejects(db: Db, before: number): Promise<number[]> {
  const rows = await db
    .selectFrom('import')
    .select('id')
    .where('rejects_dropped_at', 'is', null)
    .where(({ fn }) => fn.coalesce('finished_at', 'created_at'), '<', new Date(before))
    .where('state', 'not in', ['checking', 'importing', 'undoing'])
    .execute()
  return rows.map(({ id }) => id)
}

export async function markRejectsDropped(db: Db, id: number, at: number): Promise<void> {
  await db
    .updateTable('import')
    .set({ rejects_dropped_at: new Date(at) })
    .where('id', '=', id)
    .execute()
}

export async function remove(db: Db, id: number, from: readonly State[]): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('import')
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .executeTakeFirst()
  return numDeletedRows === 1n
}
