import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Role } from '../src/access/contract.ts'
import { byCommandLine, createKey } from '../src/access/index.ts'
import {
  type DeliveryPage,
  type MappingInput,
  type NewShop,
  type OpenDelivery,
  type Preview,
  type Replayed,
  type ShopView,
} from '../src/events/shops/contract.ts'
import { forgetOld } from '../src/events/shops/index.ts'
import { testProgram } from './program.ts'
import { charge, shopifyOrder, shopifyRefund, signed, stripeEvent, wooOrder } from './shop-bodies.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const MINUTE = 60_000
const DAY = 86_400_000
const SECRET = 'a secret of the shop'

let program: Awaited<ReturnType<typeof testProgram>>
const keys = new Map<Role, string>()
beforeAll(async () => {
  program = await testProgram(NOON)
  for (const role of ['admin', 'developer', 'viewer'] as const)
    keys.set(role, (await createKey(program.db, { kind: 'secret', name: role, role }, byCommandLine(NOON))).key)
})
afterAll(() => program[Symbol.asyncDispose]())
beforeEach(() => program.clock.set(NOON))

async function api<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, role: Role = 'admin') {
  const headers = { authorization: `Bearer ${keys.get(role)}` }
  const answer = await program.app.inject({ method, url, headers, ...(body && { payload: body }) })
  return { status: answer.statusCode, json: (answer.body === '' ? undefined : answer.json()) as T }
}

async function connected(wanted: Omit<NewShop, 'takesTests'> & { takesTests?: boolean; mapping?: object }) {
  const { json: shop } = await api<ShopView>('POST', '/api/shops', wanted)
  const path = new URL(shop.address).pathname
  const post = (body: string, headers: Record<string, string>) =>
    program.app.inject({ method: 'POST', url: path, headers, payload: body })
  const deliveries = async (query = '') => (await api<DeliveryPage>('GET', `/api/shops/${shop.id}/deliveries${query}`)).json.items
  const seen = async () => (await api<ShopView>('GET', `/api/shops/${shop.id}`)).json
  const log = async () => {
    await program.settle()
    return program.program.history.rows<{
      name: string
      order_id: string
      amount: number | null
      currency: string
      at: number
      customer: number
      lines: number
    }>(
      `select name, order_id, toInt64OrNull(toString(amount)) as amount, currency, toUnixTimestamp64Milli(event.at) as at,
              toUInt32(customer_id) as customer from event where source_id = ${shop.sourceId} order by event.at, name`,
    )
  }
  return { shop, post, deliveries, seen, log }
}

test('a signed order is on disk when it is answered, and becomes an order of its customer', async () => {
  const { post, deliveries, log } = await connected({ kind: 'shopify', name: 'Fern shop', secret: SECRET })
  const body = JSON.stringify(shopifyOrder(NOON - DAY, NOON - DAY))
  expect((await post(body, signed.shopify(SECRET, body, 'orders/create'))).statusCode).toBe(200)
  expect(await deliveries()).toMatchObject([{ topic: 'orders/create', result: 'accepted', events: 1, times: 1, why: null }])
  expect(await log()).toMatchObject([
    { name: 'Order Completed', order_id: '#1001', amount: 2_450, currency: 'EUR', at: NOON - DAY },
  ])
  const { json } = await api<{ email: string; orders: number }>('GET', '/api/customers/email:ann@example.com')
  expect(json.orders).toBe(1)
})

test('what is not signed as it should be is refused, counted, and leaves nothing behind', async () => {
  const shopify = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const woo = await connected({ kind: 'woocommerce', name: 'W', secret: SECRET })
  const stripe = await connected({ kind: 'stripe', name: 'P', secret: SECRET })
  const proof = { by: 'hmac' as const, header: 'X-Signature', encoding: 'hex' as const, prefix: 'sha256=' }
  const own = await connected({ kind: 'generic', name: 'G', secret: SECRET, proof })
  const token = await connected({ kind: 'generic', name: 'T', secret: SECRET, proof: { by: 'token', header: 'X-Token' } })
  const [order, woos] = [JSON.stringify(shopifyOrder(NOON, NOON)), JSON.stringify(wooOrder(NOON, NOON))]
  const paid = JSON.stringify(stripeEvent('charge.succeeded', NOON, charge(NOON)))
  const tries: [typeof shopify, string, Record<string, string>][] = [
    [shopify, `${order} `, signed.shopify(SECRET, order, 'orders/create')],
    [shopify, order, signed.shopify('another', order, 'orders/create')],
    [shopify, order, { 'content-type': 'application/json', 'x-shopify-topic': 'orders/create' }],
    [
      shopify,
      order,
      { ...signed.shopify(SECRET, order, 'orders/create'), 'x-shopify-hmac-sha256': 'ä'.normalize('NFD').replace(/\W/g, '') },
    ],
    [woo, `${woos} `, signed.woocommerce(SECRET, woos, 'order.created')],
    [woo, 'webhook_id=1&status=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    [stripe, `${paid} `, signed.stripe(SECRET, paid, NOON)],
    [stripe, paid, signed.stripe(SECRET, paid, NOON - 301_000)],
    [stripe, paid, signed.stripe(SECRET, paid, NOON + 301_000)],
    [stripe, paid, { 'content-type': 'application/json', 'stripe-signature': 'v1=00' }],
    [own, '{"a":1}', signed.generic(SECRET, '{"a":2}')],
    [own, '{"a":1}', signed.generic(SECRET, '{"a":1}', '')],
    [token, '{"a":1}', { 'content-type': 'application/json', 'x-token': `${SECRET}!` }],
    [token, '{"a":1}', { 'content-type': 'application/json' }],
  ]
  for (const [i, [to, body, headers]] of tries.entries()) {
    const answer = await to.post(body, headers)
    expect([i, answer.statusCode, answer.json().code]).toEqual([i, 401, 'shop.refused'])
  }
  for (const one of [shopify, woo, stripe, own, token]) {
    expect(await one.deliveries()).toEqual([])
    expect(await one.log()).toEqual([])
  }
  expect((await shopify.seen()).refused.reduce((all, { times }) => all + times, 0)).toBe(4)
  expect((await stripe.seen()).refused.map(({ reason, times }) => [reason, times]).sort()).toEqual([
    ['bad_signature', 1],
    ['no_signature', 1],
    ['too_old', 2],
  ])
  expect((await program.app.inject({ method: 'POST', url: '/hooks/guessed', payload: {} })).statusCode).toBe(404)
  expect((await shopify.post('x'.repeat(4 * 2 ** 20 + 1), { 'content-type': 'text/plain' })).statusCode).toBe(413)
})

test('the same delivery twenty times in parallel has one effect', async () => {
  const shopify = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const stripe = await connected({ kind: 'stripe', name: 'P', secret: SECRET })
  const order = JSON.stringify(shopifyOrder(NOON - DAY, NOON - DAY, { name: '#2001', id: 2001 }))
  const paid = JSON.stringify(stripeEvent('charge.succeeded', NOON, charge(NOON - MINUTE)))
  const twenty = Array.from({ length: 20 })
  const answers = await Promise.all([
    ...twenty.map(() => shopify.post(order, signed.shopify(SECRET, order, 'orders/create', 'the same'))),
    ...twenty.map(() => stripe.post(paid, signed.stripe(SECRET, paid, NOON))),
  ])
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  for (const one of [shopify, stripe]) {
    expect(await one.deliveries()).toMatchObject([{ result: 'accepted', times: 20 }])
    expect((await one.log()).map(({ name }) => name)).toEqual(['Order Completed'])
    expect((await one.seen()).repeated).toBe(19)
  }
})

test('one act in a Shopify shop has one id in several topics, and each of them counts', async () => {
  const { post, deliveries } = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const body = JSON.stringify(shopifyOrder(NOON - DAY, NOON - DAY, { name: '#3001', id: 3001 }))
  for (const topic of ['orders/create', 'orders/paid']) await post(body, signed.shopify(SECRET, body, topic, 'one act'))
  expect((await deliveries()).map(({ topic, result, reason }) => [topic, result, reason])).toEqual([
    ['orders/paid', 'not_used', 'nothing'],
    ['orders/create', 'accepted', null],
  ])
})

test('a refund that comes before its order waits for it, across a change of orders, and counts when it is there', async () => {
  const { post, deliveries, log } = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const send = (topic: string, body: object) => post(JSON.stringify(body), signed.shopify(SECRET, JSON.stringify(body), topic))
  await send('refunds/create', { ...shopifyRefund(NOON - MINUTE, '4.50'), order_id: 4001 })
  expect(await deliveries()).toMatchObject([{ result: 'waiting', reason: 'whose', events: 0 }])
  expect(await log()).toEqual([])
  await send('orders/create', shopifyOrder(NOON - DAY, NOON - DAY, { name: '#4001', id: 4001 }))
  expect((await deliveries()).map(({ result, events }) => [result, events])).toEqual([
    ['accepted', 1],
    ['accepted', 1],
  ])
  expect((await log()).map(({ name, order_id, amount }) => [name, order_id, amount])).toEqual([
    ['Order Completed', '#4001', 2_450],
    ['Order Refunded', '#4001', 450],
  ])
})

test('refund and order at the same moment find each other', async () => {
  const { post, deliveries } = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const send = (topic: string, body: object) => post(JSON.stringify(body), signed.shopify(SECRET, JSON.stringify(body), topic))
  await Promise.all(
    Array.from({ length: 10 }, (_, i) => 5001 + i).flatMap(id => [
      send('refunds/create', { ...shopifyRefund(NOON - MINUTE, '4.50', id), order_id: id }),
      send('orders/create', shopifyOrder(NOON - DAY, NOON - DAY, { name: `#${id}`, id })),
    ]),
  )
  expect(await deliveries('?result=waiting')).toEqual([])
  expect(await deliveries('?result=accepted')).toHaveLength(20)
})

test("WooCommerce's first question is answered, and is no delivery", async () => {
  const { post, deliveries, seen } = await connected({ kind: 'woocommerce', name: 'W', secret: SECRET })
  expect((await post('webhook_id=17', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(200)
  expect(await deliveries()).toEqual([])
  expect((await seen()).pingedAt).toBe(new Date(NOON).toISOString())
})

test('what is not used or not understood is kept with its reason, and never an error', async () => {
  const { post, deliveries, seen } = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const bodies: [string, string][] = [
    ['themes/publish', '{"id":1}'],
    ['orders/create', 'no json'],
    ['orders/create', '{"id":1,"created_at":"2026-11-01T00:00:00Z","total_price":"1.2.3","currency":"EUR"}'],
    ['orders/create', `{"id":2,"created_at":"2026-11-01T00:00:00Z","total_price":"1.00","currency":"EUR","note":"\\u0000"}`],
    ['orders/create', JSON.stringify(shopifyOrder(NOON, NOON, { test: true }))],
    ['checkouts/create', '{"id":3,"token":"t","created_at":"2026-11-01T00:00:00Z","total_price":"1.00"}'],
    ['app/uninstalled', '{"id":4}'],
  ]
  for (const [topic, body] of bodies) expect((await post(body, signed.shopify(SECRET, body, topic))).statusCode).toBe(200)
  expect((await deliveries()).reverse().map(({ result, reason, field }) => [result, reason, field])).toEqual([
    ['not_used', 'topic', null],
    ['not_understood', 'not_json', null],
    ['not_understood', 'bad_amount', 'total_price'],
    ['not_understood', 'unusable', 'note'],
    ['test', 'test', null],
    ['not_used', 'nobody', null],
    ['not_used', 'ended', null],
  ])
  expect((await deliveries()).every(({ why }) => why !== null && !why.includes(':'.concat('u')))).toBe(true)
  expect((await seen()).endedAt).toBe(new Date(NOON).toISOString())
})

test('what comes while a connection is off is held, and goes in when it is replayed', async () => {
  const { shop, post, deliveries, log } = await connected({ kind: 'woocommerce', name: 'W', secret: SECRET })
  await api('PATCH', `/api/shops/${shop.id}`, { isOn: false })
  const body = JSON.stringify(wooOrder(NOON - DAY, NOON - DAY))
  expect((await post(body, signed.woocommerce(SECRET, body, 'order.created'))).statusCode).toBe(200)
  expect(await deliveries()).toMatchObject([{ result: 'held', reason: 'off' }])
  await api('PATCH', `/api/shops/${shop.id}`, { isOn: true })
  const { json } = await api<Replayed>('POST', `/api/shops/${shop.id}/replay`, { result: 'held' })
  expect(json).toEqual({ replayed: 1, accepted: 1, forgotten: 0, next: null })
  const [one] = await deliveries()
  await api('POST', `/api/shops/${shop.id}/replay`, { ids: [one?.id] })
  expect((await log()).map(({ name, at }) => [name, at])).toEqual([['Order Completed', NOON - DAY]])
})

const MAPPING: MappingInput = {
  each: 'events',
  id: 'batch',
  event: { from: 'path', path: 'type', names: [{ told: 'sale', name: 'Order Completed' }], others: 'leave_out' },
  at: 'when',
  customer: [
    { kind: 'email', path: 'who.mail' },
    { kind: 'loyalty_card', path: '$.card' },
  ],
  orderId: 'no',
  amount: 'sum',
  currency: { from: 'path', path: '$.currency' },
  lines: { path: 'items', sku: 'code', name: 'title', quantity: 'n', price: 'each' },
  properties: [{ name: 'till', path: '$["the.till"]' }],
}
const TILL = {
  batch: 'b-1',
  card: 'C77',
  currency: 'JPY',
  'the.till': 4,
  events: [
    {
      type: 'sale',
      when: 1_795_000_000,
      no: 'R1',
      sum: '1200',
      who: { mail: 'Bo@Example.com' },
      items: [{ code: 'X', title: 'Tea', n: 2, each: 600 }],
    },
    { type: 'opened', who: { mail: 'bo@example.com' } },
  ],
}

test('a webhook of any kind is read by its mapping; what came before there was one is held', async () => {
  const proof = { by: 'hmac' as const, header: 'x-signature', encoding: 'hex' as const, prefix: 'sha256=' }
  const { shop, post, deliveries, log } = await connected({ kind: 'generic', name: 'Till', secret: SECRET, proof })
  const body = JSON.stringify(TILL)
  await post(body, signed.generic(SECRET, body))
  const [held] = await deliveries()
  expect(held).toMatchObject({ result: 'held', reason: 'no_mapping' })
  const looked = await api<Preview>('POST', '/api/shops/preview', { mapping: MAPPING, shopId: shop.id, deliveryId: held?.id })
  expect(looked.json).toMatchObject({
    total: 2,
    events: [
      {
        name: 'Order Completed',
        orderId: 'R1',
        amount: { amount: 1_200, currency: 'JPY' },
        identities: [
          { kind: 'email', value: 'bo@example.com' },
          { kind: 'loyalty_card', value: 'C77' },
        ],
        lines: [{ sku: 'X', name: 'Tea', quantity: 2, price: 600 }],
        properties: { till: 4 },
      },
      { name: null, why: 'The mapping leaves events of this name out.' },
    ],
  })
  expect((await api('PATCH', `/api/shops/${shop.id}`, { mapping: MAPPING })).status).toBe(200)
  await api('POST', `/api/shops/${shop.id}/replay`, { result: 'held' })
  // Sent again with other bytes: its own id says that it is the same.
  const again = JSON.stringify({ ...TILL, sent: 2 })
  await post(again, signed.generic(SECRET, again))
  expect((await log()).filter(({ name }) => name === 'Order Completed')).toMatchObject([
    { order_id: 'R1', amount: 1_200, at: 1_795_000_000_000 },
  ])
})

test('a mapping that reaches where nothing is says so, and reaches nothing but the body', async () => {
  const ask = async (mapping: object, sample: object) =>
    (await api<Preview>('POST', '/api/shops/preview', { mapping: { ...MAPPING, ...mapping }, sample: JSON.stringify(sample) }))
      .json.events[0]
  expect(await ask({ each: 'nowhere' }, TILL)).toMatchObject({ why: 'There is no list at this place.', field: 'nowhere' })
  expect(await ask({ customer: [{ kind: 'external', path: 'constructor.name' }] }, TILL)).toMatchObject({
    name: null,
    field: 'constructor.name',
  })
  expect(await ask({ customer: [{ kind: 'external', path: '__proto__.x' }] }, TILL)).toMatchObject({ name: null })
  expect(await ask({ at: 'type' }, TILL)).toMatchObject({ name: null, field: 'type' })
  expect((await api('POST', '/api/shops/preview', { mapping: { ...MAPPING, at: 'a..b' }, sample: '{}' })).status).toBe(400)
  expect(await ask({ customer: [{ kind: 'external', path: 'no' }], unit: 'minor' }, TILL)).toMatchObject({
    amount: { amount: 1_200 },
  })
})

test('secrets are sealed at rest and told to nobody; contents are hidden from who may not see contact details', async () => {
  const { shop, post, deliveries, seen } = await connected({ kind: 'shopify', name: 'S', secret: 'shpss_very_secret' })
  const body = JSON.stringify(shopifyOrder(NOON - DAY, NOON - DAY, { name: '#6001', id: 6001 }))
  await post(body, signed.shopify('shpss_very_secret', body, 'orders/create'))
  const dump = await sql<{ all: string }>`select string_agg(c::text, '') as all from shop_connection c`.execute(program.db)
  expect(dump.rows[0]?.all).not.toContain('very_secret')
  expect(JSON.stringify(await seen())).not.toContain('very_secret')
  const [one] = await deliveries()
  const open = async (role: Role) =>
    (await api<OpenDelivery>('GET', `/api/shops/${shop.id}/deliveries/${one?.id}`, undefined, role)).json
  expect(await open('admin')).toMatchObject({ body, isMasked: false })
  const masked = await open('developer')
  expect(masked.isMasked).toBe(true)
  expect(masked.body).not.toMatch(/Ann|Fern|Graz|24\.50/i)
  expect(JSON.parse(masked.body ?? '')).toMatchObject({ id: 6001, currency: 'EUR', financial_status: 'pending', email: '•••' })
  expect((await api('GET', '/api/shops', undefined, 'viewer')).status).toBe(403)
})

test('a connection that is still for longer than is usual for it says so', async () => {
  const { post, seen } = await connected({ kind: 'woocommerce', name: 'W', secret: SECRET })
  for (let i = 0; i < 12; i++) {
    program.clock.set(NOON + i * 2 * 3_600_000)
    const body = JSON.stringify({ ...wooOrder(NOON, NOON), id: 8000 + i })
    await post(body, signed.woocommerce(SECRET, body, 'order.created'))
  }
  program.clock.forward(23 * 3_600_000)
  expect((await seen()).quiet).toBeNull()
  program.clock.forward(3 * 3_600_000)
  expect((await seen()).quiet).toEqual({ since: new Date(NOON + 22 * 3_600_000).toISOString(), usualMs: 2 * 3_600_000 })
})

test('contents are forgotten after thirty days, and a removed connection takes nothing more while its events stay', async () => {
  const { shop, post, deliveries, log } = await connected({ kind: 'shopify', name: 'S', secret: SECRET })
  const body = JSON.stringify(shopifyOrder(NOON - DAY, NOON - DAY, { name: '#7001', id: 7001 }))
  await post(body, signed.shopify(SECRET, body, 'orders/create'))
  program.clock.forward(30 * DAY - 1)
  await forgetOld({ db: program.db, clock: program.clock })
  expect(await deliveries()).toMatchObject([{ hasBody: true }])
  program.clock.forward(2)
  await forgetOld({ db: program.db, clock: program.clock })
  const [one] = await deliveries()
  expect(one?.hasBody).toBe(false)
  expect((await api('POST', `/api/shops/${shop.id}/replay`, { ids: [one?.id] })).status).toBe(409)
  expect((await api('DELETE', `/api/shops/${shop.id}`)).status).toBe(204)
  expect((await post(body, signed.shopify(SECRET, body, 'orders/create'))).statusCode).toBe(410)
  expect((await api('GET', `/api/shops/${shop.id}`)).status).toBe(404)
  expect(await log()).toHaveLength(1)
})

test('when the store is away the shop is asked to come again', async () => {
  const { post, deliveries } = await connected({ kind: 'stripe', name: 'P', secret: SECRET })
  await sql`alter table shop_delivery rename to shop_delivery_away`.execute(program.db)
  const paid = JSON.stringify(stripeEvent('charge.succeeded', NOON, charge(NOON)))
  const answer = await post(paid, signed.stripe(SECRET, paid, NOON))
  await sql`alter table shop_delivery_away rename to shop_delivery`.execute(program.db)
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2'])
  expect((await post(paid, signed.stripe(SECRET, paid, NOON))).statusCode).toBe(200)
  expect(await deliveries()).toMatchObject([{ result: 'accepted' }])
})
