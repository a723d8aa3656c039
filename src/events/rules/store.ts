import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Action, type NewRule } from './contract.ts'

export type RuleRow = {
  id: number
  event: string | null
  path: string | null
  action: Action
  created_at: Date
  created_by: string
  hits: number
  last_hit_at: Date | null
}

export async function all(db: Db): Promise<RuleRow[]> {
  return (await db.selectFrom('data_rule').selectAll().orderBy('id').execute()) as RuleRow[]
}

export const held = (tx: Db, id: number) =>
  tx.selectFrom('data_rule').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const sameAs = (tx: Db, { event, path }: NewRule) =>
  tx
    .selectFrom('data_rule')
    .selectAll()
    .where(({ eb, and }) =>
      and([
        event === null ? eb('event', 'is', null) : eb('event', '=', event),
        path === null ? eb('path', 'is', null) : eb('path', '=', path),
      ]),
    )
    .forUpdate()
    .executeTakeFirst()

export async function put(tx: Db, { event, path, action }: NewRule, by: string, at: Date): Promise<RuleRow> {
  const row = await tx
    .insertInto('data_rule')
    .values({ event, path, action, created_at: at, created_by: by })
    .onConflict(conflict => conflict.columns(['event', 'path']).doUpdateSet({ action, created_at: at, created_by: by }))
    .returningAll()
    .executeTakeFirstOrThrow()
  return row as RuleRow
}

export async function remove(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('data_rule').where('id', '=', id).execute()
}

/** Counts events that came although their name is blocked. A rule that is gone by now counts nothing. */
export async function addHits(tx: Db, hits: readonly { id: number; n: number; at: number }[]): Promise<void> {
  if (hits.length === 0) return
  // Locked in the order of ids, so that two doors never wait for each other.
  await sql`
    with hit as (
      select id, sum(n) as n, max(at) as at from unnest(${hits.map(one => one.id)}::int[], ${hits.map(one => one.n)}::bigint[],
        ${hits.map(one => new Date(one.at))}::timestamptz[]) as t (id, n, at) group by id),
    held as (select id from data_rule where id in (select id from hit) order by id for update)
    update data_rule r set hits = r.hits + hit.n, last_hit_at = greatest(r.last_hit_at, hit.at) from hit, held
    where r.id = hit.id and held.id = r.id`.execute(tx)
}

export async function dismissed(db: Db): Promise<Set<string>> {
  const rows = await db.selectFrom('data_suggestion_dismissed').selectAll().execute()
  return new Set(rows.map(({ event, path }) => `${event} ${path}`))
}

export async function dismiss(tx: Db, events: readonly string[], path: string): Promise<void> {
  await tx
    .insertInto('data_suggestion_dismissed')
    .values(events.map(event => ({ event, path })))
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
