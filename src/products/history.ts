import { type History } from '../platform/clickhouse.ts'
import { type Sold } from './contract.ts'

/** What was sold of one product, in orders that count; null when it never was. */
export async function soldOfOne(history: History, sku: string, undone: readonly number[]): Promise<Sold | null> {
  const touched = `and (customer_id, order_id) in (
    select customer_id, order_id from event where name in ('Order Completed', 'Order Updated') and has(products, {sku:String}))`
  return (await sold(history, touched, 'sku = {sku:String}', { sku, undone })).get(sku) ?? null
}

/** What was sold of every product. One pass over all orders: it takes seconds for millions of them. */
export const soldOfAll = (history: History, undone: readonly number[]): Promise<Map<string, Sold>> =>
  sold(history, '', "sku != ''", { undone })

type Row = { sku: string; pieces: number; orders: number | string; last_at: string }

/**
 * Orders as docs/decisions/orders-and-refunds.md has them: the latest word of each on what is in it, once for each order,
 * without those called off or paid back in full.
 */
async function sold(
  history: History,
  touched: string,
  wanted: string,
  params: { sku?: string; undone: readonly number[] },
): Promise<Map<string, Sold>> {
  const rows = await history.rows<Row>(
    `with words as (
      select customer_id, order_id, event.at as said_at, name, amount, currency, lines, refund_id,
        name in ('Order Completed', 'Order Updated') as is_told,
        -- The later word; of two at one instant the change.
        toUnixTimestamp64Milli(event.at) * 2 + (name = 'Order Updated') as turn,
        -- The larger amount, where that is the same: one number, because comparing tuples is many times as slow.
        toInt128(turn) * 10000000000000 + ifNull(amount, 0) as turn_of_amount
      from event
      where name in ('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled') and order_id != ''
        and not has({undone:Array(UInt32)}, source_id) ${touched}
    ),
    orders as (
      select customer_id, order_id,
        minIf(said_at, is_told) as placed_at,
        argMaxIf(lines, turn, is_told and lines != '') as its_lines,
        argMaxIf(assumeNotNull(amount), turn_of_amount, is_told and amount is not null) as worth,
        argMaxIf(currency, turn_of_amount, is_told and amount is not null) as its_currency,
        countIf(is_told and amount is not null) > 0 as has_worth,
        countIf(name = 'Order Cancelled' or (name = 'Order Refunded' and amount is null)) as voids,
        -- Told again in another message, a refund is still one.
        groupUniqArrayIf((if(refund_id = '', toString(said_at), refund_id), assumeNotNull(amount), currency),
          name = 'Order Refunded' and amount is not null) as refunds
      from words group by customer_id, order_id
    )
    select JSONExtractString(line, 'sku') as sku, sum(JSONExtractFloat(line, 'quantity')) as pieces,
      uniqExact(sipHash64(customer_id, order_id)) as orders, max(placed_at) as last_at
    from orders array join JSONExtractArrayRaw(its_lines) as line
    where ${wanted} and voids = 0 and (not has_worth or worth > arraySum(refund -> if(refund.3 = its_currency, refund.2, 0), refunds))
    group by sku`,
    params,
  )
  return new Map(
    rows.map(row => [
      row.sku,
      // Pieces may be parts of one: a kilogram and a half.
      { pieces: Math.round(row.pieces * 1e6) / 1e6, orders: Number(row.orders), lastAt: new Date(row.last_at).toISOString() },
    ]),
  )
}
