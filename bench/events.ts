import { type History } from '../src/platform/clickhouse.ts'

const CUSTOMERS_AT_ONCE = 50_000
const YEARS = 3

// Chance is a hash of the customer (and of the number of the event), so that every run makes the same people.
const customerChance = (salt: number) => `(cityHash64(customer, ${salt}) % 1000003 + 0.5) / 1000003`
const eventChance = (salt: number) => `(cityHash64(customer, k, ${salt}) % 1000003 + 0.5) / 1000003`

/**
 * How many events each customer has (a few many, most few), how far apart (lognormal: days or months), when they began and how loyal they are
 * until they are gone; then each event in its turn: every fourth an order, one order in forty refunded, the rest views.
 */
const GENERATE = `
insert into event
with
  toInt64({now:Int64}) as now_ms,
  toInt64(86400000) as day_ms
select
  customer, fromUnixTimestamp64Milli(at_ms, 'UTC'), generateUUIDv4(k),
  multiIf(is_order, 'Order Completed', is_refund, 'Order Refunded', k = 0, 'Identified', 'Product Viewed'),
  is_known or is_order or is_refund,
  multiIf(is_order, concat('o', toString(customer), '-', toString(k)), is_refund, concat('o', toString(customer), '-', toString(k - 1)), ''),
  if(is_order or is_refund, toInt64(900 + 20000 * pow(amount_chance, 3)), null),
  if(is_order or is_refund, 'EUR', ''),
  if(is_order, concat('[{"sku":"SKU-', toString(cityHash64(customer, k, 9) % 3000), '","quantity":1}]'), ''),
  '', if(is_order or is_refund, '', concat('{"path":"/products/', toString(cityHash64(customer, k, 9) % 3000), '"}')),
  {source:UInt32}, fromUnixTimestamp64Milli(at_ms, 'UTC'), 0
from (
  select
    customer, k, is_known,
    began + toInt64(span * (k + if(k = 0, 0, ${eventChance(5)})) / events) as at_ms,
    cityHash64(customer, k, 6) % 4 = 0 as is_order,
    not is_order and k > 0 and cityHash64(customer, k - 1, 6) % 4 = 0 and cityHash64(customer, k, 7) % 30 = 0 as is_refund,
    ${eventChance(8)} as amount_chance
  from (
    select
      number as customer,
      least(1000, 1 + toUInt32(-log(${customerChance(1)}) * {more:Float64})) as events,
      exp(1.8 + 0.9 * sqrt(-2 * log(${customerChance(2)})) * cos(2 * pi() * ${customerChance(3)})) * day_ms as gap,
      now_ms - toInt64(${customerChance(4)} * ${YEARS} * 365 * day_ms) as began,
      least(gap * events, toFloat64(now_ms - began)) as span,
      customer % 10 != 0 as is_known
    from numbers({first:UInt64}, {count:UInt64}))
  array join range(events) as k)`

/** Fills the log with customers 1 … n and about `events` events of theirs up to `now`. */
export async function generateEvents(
  history: History,
  { customers, events, now, source }: { customers: number; events: number; now: number; source: number },
  onProgress: (customers: number) => void,
): Promise<void> {
  // floor(Exp(m)) has the mean m − ½, and everyone has one event more than that.
  const more = events / customers - 0.5
  for (let first = 1; first <= customers; first += CUSTOMERS_AT_ONCE) {
    const count = Math.min(CUSTOMERS_AT_ONCE, customers - first + 1)
    await history.command(GENERATE, { first, count, more, now, source })
    onProgress(first + count - 1)
  }
}

/** Waits until the engine has merged what it wants to merge, as it would have with time. */
export async function untilMerged(history: History, pause: (ms: number) => Promise<void>): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const [row] = await history.rows<{ n: number }>('select count() as n from system.merges')
    quiet = row?.n === 0 ? quiet + 1 : 0
    await pause(500)
  }
}
