import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Mapping, type Proof, type Result, type ShopKind } from './contract.ts'
import { type Memory } from './memory.ts'

export type Connection = {
  id: number
  address: string
  kind: ShopKind
  name: string
  source_id: number
  secret: string | null
  proof: Proof | null
  mapping: Mapping | null
  takes_tests: boolean
  is_on: boolean
  pinged_at: Date | null
  ended_at: Date | null
  created_at: Date
  removed_at: Date | null
}

const typed = (row: unknown) => row as Connection

export async function add(
  db: Db,
  row: Pick<
    Connection,
    'address' | 'kind' | 'name' | 'source_id' | 'secret' | 'proof' | 'mapping' | 'takes_tests' | 'created_at'
  >,
): Promise<Connection> {
  return typed(await db.insertInto('shop_connection').values(asJson(row)).returningAll().executeTakeFirstOrThrow())
}

// The driver would make a Postgres array of a list, and the text null of a missing value.
const asJson = <T extends { proof?: Proof | null; mapping?: Mapping | null }>(row: T) => ({
  ...row,
  ...(row.proof !== undefined && { proof: row.proof === null ? null : JSON.stringify(row.proof) }),
  ...(row.mapping !== undefined && { mapping: row.mapping === null ? null : JSON.stringify(row.mapping) }),
})

export type Change = Partial<
  Pick<Connection, 'name' | 'secret' | 'proof' | 'mapping' | 'takes_tests' | 'is_on' | 'pinged_at' | 'ended_at' | 'removed_at'>
>
export async function change(db: Db, id: number, set: Change): Promise<void> {
  if (Object.keys(set).length === 0) return
  await db.updateTable('shop_connection').set(asJson(set)).where('id', '=', id).execute()
}

export async function byAddress(db: Db, address: string): Promise<Connection | null> {
  const row = await db.selectFrom('shop_connection').selectAll().where('address', '=', address).executeTakeFirst()
  return row === undefined ? null : typed(row)
}

export async function byId(db: Db, id: number): Promise<Connection | null> {
  const row = await db
    .selectFrom('shop_connection')
    .selectAll()
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : typed(row)
}

/** The one, held until the transaction ends. */
export async function held(tx: Db, id: number): Promise<Connection | null> {
  const query = tx.selectFrom('shop_connection').selectAll().where('id', '=', id).where('removed_at', 'is', null).forUpdate()
  const row = await query.executeTakeFirst()
  return row === undefined ? null : typed(row)
}

export async function all(db: Db): Promise<Connection[]> {
  const rows = await db.selectFrom('shop_connection').selectAll().where('removed_at', 'is', null).orderBy('id').execute()
  return rows.map(typed)
}

/** Forgets what a connection was sent and what is remembered of its orders. */
export async function empty(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('shop_delivery').where('connection_id', '=', id).execute()
  await tx.deleteFrom('shop_order').where('connection_id', '=', id).execute()
  await tx.deleteFrom('shop_refusal').where('connection_id', '=', id).execute()
}

// Deliveries

export type Outcome = { result: Result; reason: string | null; field: string | null; events: number; orderKey: string | null }

export type DeliveryRow = {
  id: number
  key: string
  topic: string
  result: Result
  reason: string | null
  field: string | null
  events: number
  times: number
  received_at: Date
  last_at: Date
  has_body: boolean
}

/** Keeps a delivery that is new and answers its id; of one that is here already it counts that it came again, and answers null. Waits for one that is just being kept. */
export async function keep(
  tx: Db,
  row: { connectionId: number; key: string; topic: string; at: number; body: Buffer },
): Promise<number | null> {
  const at = new Date(row.at)
  const { rows } = await sql<{ id: number; times: number }>`
    insert into shop_delivery as d (connection_id, key, topic, result, received_at, last_at, body)
    values (${row.connectionId}, ${row.key}, ${row.topic}, 'held', ${at}, ${at}, ${row.body})
    on conflict (connection_id, key) do update set times = d.times + 1, last_at = excluded.last_at
    returning id, times`.execute(tx)
  return rows[0]?.times === 1 ? rows[0].id : null
}

export async function settle(tx: Db, id: number, { result, reason, field, events, orderKey }: Outcome): Promise<void> {
  await tx.updateTable('shop_delivery').set({ result, reason, field, events, order_key: orderKey }).where('id', '=', id).execute()
}

export type Kept = { id: number; topic: string; key: string; received_at: Date; body: Buffer | null }
const KEPT = ['id', 'topic', 'key', 'received_at', 'body'] as const

/** Those that wait for an order, held until the transaction ends. */
export const waitingFor = (tx: Db, connectionId: number, orderKey: string): Promise<Kept[]> =>
  tx
    .selectFrom('shop_delivery')
    .select(KEPT)
    .where('connection_id', '=', connectionId)
    .where('result', '=', 'waiting')
    .where('order_key', '=', orderKey)
    .orderBy('id')
    .forUpdate()
    .execute()

/** Those with these ids, or the next with a result, oldest first. */
export async function chosen(
  db: Db,
  connectionId: number,
  { ids, result, after }: { ids?: readonly number[]; result?: Result; after: number },
  limit: number,
): Promise<Kept[]> {
  let query = db.selectFrom('shop_delivery').select(KEPT).where('connection_id', '=', connectionId).where('id', '>', after)
  if (ids !== undefined) query = query.where('id', 'in', [...ids])
  if (result !== undefined) query = query.where('result', '=', result)
  return query.orderBy('id').limit(limit).execute()
}

export async function page(
  db: Db,
  connectionId: number,
  result: Result | null,
  before: number | null,
  limit: number,
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    select id, key, topic, result, reason, field, events, times, received_at, last_at, body is not null as has_body
    from shop_delivery where connection_id = ${connectionId} and id < ${before ?? Number.MAX_SAFE_INTEGER}
      ${result === null ? sql`` : sql`and result = ${result}`} order by id desc limit ${limit}`.execute(db)
  return rows
}

export async function one(db: Db, connectionId: number, id: number): Promise<(DeliveryRow & { body: Buffer | null }) | null> {
  const { rows } = await sql<DeliveryRow & { body: Buffer | null }>`
    select id, key, topic, result, reason, field, events, times, received_at, last_at, body is not null as has_body, body
    from shop_delivery where connection_id = ${connectionId} and id = ${id}`.execute(db)
  return rows[0] ?? null
}

// Orders

const orderRow = (tx: Db, connectionId: number, key: string) =>
  tx.selectFrom('shop_order').select('memory').where('connection_id', '=', connectionId).where('key', '=', key)

/** What is remembered of an order; from now on others who ask wait until this transaction ends, also when nothing is remembered yet. */
export async function remembered(tx: Db, connectionId: number, key: string, unheard: Memory): Promise<Memory> {
  const first = { connection_id: connectionId, key, memory: JSON.stringify(unheard) }
  await tx
    .insertInto('shop_order')
    .values(first)
    .onConflict(conflict => conflict.doNothing())
    .execute()
  const row = await orderRow(tx, connectionId, key).forUpdate().executeTakeFirstOrThrow()
  return row.memory as Memory
}

export async function remember(tx: Db, connectionId: number, key: string, memory: Memory): Promise<void> {
  await tx
    .updateTable('shop_order')
    .set({ memory: JSON.stringify(memory) })
    .where('connection_id', '=', connectionId)
    .where('key', '=', key)
    .execute()
}

// Turned away

export async function refuse(db: Db, connectionId: number, reason: string, at: number): Promise<void> {
  const time = new Date(at)
  await sql`
    insert into shop_refusal as r (connection_id, day, reason, times, last_at)
    values (${connectionId}, (${time}::timestamptz at time zone 'UTC')::date, ${reason}, 1, ${time})
    on conflict (connection_id, day, reason) do update set times = r.times + 1, last_at = greatest(r.last_at, excluded.last_at)`.execute(
    db,
  )
}

export type Refused = { connection_id: number; reason: string; times: number; last_at: Date }

export async function refusals(db: Db, since: number): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    select connection_id, reason, sum(times)::int as times, max(last_at) as last_at
    from shop_refusal where last_at >= ${new Date(since)} group by connection_id, reason order by max(last_at) desc`.execute(db)
  return rows
}

// Looking at a connection as a whole

export type Sums = { connection_id: number; result: Result; n: number; again: number }

export async function sums(db: Db, ids: readonly number[]): Promise<Sums[]> {
  const { rows } = await sql<Sums>`
    select connection_id, result, count(*) as n, sum(times - 1)::bigint as again
    from shop_delivery where connection_id = any(${ids}::int[]) group by connection_id, result`.execute(db)
  return rows
}

/** How many of a connection's latest deliveries tell what is usual for it. */
export const LATEST = 200

export async function latestTimes(db: Db, ids: readonly number[]): Promise<Map<number, number[]>> {
  const { rows } = await sql<{ connection_id: number; at: Date }>`
    select c.id as connection_id, latest.received_at as at from unnest(${ids}::int[]) as c (id)
    cross join lateral (select received_at from shop_delivery where connection_id = c.id order by id desc limit ${LATEST}) as latest`.execute(
    db,
  )
  return new Map(
    [...Map.groupBy(rows, row => row.connection_id)].map(([id, times]) => [id, times.map(({ at }) => at.getTime())] as const),
  )
}

/** Forgets bodies from before `before`, and the rows too that are not among the latest of their connection. Answers how many it touched, `limit` at most of each. */
export async function forget(db: Db, before: number, limit: number): Promise<number> {
  const time = new Date(before)
  const bodies = await sql`
    update shop_delivery set body = null where id in (
      select id from shop_delivery where received_at < ${time} and body is not null order by received_at limit ${limit})`.execute(
    db,
  )
  const rows = await sql`
    delete from shop_delivery where id in (
      select d.id from shop_delivery d where d.received_at < ${time} and d.id < (
        select id from shop_delivery latest where latest.connection_id = d.connection_id order by id desc offset ${LATEST - 1} limit 1)
      order by d.received_at limit ${limit})`.execute(db)
  return Number(bodies.numAffectedRows ?? 0) + Number(rows.numAffectedRows ?? 0)
}
