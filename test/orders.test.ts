import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Rates } from '../src/company/contract.ts'
import { accept, createSource, type Envelope, historiesOf } from '../src/events/index.ts'
import { modelOf, standings, staysOf } from '../src/lifecycle/index.ts'
import { type CustomerOrders, type Worths } from '../src/orders/contract.ts'
import { type Product, type ProductPage } from '../src/products/contract.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const DAY = 86_400_000
const START = Date.parse('2025-01-01T10:00:00Z')
const NOW = START + 300 * DAY

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser
let source: number
beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
  source = await createSource(shop.db, 'orders', 'orders', NOW)
})
afterAll(() => shop[Symbol.asyncDispose]())

const get = async <T>(path: string, browser = owner): Promise<T> => {
  const answer = await browser.get(path)
  expect([path, answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([path, 200, ''])
  return answer.json<T>()
}

const colleague = async (role: string) => (await colleagueOf(owner, browserOf(shop.app), `${role}@example.com`, role)).browser

type Said = Pick<Envelope, 'name' | 'at' | 'orderId'> & Partial<Envelope>
const said = (name: string, day: number, amount?: number, fields: Partial<Envelope> = {}): Said => ({
  name: `Order ${name}`,
  at: START + day * DAY,
  orderId: 'a',
  currency: 'EUR',
  ...(amount !== undefined && { amount }),
  ...fields,
})
const HAPPENED: Said[] = [
  said('Completed', 10, 10_000),
  // A second message of the same order, and what the shop says of it once it is paid, at the same instant.
  said('Completed', 10, 10_000),
  said('Updated', 10, 9_000),
  said('Updated', 20, 8_000),
  said('Refunded', 30, 2_000),
  said('Refunded', 30, 2_000),
  said('Refunded', 30, 1_000),
  said('Refunded', 40, 5_000),
  said('Cancelled', 50),
  said('Completed', 5, 500, { orderId: 'b' }),
  said('Completed', 120, 700, { orderId: 'c' }),
  said('Refunded', 130, undefined, { orderId: 'c' }),
  { name: 'Product Viewed', at: START + 10 * DAY, orderId: '' },
]

const idOf = async (customer: string) =>
  (await shop.db.selectFrom('identity').select('customer_id').where('value', '=', customer).executeTakeFirstOrThrow()).customer_id

test('whatever happens to orders comes to the same facts, stages, moves and money for every order of arrival and every cut into batches', async () => {
  let run = 0
  const arrival = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 2 })), {
    minLength: HAPPENED.length,
    maxLength: HAPPENED.length,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(HAPPENED, { minLength: 1 }),
      fc.array(arrival, { minLength: 5, maxLength: 5 }),
      async (some, arrivals) => {
        run++
        // The first customer's events all come in time and at once; those of the others as it happens.
        const inTime = some.map((_, i) => [i, 0] as const)
        const customers = [inTime, ...arrivals].map((order, c) => ({ name: `r${run}-${c}`, order }))
        const envelopes = customers.flatMap(({ name, order }) =>
          some
            .map((one, i) => ({
              turn: order[i]?.[0] ?? 0,
              batch: order[i]?.[1] ?? 0,
              envelope: { ...one, messageId: `${name} ${i}`, identities: [{ kind: 'external', value: name }] },
            }))
            .sort((a, b) => a.turn - b.turn),
        )
        for (const batch of [0, 1, 2]) {
          const coming = envelopes.filter(one => one.batch === batch).map(one => one.envelope)
          await accept(shop.db, source, coming, shop.clock.now())
          await shop.settle()
        }
        const model = await modelOf(shop.db)
        const outcomes = await Promise.all(
          customers.map(async ({ name }) => {
            const id = await idOf(name)
            const standing = (await standings(shop.db, shop.program.history, model, [id], null)).get(id)
            const { items, total, worth } = await get<CustomerOrders>(`/api/customers/${id}/orders`)
            return {
              standing: standing && {
                ...standing,
                facts: { ...standing.facts, keys: standing.facts.keys.match(/.{8}/g)?.sort() },
              },
              moves: (await staysOf(shop.program.history, model, id)).items,
              orders: items.map(({ events, ...order }) => ({ ...order, said: events.length })),
              total,
              worth,
            }
          }),
        )
        for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0])
        const brought = outcomes[0]?.standing?.facts.revenue ?? {}
        expect(outcomes[0]?.worth?.parts).toEqual(Object.entries(brought).map(([currency, amount]) => ({ amount, currency })))
        const first = await historiesOf(shop.db, shop.program.history, [await idOf(`r${run}-0`)])
        expect([...first.values()][0]?.length).toBe(some.length)
      },
    ),
    { numRuns: 5, endOnFailure: true },
  )
}, 180_000)

test('a customer’s orders are told with what is in them, what was paid back and what they are worth', async () => {
  const ann = (one: Said, i: number) => ({ ...one, messageId: `ann ${i}`, identities: [{ kind: 'external', value: 'ann' }] })
  await shop.bring(
    [
      said('Completed', 1, 5_000, {
        orderId: '1001',
        lines: [{ sku: 'tea', name: 'Tea', category: 'Drinks', quantity: 2, price: 2_500 }],
      }),
      said('Refunded', 3, 1_000, { orderId: '1001' }),
      said('Completed', 40, 10_000, { orderId: '1002', currency: 'USD' }),
      said('Completed', 80, 10_000, { orderId: '1003', currency: 'USD' }),
      said('Refunded', 81, undefined, { orderId: '1003' }),
      said('Completed', 90, 3_000, { orderId: 'unnumbered:xyz', currency: 'GBP' }),
    ].map(ann),
  )
  const path = '/api/customers/external:ann/orders'
  const before = await get<CustomerOrders>(path)
  expect(before.items.map(({ number, state, counts, net }) => [number, state, counts, net])).toEqual([
    [null, 'placed', true, [{ amount: 3_000, currency: 'GBP' }]],
    ['1003', 'refunded', false, []],
    ['1002', 'placed', true, [{ amount: 10_000, currency: 'USD' }]],
    ['1001', 'partly_refunded', true, [{ amount: 4_000, currency: 'EUR' }]],
  ])
  expect(before.items[3]).toMatchObject({
    refunds: [{ at: new Date(START + 3 * DAY).toISOString(), money: { amount: 1_000, currency: 'EUR' } }],
    lines: [{ sku: 'tea', name: 'Tea', category: 'Drinks', quantity: 2, price: { amount: 2_500, currency: 'EUR' } }],
    events: [{ name: 'Order Completed' }, { name: 'Order Refunded' }],
  })
  expect(before).toMatchObject({
    total: 4,
    counting: 3,
    worth: {
      total: { amount: 4_000, currency: 'EUR' },
      unconverted: [
        { amount: 3_000, currency: 'GBP' },
        { amount: 10_000, currency: 'USD' },
      ],
    },
  })
  expect(JSON.stringify(await get(`/api/customers/external:ann/timeline`))).not.toContain('unnumbered')

  const stages = () => shop.db.selectFrom('customer_stage').selectAll().orderBy('customer_id').execute()
  const stagesBefore = await stages()
  const given = await owner.put('/api/company/rates', {
    items: [
      { currency: 'USD', day: '2025-01-01', rate: '0.95' },
      { currency: 'USD', day: '2025-03-01', rate: '0.90' },
    ],
  })
  expect(given.json<Rates>().items.map(({ day, rate, from }) => [day, rate, from])).toEqual([
    ['2025-01-01', '0.95', '2024-12-31T23:00:00.000Z'],
    ['2025-03-01', '0.9', '2025-02-28T23:00:00.000Z'],
  ])
  const after = await get<CustomerOrders>(path)
  expect(after.worth).toEqual({
    parts: [
      { amount: 4_000, currency: 'EUR' },
      { amount: 3_000, currency: 'GBP' },
      { amount: 10_000, currency: 'USD' },
    ],
    total: { amount: 4_000 + 9_500, currency: 'EUR' },
    unconverted: [{ amount: 3_000, currency: 'GBP' }],
  })
  const id = await idOf('ann')
  expect((await get<Worths>(`/api/customers/worth?ids=${id}`)).items).toEqual([{ id: String(id), worth: after.worth }])
  expect((await get<Worths>(`/api/customers/worth?ids=${id}&at=2025-01-03`)).items[0]?.worth.parts).toEqual([
    { amount: 5_000, currency: 'EUR' },
  ])
  // Rates change what money is worth and nothing else.
  await shop.settle()
  expect(await stages()).toEqual(stagesBefore)

  const paged: string[] = []
  for (let cursor = ''; ; ) {
    const page = await get<CustomerOrders>(`${path}?limit=1&cursor=${cursor}`)
    paged.push(...page.items.map(one => one.id))
    if (page.next === null) break
    cursor = page.next
  }
  expect(paged).toEqual(after.items.map(one => one.id))

  const viewer = await colleague('viewer')
  const seen = await get<CustomerOrders>(path, viewer)
  expect(JSON.stringify(seen)).not.toMatch(/"amount":\d/)
  expect(seen).toMatchObject({ total: 4, worth: null })
  expect((await viewer.get(`/api/customers/worth?ids=${id}`)).statusCode).toBe(403)
})

test('rates that cannot be are refused, and one can be taken back', async () => {
  const put = (rate: object) => owner.put('/api/company/rates', { items: [rate] })
  for (const rate of [
    { currency: 'EUR', day: '2025-01-01', rate: '1' },
    { currency: 'XQX', day: '2025-01-01', rate: '1' },
    { currency: 'USD', day: '2025-02-30', rate: '1' },
    { currency: 'USD', day: '2025-01-01', rate: '0' },
    { currency: 'USD', day: '2025-01-01', rate: '1e3' },
  ])
    expect([rate, (await put(rate)).statusCode]).toEqual([rate, 400])
  const read = await owner.post('/api/company/rates/read', { text: 'USD;1.4.2025;0,91\nnonsense 1' })
  expect(read.json()).toMatchObject({ items: [{ currency: 'USD', day: '2025-04-01', rate: '0.91' }], rejects: [{ line: 2 }] })
  await owner.delete('/api/company/rates?currency=USD&day=2025-03-01')
  expect((await get<Rates>('/api/company/rates')).items.map(one => one.day)).toEqual(['2025-01-01'])
})

test('products are listed for those who may see them, and their cost only for those who may', async () => {
  const put = (browser: Browser, item: object) => browser.put('/api/products', { items: [item] })
  const finance = await colleague('finance')
  const marketing = await colleague('marketing')
  expect((await put(finance, { sku: 'tea', cost: { amount: 900, currency: 'EUR' } })).statusCode).toBe(204)
  expect((await put(marketing, { sku: 'tea', category: 'Tea' })).statusCode).toBe(204)
  expect((await put(marketing, { sku: 'tea', cost: { amount: 1, currency: 'EUR' } })).statusCode).toBe(403)
  expect((await put(finance, { sku: 'tea', url: 'javascript:alert(1)' })).statusCode).toBe(400)
  const [tea] = (await get<ProductPage>('/api/products?search=te&category=Tea', finance)).items
  expect(tea).toMatchObject({ sku: 'tea', name: 'Tea', category: 'Tea', cost: { amount: 900 }, given: ['category', 'cost'] })
  expect((await get<Product>('/api/products/by-number?sku=tea', finance)).sold).toMatchObject({ pieces: 2, orders: 1 })
  expect((await get<ProductPage>('/api/products', marketing)).items[0]).toMatchObject({ cost: null, given: ['category'] })
  expect((await finance.get('/api/products.csv')).body).toContain('tea,Tea,Tea,,25.00,9.00,EUR,yes')
  expect((await marketing.get('/api/products.csv')).body).not.toContain('9.00')
})
