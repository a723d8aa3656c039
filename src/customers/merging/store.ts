import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Doubt, type Joining } from '../resolve.ts'
import { type Locked } from '../store.ts'

type Groups = Map<number, readonly number[]>

/**
 * Keeps who was joined to whom; `heads` are all that were known before, locked.
 * Returns who is read together now, and whom each of the joined is read as.
 */
export async function keepJoinings(
  tx: Db,
  joinings: readonly Joining[],
  heads: ReadonlyMap<number, Pick<Locked, 'absorbed'>>,
): Promise<{ groups: Groups; joined: { winner: number; loser: number }[] }> {
  const groups: Groups = new Map()
  for (const [id, { absorbed }] of heads) if (absorbed.length > 0) groups.set(id, absorbed)
  if (joinings.length === 0) return { groups, joined: [] }
  for (const { winner, loser } of joinings) {
    groups.set(winner, [...(groups.get(winner) ?? []), loser, ...(groups.get(loser) ?? [])])
    groups.delete(loser)
  }
  await insertJoinings(tx, joinings)
  const concerned = new Set(joinings.map(({ winner }) => winner))
  const changed = new Map([...groups].filter(([head]) => concerned.has(head)))
  await keepGroups(tx, changed)
  const headOf = new Map([...changed].flatMap(([head, others]) => others.map(other => [other, head] as const)))
  return { groups, joined: joinings.map(({ winner, loser }) => ({ loser, winner: headOf.get(loser) ?? winner })) }
}

async function insertJoinings(tx: Db, joinings: readonly Joining[]): Promise<void> {
  await sql`
    insert into customer_merge (loser, winner, because, kind, value, message_id, at)
    select * from unnest(
      ${joinings.map(one => one.loser)}::bigint[], ${joinings.map(one => one.winner)}::bigint[], ${joinings.map(one => one.because)}::text[],
      ${joinings.map(one => one.by.kind)}::text[], ${joinings.map(one => one.by.value)}::text[], ${joinings.map(one => one.messageId)}::uuid[],
      ${joinings.map(one => new Date(one.at))}::timestamptz[])`.execute(tx)
}

/** Writes who is read as whom into the customers' rows: everybody of these groups. Alone is a group of nobody else. */
export async function keepGroups(tx: Db, groups: ReadonlyMap<number, readonly number[]>): Promise<void> {
  const pairs = [...groups].flatMap(([head, others]) => others.map(other => [other, head] as const))
  await sql`
    update customer c set merged_into = t.head, absorbed = '{}'
    from unnest(${pairs.map(([other]) => other)}::bigint[], ${pairs.map(([, head]) => head)}::bigint[]) as t (id, head)
    where c.id = t.id`.execute(tx)
  await sql`
    update customer c set merged_into = null, absorbed = coalesce(t.others, '{}')
    from (select head, array_agg(other order by other) filter (where other is not null) as others
          from unnest(${[...groups.keys()]}::bigint[]) as h (head)
          left join unnest(${pairs.map(([other]) => other)}::bigint[], ${pairs.map(([, head]) => head)}::bigint[]) as p (other, of) on p.of = h.head
          group by head) as t
    where c.id = t.head`.execute(tx)
}

/** Counts who may be one; the same two again only once more. What a colleague has dismissed stays dismissed. */
export async function keepDoubts(tx: Db, doubts: readonly Doubt[]): Promise<void> {
  if (doubts.length === 0) return
  await sql`
    insert into customer_doubt as d (a, b, reason, kind, value, times, first_at, last_at)
    select least(a, b), greatest(a, b), reason, kind, value, 1, at, at from unnest(
      ${doubts.map(one => one.a)}::bigint[], ${doubts.map(one => one.b)}::bigint[], ${doubts.map(one => one.reason)}::text[],
      ${doubts.map(one => one.by.kind)}::text[], ${doubts.map(one => one.by.value)}::text[],
      ${doubts.map(one => new Date(one.at))}::timestamptz[]) as t (a, b, reason, kind, value, at)
    on conflict (a, b) do update set times = d.times + 1, last_at = greatest(d.last_at, excluded.last_at)`.execute(tx)
}

/** Which of these were joined once and taken apart by a colleague, as they are read now. */
export async function apartAmong(tx: Db, heads: readonly Locked[]): Promise<(readonly [number, number])[]> {
  if (heads.length < 2) return []
  const headOf = new Map(heads.flatMap(head => [head.id, ...head.absorbed].map(id => [id, head.id] as const)))
  const { rows } = await sql<{ loser: number; winner: number }>`
    select loser, winner from customer_merge where undone_at is not null and loser = any(${[...headOf.keys()]}::bigint[])`.execute(
    tx,
  )
  return rows.flatMap(({ loser, winner }) => {
    const [a, b] = [headOf.get(loser), headOf.get(winner)]
    return a === undefined || b === undefined || a === b ? [] : [[a, b] as const]
  })
}

export type Merge = {
  id: number
  loser: number
  winner: number
  because: 'same_event' | 'alias' | 'colleague'
  kind: string | null
  value: string | null
  by: string | null
  at: Date
  undone_at: Date | null
  undone_by: string | null
}
const COLUMNS = ['id', 'loser', 'winner', 'because', 'kind', 'value', 'by', 'at', 'undone_at', 'undone_by'] as const

/** Every joining that any of these took part in, the newest first. */
export async function mergesAmong(db: Db, customerIds: readonly number[]): Promise<Merge[]> {
  const rows = await db
    .selectFrom('customer_merge')
    .select(COLUMNS)
    .where(where => where.or([where('loser', 'in', [...customerIds]), where('winner', 'in', [...customerIds])]))
    .orderBy('id', 'desc')
    .execute()
  return rows as Merge[]
}

export async function mergeById(db: Db, id: number): Promise<Merge | null> {
  const row = await db.selectFrom('customer_merge').select(COLUMNS).where('id', '=', id).executeTakeFirst()
  return (row as Merge | undefined) ?? null
}

export async function insertByColleague(tx: Db, loser: number, winner: number, by: string, at: number): Promise<void> {
  await tx
    .insertInto('customer_merge')
    .values({ loser, winner, because: 'colleague', by, at: new Date(at) })
    .execute()
}

/** Marks a joining as taken back; false when it was so already. */
export async function markApart(tx: Db, id: number, by: string, at: number): Promise<boolean> {
  const rows = await tx
    .updateTable('customer_merge')
    .set({ undone_at: new Date(at), undone_by: by })
    .where('id', '=', id)
    .where('undone_at', 'is', null)
    .returning('id')
    .execute()
  return rows.length === 1
}

export type DoubtRow = {
  a: number
  b: number
  reason: 'shared_id' | 'too_many' | 'apart'
  kind: string
  value: string
  times: number
  first_at: Date
  last_at: Date
}

/** Whom these may be the same person as, and nobody has said no. */
export async function doubtsAbout(db: Db, customerIds: readonly number[]): Promise<DoubtRow[]> {
  const rows = await db
    .selectFrom('customer_doubt')
    .select(['a', 'b', 'reason', 'kind', 'value', 'times', 'first_at', 'last_at'])
    .where('dismissed_at', 'is', null)
    .where(where => where.or([where('a', 'in', [...customerIds]), where('b', 'in', [...customerIds])]))
    .orderBy('last_at', 'desc')
    .limit(100)
    .execute()
  return rows as DoubtRow[]
}

export async function dismissDoubts(db: Db, some: readonly number[], others: readonly number[], at: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update customer_doubt set dismissed_at = ${new Date(at)}
    where dismissed_at is null and ((a = any(${some}::bigint[]) and b = any(${others}::bigint[])) or (b = any(${some}::bigint[]) and a = any(${others}::bigint[])))`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}

/** The ids that each of these was first known by, whoever they are read as. */
export async function ownIdentitiesOf(
  db: Db,
  customerIds: readonly number[],
): Promise<Map<number, { kind: string; value: string }[]>> {
  if (customerIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('identity')
    .select(['customer_id', 'kind', 'value'])
    .where('customer_id', 'in', [...customerIds])
    .orderBy('value')
    .execute()
  return Map.groupBy(rows, row => row.customer_id)
}
