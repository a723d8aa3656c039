import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderBook } from './book.ts'
import { type OrderEvent, stateOf } from './order.ts'

const DAY = 86_400_000
const event = (name: string, day: number, amount: number | null = null, fields: Partial<OrderEvent> = {}): OrderEvent => ({
  name: `Order ${name}`,
  at: day * DAY,
  orderId: 'a',
  amount,
  currency: 'EUR',
  ...fields,
})
const CREATED = event('Completed', 1, 10_000)
const PAID = event('Updated', 1, 10_000)
const UPDATED = event('Updated', 3, 8_000)
const RAISED = event('Updated', 3, 9_000)
const PART = event('Refunded', 4, 2_000)
const OTHER_PART = event('Refunded', 4, 1_000)
const LAST_PART = event('Refunded', 6, 6_000)
const ALL = event('Refunded', 7)
const CANCELLED = event('Cancelled', 5)
const SECOND = event('Completed', 2, 500, { orderId: 'b' })

/** What a customer's orders come to, whatever came in first. Short keys are a memory of what was seen, and remember it in that order. */
function told(events: readonly OrderEvent[]) {
  const book = OrderBook.empty()
  for (const one of events) expect(book.tell(one)).toBe(true)
  const states = [...(book.orderMap ?? [])].map(([id, order]) => `${id} ${stateOf(order)}`).sort()
  return {
    ...book.facts,
    revenue: JSON.stringify(book.facts.revenue),
    keys: (book.facts.keys.match(/.{8}/g) ?? []).sort(),
    states,
  }
}

function* permutations<T>(things: readonly T[]): Generator<T[]> {
  if (things.length === 0) yield []
  for (const [i, thing] of things.entries()) for (const rest of permutations(things.toSpliced(i, 1))) yield [thing, ...rest]
}

test.each<[string, OrderEvent[], { orders: number; revenue: object; state: string }]>([
  ['created', [CREATED], { orders: 1, revenue: { EUR: 10_000 }, state: 'placed' }],
  ['created, and said again', [CREATED, CREATED], { orders: 1, revenue: { EUR: 10_000 }, state: 'placed' }],
  ['created and paid at one instant', [CREATED, PAID], { orders: 1, revenue: { EUR: 10_000 }, state: 'changed' }],
  ['changed', [CREATED, PAID, UPDATED], { orders: 1, revenue: { EUR: 8_000 }, state: 'changed' }],
  ['changed twice at one instant', [CREATED, UPDATED, RAISED, UPDATED], { orders: 1, revenue: { EUR: 9_000 }, state: 'changed' }],
  [
    'changed without a word on its worth',
    [CREATED, event('Updated', 9)],
    { orders: 1, revenue: { EUR: 10_000 }, state: 'changed' },
  ],
  ['refunded in part', [CREATED, UPDATED, PART, PART], { orders: 1, revenue: { EUR: 6_000 }, state: 'partly_refunded' }],
  [
    'refunded in two parts at one instant',
    [CREATED, PART, OTHER_PART],
    { orders: 1, revenue: { EUR: 7_000 }, state: 'partly_refunded' },
  ],
  ['refunded in parts until nothing is left', [CREATED, UPDATED, PART, LAST_PART], { orders: 0, revenue: {}, state: 'refunded' }],
  ['refunded in full', [CREATED, UPDATED, PART, ALL, ALL], { orders: 0, revenue: {}, state: 'refunded' }],
  ['cancelled', [CREATED, PAID, CANCELLED, PART, CANCELLED], { orders: 0, revenue: {}, state: 'cancelled' }],
  ['a refund alone', [PART], { orders: 0, revenue: { EUR: -2_000 }, state: 'unknown' }],
  ['of unknown worth, refunded in part', [event('Completed', 1), PART], { orders: 1, revenue: {}, state: 'partly_refunded' }],
  [
    'refunded in another currency',
    [CREATED, event('Refunded', 4, 3_000, { currency: 'USD' })],
    { orders: 1, revenue: { EUR: 10_000, USD: -3_000 }, state: 'partly_refunded' },
  ],
  [
    'a refund that is corrected under its own number',
    [CREATED, event('Refunded', 4, 2_000, { refundId: 'r' }), event('Refunded', 5, 2_500, { refundId: 'r' })],
    { orders: 1, revenue: { EUR: 7_500 }, state: 'partly_refunded' },
  ],
  [
    'two refunds with numbers of their own, of one sum at one instant',
    [CREATED, event('Refunded', 4, 2_000, { refundId: 'r' }), event('Refunded', 4, 2_000, { refundId: 's' })],
    { orders: 1, revenue: { EUR: 6_000 }, state: 'partly_refunded' },
  ],
])('an order %s is the same in every order of arrival', (_, events, { orders, revenue, state }) => {
  for (const arrived of permutations(events)) {
    const facts = told(arrived)
    expect(facts).toMatchObject({ orders, revenue: JSON.stringify(revenue), states: [`a ${state}`] })
    expect(facts).toMatchObject(
      orders === 0 ? { firstOrderAt: null, lastOrderAt: null } : { firstOrderAt: DAY, lastOrderAt: DAY },
    )
  }
})

test('all that can happen to an order, with everything said twice, comes to the same in every order of arrival', () => {
  const all = [CREATED, PAID, UPDATED, RAISED, PART, OTHER_PART, LAST_PART, ALL, CANCELLED, SECOND]
  fc.assert(
    fc.property(fc.subarray(all), fc.infiniteStream(fc.nat()), (some, dice) => {
      const twice = [...some, ...some]
      const shuffled = twice
        .map(one => [dice.next().value as number, one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one)
      expect(told(shuffled)).toEqual(told(some))
    }),
    { numRuns: 2_000 },
  )
})

const anyEvent = fc.record({
  name: fc.constantFrom('Order Completed', 'Order Updated', 'Order Refunded', 'Order Refunded', 'Order Cancelled', 'Page Viewed'),
  at: fc.integer({ min: 0, max: 4 }).map(day => day * DAY),
  orderId: fc.constantFrom('a', 'b', 'c'),
  amount: fc.constantFrom(0, 100, 250, 1_000, null),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  refundId: fc.constantFrom('', 'r1', 'r2'),
})

test('a book that goes on from its facts, told in time, says what one that heard everything in any order says', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 10 }), fc.nat({ max: 10 }), (events, cut) => {
      const inTime = [...events].sort((a, b) => a.at - b.at)
      const first = OrderBook.empty()
      for (const one of inTime.slice(0, cut)) first.tell(one)
      const later = OrderBook.from(first.facts)
      // Where it does not know enough it says so, and nothing has changed.
      const before = later.facts
      const isEnough = inTime.slice(cut).every(one => later.tell(one))
      if (isEnough) expect({ ...later.facts, keys: '' }).toEqual({ ...factsOf(events), keys: '' })
      else if (cut === inTime.length) expect(later.facts).toBe(before)
      expect({ ...factsOf(events.toReversed()), keys: '' }).toEqual({ ...factsOf(events), keys: '' })
    }),
    { numRuns: 3_000 },
  )
})

function factsOf(events: readonly OrderEvent[]) {
  const book = OrderBook.empty()
  for (const one of events) book.tell(one)
  return book.facts
}
