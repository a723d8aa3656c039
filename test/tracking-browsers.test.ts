import { sql } from 'kysely'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hasBrowser, openBrowser } from './browser/browser.ts'
import { type Fate, roughRoad } from './rough-road.ts'
import { shopWith } from './shop-pages.ts'
import { type TrackingServer, trackingServer } from './tracking-server.ts'

let server: TrackingServer
let browser: Browser
let shop: { url: string; close: () => void }
const ORDER = { order_id: 'o1', total: 27.5, currency: 'USD', products: [{ product_id: 'p1', price: 9.5, quantity: 1 }] }

beforeAll(async () => {
  if (!hasBrowser) return
  server = await trackingServer(Date.now())
  shop = await shopWith(['segment', 'rudder'])
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  shop?.close()
  await server?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  if (!hasBrowser) return
  server.clock.set(Date.now() + 60_000)
  await sql`delete from customer`.execute(server.db)
  await server.program.history.command('truncate table event')
})

async function visit(sdk: 'segment' | 'rudder', isBatching: boolean, fates: Fate[], expected: string[]) {
  await using road = await roughRoad(server.url, count => fates[count] ?? 'through')
  const context = await browser.newContext()
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('pageerror', error => trouble.push(error.message))
  page.on('request', request => {
    if (![shop.url, road.url].some(known => request.url().startsWith(known))) trouble.push(`asked ${request.url()}`)
  })
  await page.goto(`${shop.url}/${sdk}`)
  await page.waitForFunction('window.visit !== undefined')
  await page.evaluate(told => (globalThis as unknown as { visit: (told: object) => unknown }).visit(told), {
    writeKey: server.writeKey,
    url: road.url,
    isBatching,
    order: ORDER,
  })
  const names = async () => (await server.stored()).map(event => event.name).sort()
  await expect.poll(names, { timeout: 20_000, interval: 100 }).toEqual(expected)
  // A little longer, so that what is sent a second time has arrived too.
  await expect.poll(() => road.posts, { timeout: 5_000 }).toBeGreaterThan(fates.length)
  await page.waitForTimeout(300)
  expect(await names()).toEqual(expected)
  const events = await server.stored()
  const order = events.find(({ name }) => name === 'Order Completed')
  expect([order?.order_id, Number(order?.amount), order?.currency]).toEqual(['o1', 2750, 'USD'])
  // The visitor who said who they are is one customer from the first page on, and nobody is called ''.
  expect(new Set(events.filter(({ name }) => name !== 'Aliased').map(({ customer }) => customer)).size).toBe(1)
  expect(trouble).toEqual([])
  await context.close()
}

const SEGMENT = ['Aliased', 'Group Joined', 'Identified', 'Order Completed', 'Page Viewed', 'Screen Viewed']
const RUDDER = SEGMENT.filter(name => name !== 'Screen Viewed')

test.skipIf(!hasBrowser).each([
  ['one by one', false, []],
  ['in batches', true, []],
  ['through 503, 429 and lost answers', false, [503, 'answer lost', 429, 'cut']],
] as [string, boolean, Fate[]][])(
  '@segment/analytics-next in a page of another site, %s, brings every event exactly once',
  (_, isBatching, fates) => visit('segment', isBatching, fates, SEGMENT),
  60_000,
)

test.skipIf(!hasBrowser).each([
  ['one by one', false, []],
  ['in batches', true, []],
  ['through 503, 429 and lost answers', false, [503, 'answer lost', 429, 'cut']],
] as [string, boolean, Fate[]][])(
  '@rudderstack/analytics-js in a page of another site, %s, brings every event exactly once',
  (_, isBatching, fates) => visit('rudder', isBatching, fates, RUDDER),
  60_000,
)
