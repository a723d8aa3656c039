import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byCommandLine } from '../access/index.ts'
import { directory } from '../customers/index.ts'
import { accept, createSource, type Envelope, settleNext, startWorker, stopWorker, type Worker } from '../events/index.ts'
import { handClock } from '../platform/clock.ts'
import { type TestStores, testStores } from '../platform/testing.ts'
import { type Product } from './contract.ts'
import { changeProducts, observeProducts, productFile, productList, productNamed, productsCsv } from './index.ts'

const DAY = 86_400_000
const START = Date.parse('2026-01-01T12:00:00Z')

let stores: TestStores
let worker: Worker
let source: number
const clock = handClock(START + 100 * DAY)
const act = () => byCommandLine(clock.now())

beforeAll(async () => {
  stores = await testStores()
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [observeProducts])
  source = await createSource(stores.db, 'orders', 'orders.csv', START)
})
afterAll(async () => {
  await stopWorker(worker)
  await stores[Symbol.asyncDispose]()
})

let messages = 0
const bring = async (envelopes: Partial<Envelope>[]) => {
  const whole = envelopes.map(fields => ({
    messageId: `m${++messages}`,
    identities: [{ kind: 'external', value: 'ann' }],
    name: 'Order Completed',
    at: START,
    currency: 'EUR',
    ...fields,
  }))
  await accept(stores.db, source, whole, clock.now())
  while ((await settleNext(worker)) > 0);
}
const named = (sku: string): Promise<Product> => productNamed(stores.db, stores.history, sku, true)
const file = (text: string, isDryRun = false, mayCost = true) =>
  productFile(stores.db, new Blob([text]).stream() as AsyncIterable<Uint8Array>, isDryRun, mayCost, act())

test('a product is what orders and events say of it, the latest word first, until somebody says otherwise', async () => {
  await bring([
    {
      orderId: '1',
      amount: 2_000,
      at: START + DAY,
      lines: [{ sku: 'tee', name: 'Tee', category: 'Tops', quantity: 1, price: 2_000 }],
    },
  ])
  await bring([
    { name: 'Product Viewed', at: START, lines: [{ sku: 'tee', name: 'Old tee', brand: 'Loom', quantity: 1, price: 1_800 }] },
    {
      name: 'Product Viewed',
      at: START + 5 * DAY,
      lines: [{ sku: 'tee', quantity: 1, price: 2_500 }],
      properties: { url: 'https://shop.example/tee' },
    },
  ])
  expect(await named('tee')).toMatchObject({
    name: 'Tee',
    category: 'Tops',
    brand: 'Loom',
    price: { amount: 2_500, currency: 'EUR' },
    url: 'https://shop.example/tee',
    cost: null,
    given: [],
  })
  await changeProducts(stores.db, [{ sku: 'tee', category: 'Shirts', cost: { amount: 700, currency: 'EUR' } }], act())
  await bring([{ name: 'Product Viewed', at: START + 9 * DAY, lines: [{ sku: 'tee', category: 'Sale', quantity: 1 }] }])
  expect(await named('tee')).toMatchObject({
    category: 'Shirts',
    cost: { amount: 700, currency: 'EUR' },
    given: ['category', 'cost'],
  })
  await changeProducts(stores.db, [{ sku: 'tee', category: null }], act())
  expect(await named('tee')).toMatchObject({ category: 'Sale', given: ['cost'] })
  expect((await productNamed(stores.db, stores.history, 'tee', false)).cost).toBeNull()
  const trail = await stores.db
    .selectFrom('audit_entry')
    .select(['action', 'subject'])
    .where('action', '=', 'products.changed')
    .execute()
  expect(trail).toEqual(Array.from({ length: 2 }, () => ({ action: 'products.changed', subject: 'tee' })))
})

test('what was sold are the pieces in orders that count: the latest word of each, once', async () => {
  const lines = (quantity: number) => [{ sku: 'mug', quantity, price: 500 }]
  await bring([
    { orderId: 'a', amount: 1_000, at: START, lines: lines(2) },
    // The same order in another message, and then changed.
    { orderId: 'a', amount: 1_000, at: START, lines: lines(2) },
    { orderId: 'a', name: 'Order Updated', amount: 1_500, at: START + DAY, lines: lines(3) },
    { orderId: 'b', amount: 500, at: START + 2 * DAY, lines: [...lines(1), { sku: 'tray', quantity: 1 }] },
    { orderId: 'b', name: 'Order Refunded', amount: 200, at: START + 3 * DAY },
    { orderId: 'b', name: 'Order Refunded', amount: 200, at: START + 3 * DAY },
    { orderId: 'c', amount: 500, at: START + 4 * DAY, lines: lines(1) },
    { orderId: 'c', name: 'Order Cancelled', at: START + 5 * DAY },
    { orderId: 'd', amount: 500, at: START + 4 * DAY, lines: lines(1) },
    { orderId: 'd', name: 'Order Refunded', amount: 500, at: START + 5 * DAY },
    { name: 'Product Added', at: START + 6 * DAY, lines: lines(9) },
  ])
  expect((await named('mug')).sold).toEqual({ pieces: 4, orders: 2, lastAt: new Date(START + 2 * DAY).toISOString() })
  expect((await named('tray')).sold).toEqual({ pieces: 1, orders: 1, lastAt: new Date(START + 2 * DAY).toISOString() })
})

test('what events are about can be asked of the log by number and category', async () => {
  const rows = await stores.history.rows<{ n: number }>(
    "select uniqExact(customer_id) as n from event where has(categories, 'Tops') and name = 'Order Completed' union all select count() from event where has(products, 'mug') and name = 'Product Added'",
  )
  expect(rows.map(row => Number(row.n))).toEqual([1, 1])
})

test('a file of products says what it would do, then does it, and what it wrote can be read again', async () => {
  const text = [
    'Article no.;Title;Warengruppe;Preis;Cost;Currency;Active',
    'tee;"Tee; white";;19,90;7,00;EUR;yes',
    'mug;=HYPERLINK("http://evil.example");Kitchen;1.234,50;;usd;no',
    ';Nameless;;;;;',
    'tee;Again;;;;;',
    'pan;Pan;;much;;;',
    'pot;Pot;;;;DOGE;',
    'lid;Lid;;;;;maybe',
  ].join('\r\n')
  const dry = await file(text, true)
  expect(dry).toMatchObject({ isDryRun: true, rows: 7, added: 0, changed: 2, unchanged: 0 })
  expect(dry.rejects.map(({ row, code }) => [row, code])).toEqual([
    [4, 'sku_missing'],
    [5, 'twice'],
    [6, 'price_unreadable'],
    [7, 'currency_unknown'],
    [8, 'active_unreadable'],
  ])
  expect((await named('tee')).name).toBe('Tee')
  expect(await file(text)).toMatchObject({ isDryRun: false, changed: 2 })
  expect(await named('tee')).toMatchObject({ name: 'Tee; white', category: 'Sale', price: { amount: 1_990, currency: 'EUR' } })
  expect(await named('mug')).toMatchObject({ category: 'Kitchen', price: { amount: 123_450, currency: 'USD' }, isActive: false })
  expect(await file(text)).toMatchObject({ changed: 0, unchanged: 2 })

  const csv = (await Array.fromAsync(productsCsv(stores.db, stores.history, {}, true, clock.now()))).join('')
  expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
  expect(await file(csv)).toMatchObject({ added: 0, rejects: [] })
  expect(await named('mug')).toMatchObject({
    name: '=HYPERLINK("http://evil.example")',
    price: { amount: 123_450, currency: 'USD' },
  })
  expect((await Array.fromAsync(productsCsv(stores.db, stores.history, {}, false, clock.now()))).join('')).not.toContain('7.00')
  expect(await file('sku,cost\ntee,1\nmug,\n', false, false)).toMatchObject({
    changed: 0,
    unchanged: 1,
    rejects: [{ row: 2, code: 'not_yours' }],
  })
})

test.each([
  ['', 'empty'],
  ['name,price\nTee,1\n', 'sku'],
  ['PK\u0003\u0004zip', 'CSV'],
])('a file that is no list of products is refused with the reason', async (text, why) => {
  await expect(file(text, true)).rejects.toThrow(why)
})

test('the list is searched, filtered and read page by page', async () => {
  const skus = async (filter: object, limit = 50) => {
    const found: string[] = []
    for (let after: string | null = null; ; ) {
      const { items: page }: { items: Product[] } = await productList(
        stores.db,
        stores.history,
        filter,
        after,
        limit,
        true,
        clock.now(),
      )
      found.push(...page.map(one => one.sku))
      if (page.length < limit) return found
      after = page.at(-1)?.sku ?? null
    }
  }
  expect(await skus({}, 1)).toEqual(['mug', 'tee', 'tray'])
  expect(await skus({ search: 'LOOM' })).toEqual(['tee'])
  expect(await skus({ search: '%' })).toEqual([])
  expect(await skus({ category: 'Kitchen' })).toEqual(['mug'])
  expect(await skus({ category: '' })).toEqual(['tray'])
  expect(await skus({ isActive: false })).toEqual(['mug'])
})
