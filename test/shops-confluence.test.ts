import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ShopKind } from '../src/events/shops/contract.ts'
import { hear, type Memory, UNHEARD } from '../src/events/shops/memory.ts'
import { understand } from '../src/events/shops/understand.ts'
import { NO_ORDERS, OrderBook } from '../src/orders/index.ts'
import { charge, shopifyOrder, shopifyRefund, stripeEvent, wooOrder } from './shop-bodies.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000
const T = Array.from({ length: 9 }, (_, i) => NOON + i * MINUTE) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const setting = { connectionId: 3, receivedAt: NOON + 86_400_000, currency: 'EUR', takesTests: false, key: 'k' }

type Delivery = [topic: string, body: object]

/** As Postgres gives it back: with the keys of every object in another order. */
const asStored = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort().reverse())
        : inner,
    ),
  ) as T

/** What the orders of one shop come to when deliveries arrive in this order; what waits is read again when its order is known, as the program does. */
function told(kind: ShopKind, deliveries: readonly Delivery[]) {
  let memory: Memory = UNHEARD
  const book = OrderBook.empty()
  const log = new Map<string, string>()
  const take = ([topic, body]: Delivery): boolean => {
    const heard = understand(kind, null, topic, JSON.stringify(body), setting)
    if (heard.is !== 'words') return true
    for (const word of heard.words) {
      if (word.is !== 'order') continue
      const now = hear(memory, word)
      memory = asStored(now.memory)
      if (now.waits) return false
      for (const { id, name, at, orderId = '', amount = null, currency = '', properties = {} } of now.envelopes) {
        if (log.has(id)) continue
        log.set(id, name)
        book.tell({ name, at, orderId, amount, currency, refundId: String(properties.refund_id ?? '') })
      }
    }
    return true
  }
  let waiting: Delivery[] = []
  for (const delivery of deliveries) {
    if (!take(delivery)) waiting.push(delivery)
    else if (waiting.length > 0) waiting = waiting.filter(one => !take(one))
  }
  const { keys: _, ...facts } = book.facts
  return { facts, names: [...log.values()] }
}

const refund = shopifyRefund(T[5], '4.50')
const JOURNEYS: [string, ShopKind, Delivery[], { orders: number; revenue: Record<string, number> }][] = [
  [
    'Shopify: created, paid, fulfilled, edited, refunded in part',
    'shopify',
    [
      ['orders/create', shopifyOrder(T[0], T[0])],
      ['orders/paid', shopifyOrder(T[0], T[1], { financial_status: 'paid' })],
      ['orders/updated', shopifyOrder(T[0], T[2], { fulfillment_status: 'fulfilled' })],
      ['orders/updated', shopifyOrder(T[0], T[3], { total_price: '34.50' })],
      ['orders/updated', shopifyOrder(T[0], T[4], { total_price: '24.50' })],
      ['refunds/create', refund],
      ['orders/updated', shopifyOrder(T[0], T[6], { refunds: [refund], financial_status: 'partially_refunded' })],
    ],
    { orders: 1, revenue: { EUR: 2_000 } },
  ],
  [
    'Shopify: cancelled after a refund',
    'shopify',
    [
      ['orders/create', shopifyOrder(T[0], T[0])],
      ['refunds/create', refund],
      ['orders/cancelled', shopifyOrder(T[0], T[7], { cancelled_at: shopifyOrder(T[7], T[7]).created_at, refunds: [refund] })],
      ['orders/updated', shopifyOrder(T[0], T[8], { cancelled_at: shopifyOrder(T[7], T[7]).created_at, refunds: [refund] })],
    ],
    { orders: 0, revenue: {} },
  ],
  [
    'WooCommerce: unpaid, paid, changed, refunded in part',
    'woocommerce',
    [
      ['order.created', wooOrder(T[0], T[0], { status: 'pending', date_paid_gmt: null, total: '0.00' })],
      ['order.updated', wooOrder(T[0], T[1])],
      ['order.updated', wooOrder(T[0], T[2], { status: 'completed', total: '30.00' })],
      ['order.updated', wooOrder(T[0], T[3], { status: 'completed', total: '30.00', refunds: [{ id: 9, total: '-10.00' }] })],
    ],
    { orders: 1, revenue: { EUR: 2_000 } },
  ],
  [
    'WooCommerce: given up while unpaid, then paid after all',
    'woocommerce',
    [
      ['order.created', wooOrder(T[0], T[0], { status: 'pending', date_paid_gmt: null })],
      ['order.updated', wooOrder(T[0], T[1], { status: 'cancelled', date_paid_gmt: null })],
      ['order.updated', wooOrder(T[0], T[2])],
    ],
    { orders: 1, revenue: { EUR: 2_450 } },
  ],
  [
    'WooCommerce: on hold, then cancelled',
    'woocommerce',
    [
      ['order.created', wooOrder(T[0], T[0], { status: 'on-hold', date_paid_gmt: null })],
      ['order.updated', wooOrder(T[0], T[1], { status: 'cancelled', date_paid_gmt: null })],
    ],
    { orders: 0, revenue: {} },
  ],
  [
    'WooCommerce: on hold, cancelled, then paid after all and refunded in part',
    'woocommerce',
    [
      ['order.created', wooOrder(T[0], T[0], { status: 'on-hold', date_paid_gmt: null })],
      ['order.updated', wooOrder(T[0], T[1], { status: 'cancelled', date_paid_gmt: null })],
      ['order.updated', wooOrder(T[0], T[2])],
      ['order.updated', wooOrder(T[0], T[3], { refunds: [{ id: 9, total: '-10.00' }] })],
    ],
    { orders: 1, revenue: { EUR: 1_450 } },
  ],
  [
    'WooCommerce: deleted',
    'woocommerce',
    [
      ['order.created', wooOrder(T[0], T[0])],
      ['order.updated', wooOrder(T[0], T[1], { status: 'completed' })],
      ['order.deleted', { id: 727 }],
    ],
    { orders: 0, revenue: {} },
  ],
  [
    'Stripe: one payment in three events, refunded twice',
    'stripe',
    [
      [
        'payment_intent.succeeded',
        stripeEvent('payment_intent.succeeded', T[0], { id: 'pi_1', amount_received: 2450, currency: 'eur' }),
      ],
      ['charge.succeeded', stripeEvent('charge.succeeded', T[1], charge(T[0]))],
      [
        'checkout.session.completed',
        stripeEvent('checkout.session.completed', T[2], {
          id: 'cs_1',
          mode: 'payment',
          payment_status: 'paid',
          payment_intent: 'pi_1',
          amount_total: 2450,
          currency: 'eur',
          customer: 'cus_1',
          customer_details: { email: 'ann@example.com' },
        }),
      ],
      [
        'charge.refunded',
        stripeEvent('charge.refunded', T[4], charge(T[0], { amount_refunded: 450 }), {
          previous_attributes: { amount_refunded: 0 },
        }),
      ],
      [
        'charge.refunded',
        stripeEvent('charge.refunded', T[5], charge(T[0], { amount_refunded: 1000 }), {
          previous_attributes: { amount_refunded: 450 },
        }),
      ],
    ],
    { orders: 1, revenue: { EUR: 1_450 } },
  ],
]

test.each(JOURNEYS)('%s: ends the same in every order of arrival, with repeats', (_, kind, deliveries, expected) => {
  const straight = told(kind, deliveries)
  expect(straight.facts).toMatchObject(expected)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(deliveries, { minLength: deliveries.length }),
      fc.array(fc.nat(deliveries.length - 1), { maxLength: 4 }),
      (shuffled, again) => {
        const all = [...shuffled, ...again.flatMap(i => deliveries.slice(i, i + 1))]
        const { facts, names } = told(kind, all)
        expect(facts).toEqual(straight.facts)
        expect(
          names.filter(name => name === 'Order Completed').length - names.filter(name => name === 'Order Cancelled').length,
        ).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 300 },
  )
})

test('an order that was deleted and brought back counts', () => {
  const steps: Delivery[] = [
    ['order.created', wooOrder(T[0], T[0])],
    ['order.deleted', { id: 727 }],
  ]
  expect(told('woocommerce', steps).facts.orders).toBe(0)
  expect(told('woocommerce', [...steps, ['order.restored', wooOrder(T[0], T[1])]]).facts).toMatchObject({
    orders: 1,
    firstOrderAt: T[0],
  })
})

test('an order that only moves on in the warehouse is told once', () => {
  const steps = [0, 1, 2, 3, 4].map(
    (i): Delivery => ['orders/updated', shopifyOrder(T[0], T[0] + i * MINUTE, { tags: `step ${i}` })],
  )
  expect(told('shopify', steps).names).toEqual(['Order Completed'])
})

test('whatever versions there are, the latest says what the order is worth, whichever came first', () => {
  const version = fc.record({ second: fc.nat(5), cents: fc.integer({ min: 0, max: 4 }) })
  fc.assert(
    fc.property(
      fc
        .uniqueArray(version, { minLength: 1, maxLength: 9, selector: ({ second, cents }) => `${second} ${cents}` })
        .chain(versions => fc.tuple(fc.constant(versions), fc.shuffledSubarray(versions, { minLength: versions.length }))),
      ([versions, shuffled]) => {
        const of = ({ second, cents }: { second: number; cents: number }): Delivery => [
          'orders/updated',
          shopifyOrder(T[0], T[0] + second * 1000, { total_price: `${cents}.00` }),
        ]
        // Of one second, the one that says more.
        const last = versions.reduce((a, b) => (b.second > a.second || (b.second === a.second && b.cents > a.cents) ? b : a))
        expect(told('shopify', shuffled.map(of)).facts.revenue).toEqual(last.cents === 0 ? {} : { EUR: last.cents * 100 })
      },
    ),
  )
})

test.each([
  ['JPY', '1200', 1_200],
  ['KWD', '1.234', 1_234],
  ['EUR', '12.30', 1_230],
  ['HUF', '990.00', 99_000],
])('an amount in %s is whole minor units', (currency, total_price, units) => {
  const { facts } = told('shopify', [['orders/create', shopifyOrder(T[0], T[0], { currency, total_price })]])
  expect(facts.revenue).toEqual({ [currency]: units })
})

test.each([
  ['jpy', 1_200, 'JPY', 1_200],
  ['kwd', 1_230, 'KWD', 1_230],
  // Stripe counts these otherwise than ISO 4217 does.
  ['isk', 120_000, 'ISK', 1_200],
  ['ugx', 120_000, 'UGX', 1_200],
  ['mga', 1_200, 'MGA', 120_000],
])("Stripe's %s %d are %s in our units", (currency, amount, code, units) => {
  const event = stripeEvent('charge.succeeded', T[0], charge(T[0], { currency, amount, amount_captured: amount }))
  expect(told('stripe', [['charge.succeeded', event]]).facts.revenue).toEqual({ [code]: units })
})

test('tests of a shop are left out, unless they are wanted', () => {
  const body = JSON.stringify(shopifyOrder(T[0], T[0], { test: true }))
  expect(understand('shopify', null, 'orders/create', body, setting)).toEqual({ is: 'test' })
  expect(understand('shopify', null, 'orders/create', body, { ...setting, takesTests: true }).is).toBe('words')
  const event = JSON.stringify({ ...stripeEvent('charge.succeeded', T[0], charge(T[0])), livemode: false })
  expect(understand('stripe', null, 'charge.succeeded', event, setting)).toEqual({ is: 'test' })
  expect(NO_ORDERS.orders).toBe(0)
})
