import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Unusable } from './batch.ts'

/** The source of a key; null before its first event. */
export async function sourceOf(db: Db, keyId: number): Promise<number | null> {
  const row = await db.selectFrom('tracking_source').select('source_id').where('key_id', '=', keyId).executeTakeFirst()
  return row?.source_id ?? null
}

/** Makes others who want the same key's source wait until this transaction ends. */
export async function lockKey(tx: Db, keyId: number): Promise<void> {
  await tx.selectFrom('api_key').select('id').where('id', '=', keyId).forUpdate().execute()
}

export async function addSource(tx: Db, keyId: number, sourceId: number): Promise<void> {
  await tx.insertInto('tracking_source').values({ key_id: keyId, source_id: sourceId }).execute()
}

export type Kept = Unusable & { sourceId: number; isTrusted: boolean; receivedAt: number }

/** Keeps what could not be used. What is there already is counted on. */
export async function keep(db: Db, rows: readonly Kept[]): Promise<void> {
  const at = rows.map(row => new Date(row.receivedAt))
  await sql`
    insert into tracking_quarantine as q (source_id, fingerprint, reason, field, name, raw, is_cut, is_trusted, times, received_at, last_at)
    select source_id, fingerprint, min(reason), min(field), min(name), min(raw), bool_or(is_cut), bool_and(is_trusted), sum(times), min(at), max(at)
    from unnest(${rows.map(row => row.sourceId)}::int[], ${rows.map(row => row.fingerprint)}::uuid[], ${rows.map(row => row.reason)}::text[],
                ${rows.map(row => row.field ?? null)}::text[], ${rows.map(row => row.name)}::text[], ${rows.map(row => row.raw)}::text[],
                ${rows.map(row => row.isCut)}::boolean[], ${rows.map(row => row.isTrusted)}::boolean[], ${rows.map(row => row.times)}::int[],
                ${at}::timestamptz[]) as t (source_id, fingerprint, reason, field, name, raw, is_cut, is_trusted, times, at)
    group by source_id, fingerprint order by min(at), fingerprint
    on conflict (source_id, fingerprint) do update set times = q.times + excluded.times, last_at = excluded.last_at`.execute(db)
}

/** Forgets all but the latest of a source. */
export async function forgetOldest(db: Db, sourceId: number, keptMax: number): Promise<void> {
  await sql`
    delete from tracking_quarantine where source_id = ${sourceId} and id <= (
      select id from tracking_quarantine where source_id = ${sourceId} order by id desc offset ${keptMax} limit 1)`.execute(db)
}

export type Which = { source?: number | undefined; reason?: string | undefined }

export async function page(db: Db, { source, reason }: Which, before: number | null, limit: number) {
  let query = db.selectFrom('tracking_quarantine').selectAll().orderBy('id', 'desc').limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  if (source !== undefined) query = query.where('source_id', '=', source)
  if (reason !== undefined) query = query.where('reason', '=', reason)
  return query.execute()
}

/** The row, held until the transaction ends; undefined when it is gone. */
export const held = (tx: Db, id: number) =>
  tx.selectFrom('tracking_quarantine').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function remove(db: Db, id: number): Promise<boolean> {
  const [row] = await db.deleteFrom('tracking_quarantine').where('id', '=', id).returning('id').execute()
  return row !== undefined
}

export async function empty(db: Db, reason: string | null): Promise<number> {
  const query = db.deleteFrom('tracking_quarantine')
  const result = await (reason === null ? query : query.where('reason', '=', reason)).executeTakeFirst()
  return Number(result.numDeletedRows)
}
