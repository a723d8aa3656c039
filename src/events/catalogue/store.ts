import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type NameCount } from '../sources/arrivals.ts'
import { NAMES_MAX } from './contract.ts'
import { merged, type Observed, type Properties } from './properties.ts'

/** The row that counts what there was no room for. */
const REST = 0
/** Whoever adds names holds this until the end of the transaction, so that there are never more than there may be. */
const NAMES_LOCK = 7_325_001

/** Counts names in the transaction that settles them. A name that is new gets a place while there is one. Answers the names that have one. */
export async function addNames(tx: Db, counts: readonly NameCount[]): Promise<ReadonlyMap<string, number>> {
  const names = [...new Set(counts.map(({ name }) => name))].sort()
  const ids = await idsOf(tx, names)
  const unknown = names.filter(name => !ids.has(name))
  if (unknown.length > 0) for (const [name, id] of await makeRoom(tx, unknown)) ids.set(name, id)
  await addCounts(
    tx,
    counts.map(count => ({ ...count, id: ids.get(count.name) ?? REST })),
  )
  return ids
}

async function idsOf(db: Db, names: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql<{
    id: number
    name: string
  }>`select id, name from event_name where name = any(${names}::text[])`.execute(db)
  return new Map(rows.rows.map(row => [row.name, row.id]))
}

async function makeRoom(tx: Db, names: readonly string[]): Promise<Map<string, number>> {
  const room = async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from event_name where id <> ${REST}`.execute(tx)
    return NAMES_MAX - (rows[0]?.n ?? 0)
  }
  // Where there is none, nobody has to wait to be told so.
  if ((await room()) <= 0) return new Map()
  await sql`select pg_advisory_xact_lock(${NAMES_LOCK})`.execute(tx)
  const known = await idsOf(tx, names)
  const wanted = names.filter(name => !known.has(name)).slice(0, Math.max(0, await room()))
  const { rows } = await sql<{ id: number; name: string }>`
    insert into event_name (name) select * from unnest(${wanted}::text[]) on conflict do nothing returning id, name`.execute(tx)
  for (const { id, name } of rows) known.set(name, id)
  return known
}

async function addCounts(tx: Db, counts: readonly (NameCount & { id: number })[]): Promise<void> {
  await sql`
    with come as (
      select * from unnest(${counts.map(one => one.id)}::int[], ${counts.map(one => one.sourceId)}::int[], ${counts.map(one => one.n)}::bigint[],
        ${counts.map(one => new Date(one.firstAt))}::timestamptz[], ${counts.map(one => new Date(one.lastAt))}::timestamptz[])
        as t (name_id, source_id, n, first_at, last_at)),
    by_day as (
      insert into event_name_day as d (name_id, day, n)
      select name_id, (last_at at time zone 'UTC')::date, sum(n) from come group by 1, 2 order by 1, 2
      on conflict (name_id, day) do update set n = d.n + excluded.n)
    insert into event_name_source as s (name_id, source_id, n, first_at, last_at)
    select name_id, source_id, sum(n), min(first_at), max(last_at) from come group by 1, 2 order by 1, 2
    on conflict (name_id, source_id) do update set n = s.n + excluded.n, first_at = least(s.first_at, excluded.first_at),
      last_at = greatest(s.last_at, excluded.last_at)`.execute(tx)
}

/** Adds what was seen in events to what is known of their names. Names without a place are left out. */
export async function addObserved(db: Db, seen: ReadonlyMap<string, Observed>): Promise<void> {
  if (seen.size === 0) return
  await db.transaction().execute(async tx => {
    const { rows } = await sql<{ id: number; name: string; properties: Properties }>`
      select id, name, properties from event_name where id <> ${REST} and name = any(${[...seen.keys()]}::text[]) order by id for update`.execute(
      tx,
    )
    const next = rows.map(row => {
      const own = seen.get(row.name) as Observed
      return { id: row.id, observed: own.observed, ...merged(row.properties, own) }
    })
    if (next.length === 0) return
    await sql`
      update event_name e set observed = e.observed + t.observed, unlisted = e.unlisted + t.unlisted, properties = t.properties
      from unnest(${next.map(one => one.id)}::int[], ${next.map(one => one.observed)}::bigint[], ${next.map(one => one.unlisted)}::bigint[],
                  ${next.map(one => JSON.stringify(one.properties))}::jsonb[]) as t (id, observed, unlisted, properties)
      where e.id = t.id`.execute(tx)
  })
}

export type NameRow = {
  id: number
  name: string
  description: string
  owner: string
  is_verified: boolean
  observed: number
  unlisted: number
  properties: Properties
  n: number
  n30: number
  first_at: Date | null
  last_at: Date | null
  source_ids: number[] | null
  /** Days since 1970. */
  day: number[] | null
  day_n: number[] | null
}

const COLUMNS = sql`
  e.id, e.name, e.description, e.owner, e.is_verified, e.observed, e.unlisted,
  coalesce(s.n, 0)::float8 as n, coalesce(d.n, 0)::float8 as n30, s.first_at, s.last_at, s.source_ids, d.day, d.day_n`

const COUNTS = (since: Date) => sql`
  left join lateral (
    select sum(n) as n, min(first_at) as first_at, max(last_at) as last_at, (array_agg(source_id order by last_at desc))[:20] as source_ids
    from event_name_source where name_id = e.id) s on true
  left join lateral (
    select sum(n) as n, array_agg((day - date '1970-01-01') order by day) as day, array_agg(n::float8 order by day) as day_n
    from event_name_day where name_id = e.id and day > ${since}::date) d on true`

/** The most frequent of the last thirty days first, after those with `n30` and this id. The rest comes last, and only while it has events. */
export async function page(
  db: Db,
  search: string,
  after: { n30: number; id: number } | null,
  limit: number,
  since: Date,
): Promise<NameRow[]> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
  // Which names come on the page is told from one sum each; everything else is looked up for those alone.
  const { rows } = await sql<NameRow>`
    with listed as (
      select e.id, case when e.id = ${REST} then -1 else coalesce(d.n, 0)::float8 end as rank
      from event_name e left join (select name_id, sum(n) as n from event_name_day where day > ${since}::date group by name_id) d on d.name_id = e.id
      where (e.name ilike ${pattern} or e.description ilike ${pattern} or e.owner ilike ${pattern})
        and (e.id <> ${REST} or (${search} = '' and exists (select from event_name_source where name_id = ${REST})))),
    chosen as (
      select id, rank from listed
      where ${after?.id ?? null}::int is null or (rank, -id) < (${after?.n30 ?? 0}::float8, ${-(after?.id ?? 0)}::int)
      order by rank desc, -id desc limit ${limit})
    select ${COLUMNS}, '{}'::jsonb as properties from chosen join event_name e on e.id = chosen.id ${COUNTS(since)}
    order by chosen.rank desc, -e.id desc`.execute(db)
  return rows
}

export async function one(db: Db, id: number, since: Date): Promise<NameRow | undefined> {
  const { rows } = await sql<NameRow>`
    select ${COLUMNS}, e.properties from event_name e ${COUNTS(since)} where e.id = ${id}`.execute(db)
  return rows[0]
}

export async function namesKnown(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from event_name where id <> ${REST}`.execute(db)
  return rows[0]?.n ?? 0
}

export const held = (tx: Db, id: number) =>
  tx
    .selectFrom('event_name')
    .select(['name', 'description', 'owner', 'is_verified'])
    .where('id', '=', id)
    .where('id', '<>', REST)
    .forUpdate()
    .executeTakeFirst()

export async function change(
  tx: Db,
  id: number,
  set: { description?: string; owner?: string; is_verified?: boolean },
): Promise<void> {
  if (Object.keys(set).length > 0) await tx.updateTable('event_name').set(set).where('id', '=', id).execute()
}

/** Takes a name off the list and makes room for another; what it counted counts among the rest. */
export async function forget(tx: Db, id: number): Promise<void> {
  await sql`
    with gone as (delete from event_name_day where name_id = ${id} returning day, n)
    insert into event_name_day as d (name_id, day, n) select ${REST}, day, n from gone
    on conflict (name_id, day) do update set n = d.n + excluded.n`.execute(tx)
  await sql`
    with gone as (delete from event_name_source where name_id = ${id} returning source_id, n, first_at, last_at)
    insert into event_name_source as s (name_id, source_id, n, first_at, last_at) select ${REST}, source_id, n, first_at, last_at from gone
    on conflict (name_id, source_id) do update set n = s.n + excluded.n, first_at = least(s.first_at, excluded.first_at),
      last_at = greatest(s.last_at, excluded.last_at)`.execute(tx)
  await tx.deleteFrom('event_name').where('id', '=', id).execute()
}

export async function namesOfSource(db: Db, sourceId: number, limit: number) {
  const rows = await db
    .selectFrom('event_name_source as s')
    .innerJoin('event_name as e', 'e.id', 's.name_id')
    .select(['e.id', 'e.name', 's.n', 's.first_at', 's.last_at'])
    .where('s.source_id', '=', sourceId)
    .orderBy('s.n', 'desc')
    .orderBy('e.id')
    .limit(limit)
    .execute()
  return rows.map(row => ({
    id: String(row.id),
    name: row.id === REST ? null : row.name,
    events: row.n,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
  }))
}

/** Properties in which something looked personal, for whoever suggests rules. */
export async function personalProperties(db: Db): Promise<{ event: string; path: string; property: Properties[string] }[]> {
  const { rows } = await sql<{ event: string; path: string; property: Properties[string] }>`
    select e.name as event, p.key as path, p.value as property from event_name e, jsonb_each(e.properties) p
    where p.value ? 'personal' order by e.name, p.key`.execute(db)
  return rows
}
