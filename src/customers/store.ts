import { sql } from 'kysely'
import { type Identity } from '../events/contract.ts'
import { booleans, instants, numbers, texts } from '../platform/arrays.ts'
import { type Db } from '../platform/postgres.ts'
import { type NewCustomer, type NewIdentity } from './resolve.ts'
import { type Traits } from './traits.ts'
import { type CustomerRecord } from './view.ts'

export type Owner = { kind: string; value: string; owner: number; head: number }

/** Owners of identities, and whom each of these is read as. */
export async function ownersOf(tx: Db, identities: readonly Identity[]): Promise<Owner[]> {
  const { rows } = await sql<Owner>`
    select i.kind, i.value, i.customer_id as owner, coalesce(c.merged_into, c.id) as head
    from identity i join customer c on c.id = i.customer_id
    join unnest(${texts(identities.map(one => one.kind))}::text[], ${texts(identities.map(one => one.value))}::text[]) as asked (kind, value)
      on i.kind = asked.kind and i.value = asked.value`.execute(tx)
  return rows
}

/** Kinds of ids, without anonymous ones, that these have: those joined together. */
export async function kindsOf(tx: Db, heads: readonly Locked[]): Promise<Map<number, Set<string>>> {
  if (heads.length === 0) return new Map()
  const headOf = new Map(heads.flatMap(head => [head.id, ...head.absorbed].map(id => [id, head.id] as const)))
  const { rows } = await sql<{ customer_id: number; kind: string }>`
    select distinct customer_id, kind from identity
    where customer_id = any(${numbers([...headOf.keys()])}::bigint[]) and kind <> 'anonymous'`.execute(tx)
  const kinds = new Map<number, Set<string>>()
  for (const { customer_id, kind } of rows) {
    const head = headOf.get(customer_id) ?? customer_id
    const found = kinds.get(head)
    if (found === undefined) kinds.set(head, new Set([kind]))
    else found.add(kind)
  }
  return kinds
}

export type Locked = { id: number; lastSeenAt: number; mergedInto: number | null; absorbed: number[] }

/** Locks customers in the order of their ids, so that two batches wait for each other instead of blocking each other for ever. */
export async function lock(tx: Db, customerIds: readonly number[]): Promise<Locked[]> {
  const { rows } = await sql<{
    id: number
    last_seen_at: Date
    merged_into: number | null
    absorbed: (number | string)[]
  }>`
    select id, last_seen_at, merged_into, absorbed
    from customer where id = any(${numbers(customerIds)}::bigint[]) order by id for update`.execute(tx)
  return rows.map(row => ({
    id: row.id,
    lastSeenAt: row.last_seen_at.getTime(),
    mergedInto: row.merged_into,
    absorbed: row.absorbed.map(Number),
  }))
}

export async function reserveIds(tx: Db, count: number): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select nextval(pg_get_serial_sequence('customer', 'id'))::bigint as id from generate_series(1, ${count}::int)`.execute(tx)
  return rows.map(row => row.id).sort((a, b) => a - b)
}

export async function insertCustomers(tx: Db, customers: readonly NewCustomer[], now: number): Promise<void> {
  await sql`insert into customer (id, created_at, first_seen_at, last_seen_at) overriding system value
    select id, ${new Date(now)}, at, at from unnest(${numbers(customers.map(customer => customer.id))}::bigint[], ${instants(customers.map(customer => customer.at))}::timestamptz[]) as t (id, at)`.execute(
    tx,
  )
}

/** Fails with a unique violation when someone else has just made one of them: the batch is then tried again and finds it. */
export async function insertIdentities(tx: Db, identities: readonly NewIdentity[]): Promise<void> {
  const sorted = [...identities].sort((a, b) => (a.kind + a.value < b.kind + b.value ? -1 : 1))
  await sql`insert into identity (kind, value, customer_id)
    select * from unnest(${texts(sorted.map(one => one.kind))}::text[], ${texts(sorted.map(one => one.value))}::text[], ${numbers(sorted.map(one => one.customerId))}::bigint[])`.execute(
    tx,
  )
}

/** What is known of customers by their traits; they are locked already. */
export async function traitsOf(tx: Db, customerIds: readonly number[]): Promise<Map<number, Traits>> {
  if (customerIds.length === 0) return new Map()
  const { rows } = await sql<{ id: number; traits: Traits }>`
    select id, traits from customer where id = any(${numbers(customerIds)}::bigint[])`.execute(tx)
  return new Map(rows.map(row => [row.id, row.traits]))
}

export type SeenTimes = { id: number; firstSeenAt: number; lastSeenAt: number; isWhole: boolean }
export type Seen = SeenTimes & { traits: Traits; name: string | null; email: string | null }

/** Of customers of whom nothing else was told: widens first and last seen. */
export async function widenSeen(tx: Db, rows: readonly SeenTimes[]): Promise<void> {
  await sql`
    update customer c set
      first_seen_at = least(c.first_seen_at, s.first_seen_at), last_seen_at = greatest(c.last_seen_at, s.last_seen_at)
    from unnest(${numbers(rows.map(row => row.id))}::bigint[], ${instants(rows.map(row => row.firstSeenAt))}::timestamptz[],
                ${instants(rows.map(row => row.lastSeenAt))}::timestamptz[]) as s (id, first_seen_at, last_seen_at)
    where c.id = s.id`.execute(tx)
}

/** Keeps what was folded; a change that is not the whole history only widens first and last seen. */
export async function updateSeen(tx: Db, rows: readonly Seen[]): Promise<void> {
  await sql`
    update customer c set
      first_seen_at = case when s.is_whole then s.first_seen_at else least(c.first_seen_at, s.first_seen_at) end,
      last_seen_at  = case when s.is_whole then s.last_seen_at else greatest(c.last_seen_at, s.last_seen_at) end,
      traits = s.traits, name = s.name, email = s.email
    from unnest(${numbers(rows.map(row => row.id))}::bigint[], ${instants(rows.map(row => row.firstSeenAt))}::timestamptz[],
                ${instants(rows.map(row => row.lastSeenAt))}::timestamptz[], ${booleans(rows.map(row => row.isWhole))}::boolean[],
                ${texts(rows.map(row => JSON.stringify(row.traits)))}::jsonb[], ${texts(rows.map(row => row.name))}::text[], ${texts(rows.map(row => row.email))}::text[])
      as s (id, first_seen_at, last_seen_at, is_whole, traits, name, email)
    where c.id = s.id`.execute(tx)
}

export async function remove(tx: Db, customerIds: readonly number[]): Promise<void> {
  await sql`delete from customer where id = any(${customerIds}::bigint[])`.execute(tx)
}

type Row = { id: number; name: string | null; email: string | null; first_seen_at: Date; last_seen_at: Date; traits: Traits }
const toRecord = (row: Row): CustomerRecord => ({
  id: row.id,
  name: row.name,
  email: row.email,
  firstSeenAt: row.first_seen_at.getTime(),
  lastSeenAt: row.last_seen_at.getTime(),
  traits: row.traits,
})

export async function records(db: Db, customerIds: readonly number[]): Promise<Map<number, CustomerRecord>> {
  const { rows } = await sql<Row>`
    select id, name, email, first_seen_at, last_seen_at, traits from customer where id = any(${customerIds}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map(row => [row.id, toRecord(row)]))
}

export async function identitiesOf(
  db: Db,
  customerIds: readonly number[],
): Promise<Map<number, { kind: string; value: string }[]>> {
  const { rows } = await sql<{ kind: string; value: string; customer_id: number }>`
    select i.kind, i.value, coalesce(c.merged_into, c.id) as customer_id from identity i join customer c on c.id = i.customer_id
    where c.id = any(${customerIds}::bigint[]) or c.merged_into = any(${customerIds}::bigint[]) order by kind desc, value`.execute(
    db,
  )
  return Map.groupBy(rows, row => row.customer_id)
}

export async function idWith(db: Db, kind: string, value: string): Promise<number | null> {
  const row = await db
    .selectFrom('identity')
    .select('customer_id')
    .where('kind', '=', kind)
    .where('value', '=', value)
    .executeTakeFirst()
  return row === undefined ? null : headOf(db, row.customer_id)
}

/** Whom a customer is read as: themselves, unless they were joined to somebody. Null: there is no such customer. */
export async function headOf(db: Db, customerId: number): Promise<number | null> {
  const row = await db.selectFrom('customer').select(['id', 'merged_into']).where('id', '=', customerId).executeTakeFirst()
  return row === undefined ? null : (row.merged_into ?? row.id)
}
