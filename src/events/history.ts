import { setTimeout as pause } from 'node:timers/promises'
import { type History, instantSql } from '../platform/clickhouse.ts'
import { inTime, type LogEvent } from './contract.ts'

/** Everything in the log that carries a batch number. A module that adds a table adds it here. */
const BATCHED_TABLES = ['event', 'move'] as const

/** Writes events under a batch number, as one block: all or nothing. */
export async function writeEvents(history: History, batch: number, events: readonly LogEvent[]): Promise<void> {
  if (events.length === 0) return
  await history.insert(
    'event',
    events.map(event => ({
      customer_id: event.persona ?? event.customerId,
      at: instantSql(event.at),
      id: event.id,
      name: event.name,
      identified: event.identified,
      order_id: event.orderId,
      amount: event.amount,
      currency: event.currency,
      lines: event.lines.length === 0 ? '' : JSON.stringify(event.lines),
      traits: textOf(event.traits),
      properties: textOf(event.properties),
      source_id: event.sourceId,
      received_at: instantSql(event.receivedAt),
      batch,
    })),
  )
}

const textOf = (bag: Record<string, unknown>) => (Object.keys(bag).length === 0 ? '' : JSON.stringify(bag))

type EventRow = {
  customer_id: number | string
  at: number | string
  id: string
  name: string
  identified: boolean
  order_id: string
  amount: number | string | null
  currency: string
  lines: string
  traits: string
  properties: string
  source_id: number
  received_at: number | string
}

const COLUMNS = `customer_id, toUnixTimestamp64Milli(event.at) as at, id, name, identified, order_id, amount, currency, lines, traits, properties, source_id,
  toUnixTimestamp64Milli(event.received_at) as received_at`

const toEvent = (row: EventRow): LogEvent => ({
  id: row.id,
  customerId: Number(row.customer_id),
  name: row.name,
  at: Number(row.at),
  receivedAt: Number(row.received_at),
  sourceId: row.source_id,
  identified: row.identified,
  orderId: row.order_id,
  amount: row.amount === null ? null : Number(row.amount),
  currency: row.currency,
  lines: row.lines === '' ? [] : (JSON.parse(row.lines) as LogEvent['lines']),
  traits: row.traits === '' ? {} : (JSON.parse(row.traits) as LogEvent['traits']),
  properties: row.properties === '' ? {} : (JSON.parse(row.properties) as LogEvent['properties']),
})

/** Of customers that were joined: with whom each is read, beside themselves. Those who are alone are missing. */
export type Groups = ReadonlyMap<number, readonly number[]>

const everybody = (customerIds: Iterable<number>, groups: Groups): number[] =>
  [...new Set(customerIds)].flatMap(id => [id, ...(groups.get(id) ?? [])])

/** The whole histories of some customers, each in the order of time; without events of undone sources. */
export async function eventsOf(
  history: History,
  customerIds: readonly number[],
  groups: Groups,
  undone: readonly number[],
): Promise<Map<number, LogEvent[]>> {
  if (customerIds.length === 0) return new Map()
  const rows = await history.rows<EventRow>(
    `select ${COLUMNS} from event
     where customer_id in {customers:Array(UInt64)} and not has({undone:Array(UInt32)}, source_id)
     order by event.customer_id, event.at, id`,
    { customers: everybody(customerIds, groups), undone },
  )
  const heads = new Map([...groups].flatMap(([head, others]) => others.map(other => [other, head] as const)))
  const histories = Map.groupBy(
    rows.map(row => readAs(toEvent(row), heads)),
    event => event.customerId,
  )
  for (const [id, events] of histories) if (groups.has(id)) events.sort(inTime)
  return histories
}

const readAs = (event: LogEvent, heads: ReadonlyMap<number, number>): LogEvent => {
  const head = heads.get(event.customerId)
  return head === undefined ? event : { ...event, customerId: head, persona: event.customerId }
}

/** Which of these events the log has already. Reads no more than the ids of the customers concerned. */
export async function knownIds(history: History, events: readonly LogEvent[], groups: Groups): Promise<Set<string>> {
  if (events.length === 0) return new Set()
  const rows = await history.rows<{ id: string }>(
    'select id from event where customer_id in {customers:Array(UInt64)} and id in {ids:Array(UUID)}',
    {
      customers: everybody(
        events.map(event => event.customerId),
        groups,
      ),
      ids: events.map(event => event.id),
    },
  )
  return new Set(rows.map(row => row.id))
}

/** Narrows down events: by patterns (RE2) that their names match and do not match, by a part of what they say, to one of them. Empty: all. */
export type Only = { like: string; unlike: string; text: string; isInContent: boolean; id?: string }
const SAYS = (column: string) => `positionCaseInsensitiveUTF8(${column}, {text:String}) > 0`

/** The events of one customer, and of those joined to them, newest first, strictly before the cursor (time and id). */
export async function eventsBefore(
  history: History,
  customerIds: readonly number[],
  before: { at: number; id: string } | null,
  limit: number,
  undone: readonly number[],
  only: Only = { like: '', unlike: '', text: '', isInContent: false },
): Promise<LogEvent[]> {
  const content = only.isInContent ? ['properties', 'traits', 'lines'] : []
  const narrowed = [
    only.like && 'and match(name, {like:String})',
    only.unlike && 'and not match(name, {unlike:String})',
    only.text && `and (${['name', 'order_id', ...content].map(SAYS).join(' or ')})`,
    only.id && 'and id = {only:UUID}',
  ]
  const rows = await history.rows<EventRow>(
    `select ${COLUMNS} from event
     where customer_id in {customers:Array(UInt64)} and not has({undone:Array(UInt32)}, source_id)
       and (event.at, id) < (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {id:UUID}) ${narrowed.filter(Boolean).join(' ')}
     order by event.at desc, id desc limit {limit:UInt32}`,
    {
      customers: customerIds,
      undone,
      limit,
      like: only.like,
      unlike: only.unlike,
      text: only.text,
      ...(only.id && { only: only.id }),
      at: before?.at ?? 9_000_000_000_000,
      id: before?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    },
  )
  return rows.map(toEvent)
}

/** Customers with events of a source, ascending, after `after`. */
export async function customersOfSource(history: History, sourceId: number, after: number, limit: number): Promise<number[]> {
  const rows = await history.rows<{ customer_id: number | string }>(
    `select distinct customer_id from event where source_id = {source:UInt32} and customer_id > {after:UInt64} order by customer_id limit {limit:UInt32}`,
    { source: sourceId, after, limit },
  )
  return rows.map(row => Number(row.customer_id))
}

export async function countOfSource(history: History, sourceId: number): Promise<number> {
  const [row] = await history.rows<{ n: number | string }>(
    'select uniqExact(customer_id) as n from event where source_id = {source:UInt32}',
    { source: sourceId },
  )
  return Number(row?.n ?? 0)
}

export async function dropSource(history: History, sourceId: number): Promise<void> {
  await history.command('delete from event where source_id = {source:UInt32} settings lightweight_deletes_sync = 2', {
    source: sourceId,
  })
}

/** Takes back what was written under batch numbers that no transaction settled. Safe to repeat. */
export async function voidBatches(history: History, batches: readonly number[]): Promise<number> {
  if (batches.length > 0) await untilInsertsEnd(history)
  let removed = 0
  for (const table of batches.length === 0 ? [] : BATCHED_TABLES) {
    const [row] = await history.rows<{ n: number | string }>(
      `select count() as n from ${table} where batch in {batches:Array(UInt64)}`,
      { batches },
    )
    const count = Number(row?.n ?? 0)
    removed += count
    if (count > 0)
      await history.command(`delete from ${table} where batch in {batches:Array(UInt64)} settings lightweight_deletes_sync = 2`, {
        batches,
      })
  }
  return removed
}

/** Whoever asked for an insert may be gone while it is still at work: what it leaves is clear only when those that run now have ended. */
async function untilInsertsEnd(history: History): Promise<void> {
  const running = async () =>
    (await history.rows<{ id: string }>("select query_id as id from system.processes where query_kind = 'Insert'")).map(
      ({ id }) => id,
    )
  for (let left = await running(); left.length > 0; ) {
    await pause(20)
    const now = new Set(await running())
    left = left.filter(id => now.has(id))
  }
}
