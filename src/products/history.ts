import { type History } from '../platform/clickhouse.ts'
import { type Sold } from './contract.ts'

/**
 * What was sold of products, in orders that count (docs/decisions/orders-and-refunds.md): the latest word of each order on what is in it,
 * once for each order, without those called off or paid back in full.
 */
export async function soldOf(history: History, skus: readonly string[], undone: readonly number[]): Promise<Map<string, Sold>> {
  if (skus.length === 0) return new Map()
  const rows = await history.rows<{ sku: string; pieces: number; orders: number | string; last_at: string }>(SOLD, {
    skus,
    undone,
  })
  return new Map(
    rows.map(row => [
      row.sku,
      { pieces: Math.round(row.pieces * 1e6) / 1e6, orders: Number(row.orders), lastAt: new Date(row.last_at).toISOString() },
    ]),
  )
}

const SOLD = `
with touched as (
  select customer_id, order_id from event
  where name in ('Order Completed', 'Order Updated') and hasAny(products, {skus:Array(String)}) and order_id != '' and not has({undone:Array(UInt32)}, source_id)
  group by customer_id, order_id
),
orders as (
  select customer_id, order_id,
    minIf(event.at, name in ('Order Completed', 'Order Updated')) as placed_at,
    -- An Order Updated sorts after an Order Completed of the same instant.
    argMaxIf(lines, (event.at, name, lines), name in ('Order Completed', 'Order Updated') and lines != '') as its_lines,
    argMaxIf((assumeNotNull(amount), currency), (event.at, name, assumeNotNull(amount), currency), name in ('Order Completed', 'Order Updated') and amount is not null) as worth,
    countIf(name in ('Order Completed', 'Order Updated') and amount is not null) > 0 as has_worth,
    countIf(name = 'Order Cancelled' or (name = 'Order Refunded' and amount is null)) as voids,
    -- Told again with another number, a refund is still one.
    groupUniqArrayIf((if(refund_id = '', toString(event.at), refund_id), assumeNotNull(amount), currency), name = 'Order Refunded' and amount is not null) as refunds
  from event
  where (customer_id, order_id) in touched and not has({undone:Array(UInt32)}, source_id)
    and name in ('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled')
  group by customer_id, order_id
)
select JSONExtractString(line, 'sku') as sku, sum(JSONExtractFloat(line, 'quantity')) as pieces, uniqExact(customer_id, order_id) as orders, max(placed_at) as last_at
from orders array join JSONExtractArrayRaw(its_lines) as line
where sku in {skus:Array(String)} and voids = 0
  and (not has_worth or worth.1 > arraySum(refund -> if(refund.3 = worth.2, refund.2, 0), refunds))
group by sku`
