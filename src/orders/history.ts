import { ORDER_EVENTS, type OrderLine } from '../events/contract.ts'
import { type History } from '../platform/clickhouse.ts'
import { type OrderWord } from './view.ts'

type Row = {
  customer_id: number | string
  id: string
  at: number | string
  name: string
  order_id: string
  amount: number | string | null
  currency: string
  lines: string
  refund_id: string
  source_id: number
}

/** What was said of some customers' orders up to an instant, in the order of time, by the customer it was said of; without undone sources. Reads nothing but that. */
export async function orderWordsOf(
  history: History,
  customerIds: readonly number[],
  until: number,
  undone: readonly number[],
): Promise<Map<number, OrderWord[]>> {
  if (customerIds.length === 0) return new Map()
  const rows = await history.rows<Row>(
    `select customer_id, id, toUnixTimestamp64Milli(event.at) as at, name, order_id, amount, currency, lines, refund_id, source_id from event
     where customer_id in {customers:Array(UInt64)} and name in {names:Array(String)} and order_id != ''
       and event.at <= {until:DateTime64(3, 'UTC')} and not has({undone:Array(UInt32)}, source_id)
     order by event.at, id`,
    { customers: customerIds, names: Object.values(ORDER_EVENTS), until: new Date(until), undone },
  )
  const words = new Map<number, OrderWord[]>()
  for (const row of rows) {
    const of = words.get(Number(row.customer_id)) ?? []
    of.push(toWord(row))
    words.set(Number(row.customer_id), of)
  }
  return words
}

const toWord = (row: Row): OrderWord => ({
  id: row.id,
  at: Number(row.at),
  name: row.name,
  orderId: row.order_id,
  amount: row.amount === null ? null : Number(row.amount),
  currency: row.currency,
  lines: row.lines === '' ? [] : (JSON.parse(row.lines) as OrderLine[]),
  refundId: row.refund_id,
  sourceId: row.source_id,
})
