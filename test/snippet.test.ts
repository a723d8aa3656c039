import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { snippets } from '../web/tracking/snippets.ts'
import { hasBrowser, openBrowser } from './browser/browser.ts'
import { type Fate, roughRoad } from './rough-road.ts'
import { buildSnippet } from './shop-pages.ts'
import { type TrackingServer, trackingServer } from './tracking-server.ts'

const BYTES_MAX = 3_000
const BUILT = fileURLToPath(new URL('../web/dist/perennial.js', import.meta.url))

let server: TrackingServer
let browser: Browser
/** What the shop's page holds in its head; on another address than ours. */
let head = ''
const shop = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Shop</title>${head}`)
})
let url = ''

beforeAll(async () => {
  await buildSnippet()
  server = await trackingServer(Date.now())
  await new Promise<void>(done => shop.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  if (hasBrowser) browser = await openBrowser()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  shop.close()
  await server?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  server.clock.set(Date.now() + 60_000)
  await sql`delete from customer`.execute(server.db)
  await server.program.history.command('truncate table event')
})

/** The very code that the program offers to copy, with a key, an address and options filled in, and `after` as the page's own script. */
function shopSays(address: string, after = '', options = ''): void {
  const code = snippets(address).find(({ name }) => name === 'Website')?.code ?? ''
  head = `${code.replace("'YOUR_WRITE_KEY'", `'${server.writeKey}'${options}`)}<script>${after}</script>`
}
type Perennial = Record<string, (...words: unknown[]) => void>
const say = (page: Page, name: string, ...words: unknown[]) =>
  page.evaluate(([name, words]) => (globalThis as unknown as { perennial: Perennial }).perennial[name]?.(...words), [
    name,
    words,
  ] as [string, unknown[]])

/** Everything that a page has put on the device. */
const kept = async (page: Page, context: BrowserContext) => {
  const here = await page.evaluate<unknown[]>(`(async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await indexedDB.databases()), ...(await caches.keys()), document.cookie,
  ].filter(Boolean))()`)
  return [...here, ...(await context.cookies())]
}
const arrived = async (page: Page) => {
  await page.waitForFunction('window.perennial?.version')
}
const names = async () => (await server.stored()).map(event => event.name).sort()
const expectStored = (expected: string[]) => expect.poll(names, { timeout: 15_000, interval: 100 }).toEqual(expected)

test('the snippet is at most 3 kB on its way, for every site, kept for a year when its version is named', async () => {
  expect(gzipSync(readFileSync(BUILT), { level: 6 }).length).toBeLessThanOrEqual(BYTES_MAX)
  const ask = (query = '', headers = {}) => fetch(`${server.url}/perennial.js${query}`, { headers })
  const usual = await ask()
  expect(Object.fromEntries(usual.headers)).toMatchObject({
    'content-type': expect.stringContaining('text/javascript'),
    'cache-control': 'public, max-age=3600',
    'cross-origin-resource-policy': 'cross-origin',
  })
  expect(await usual.text()).toBe(readFileSync(BUILT, 'utf8'))
  const etag = usual.headers.get('etag') ?? ''
  const version = /"(\w+)"/.exec(etag)?.[1] ?? ''
  expect((await ask(`?v=${version}`)).headers.get('cache-control')).toContain('immutable')
  expect((await ask('?v=older')).headers.get('cache-control')).toBe('public, max-age=3600')
  expect((await ask('', { 'if-none-match': etag })).status).toBe(304)
})

test.skipIf(!hasBrowser)(
  'before consent nothing is kept or sent; with it everything that waited comes, and the visitor is known again',
  async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const sent: string[] = []
    page.on('request', request => void (request.url().includes('/v1/') && sent.push(request.url())))
    shopSays(server.url, "perennial.track('Product Viewed', { product_id: 'p1' })")
    await page.goto(`${url}/tea?utm_source=letter&mail=ann@shop.example`)
    await arrived(page)
    await say(page, 'identify', 'u1', { plan: 'pro' })
    await page.waitForTimeout(700)
    expect([sent, await kept(page, context)]).toEqual([[], []])

    await say(page, 'consent', { analytics: true, marketing: false })
    await expectStored(['Identified', 'Page Viewed', 'Product Viewed'])
    expect(await kept(page, context)).toEqual(['perennial'])
    // Another page of the same shop, another day: the same customer, who need not say again who they are.
    shopSays(server.url)
    await page.goto(`${url}/order`)
    await arrived(page)
    await say(page, 'consent', { analytics: true })
    await expectStored(['Identified', 'Page Viewed', 'Page Viewed', 'Product Viewed'])
    const events = await server.stored()
    expect(new Set(events.map(({ customer }) => customer)).size).toBe(1)
    const { context: told, ...seen } = JSON.parse(events.find(event => event.name === 'Page Viewed')?.properties ?? '')
    expect(seen).toMatchObject({ path: '/tea', title: 'Shop', search: '?utm_source=letter&mail=*' })
    expect(told).toMatchObject({
      campaign: { source: 'letter' },
      consent: { categoryPreferences: { analytics: true, marketing: false } },
      library: { name: 'perennial.js' },
    })
    expect(JSON.stringify(events)).not.toContain('ann@shop.example')
    await context.close()
  },
)

const ROADS: [string, Fate[]][] = [
  ['on a good road', []],
  ['through 503, lost answers and cut connections', [503, 'answer lost', 'cut', 429]],
]
test.skipIf(!hasBrowser).each(ROADS)(
  '%s every event comes exactly once, also the last words of a page that is left',
  async (_, fates) => {
    await using road = await roughRoad(server.url, count => fates[count] ?? 'through')
    const context = await browser.newContext()
    const page = await context.newPage()
    const trouble: string[] = []
    page.on('pageerror', error => trouble.push(error.message))
    shopSays(road.url, 'perennial.consent({ analytics: true })')
    await page.goto(`${url}/one`)
    await arrived(page)
    await say(page, 'track', 'First')
    await page.waitForTimeout(500)
    await say(page, 'group', 'acme', { name: 'Acme' })
    await say(page, 'track', 'Last Words')
    await page.goto(`${url}/two`)
    await arrived(page)
    const expected = ['First', 'Group Joined', 'Last Words', 'Page Viewed', 'Page Viewed']
    await expectStored(expected)
    // A little longer, so that what is sent a second time has arrived too.
    await expect.poll(() => road.posts, { timeout: 10_000 }).toBeGreaterThan(fates.length)
    await page.waitForTimeout(800)
    expect(await names()).toEqual(expected)
    expect(new Set((await server.stored()).map(({ customer }) => customer)).size).toBe(1)
    expect(trouble).toEqual([])
    await context.close()
  },
)

test.skipIf(!hasBrowser)('under Global Privacy Control nothing is ever kept, and the server knows', async () => {
  const context = await browser.newContext()
  await context.addInitScript("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })")
  const page = await context.newPage()
  shopSays(server.url, "perennial.consent({ analytics: true }); perennial.identify('u1')")
  await page.goto(url)
  await expectStored(['Identified', 'Page Viewed'])
  expect(await kept(page, context)).toEqual([])
  const [event] = await server.stored()
  expect(JSON.parse(event?.properties ?? '').context.globalPrivacyControl).toBe(true)
  const { json } = await server.api<{ traits: { name: string; value: string }[] }>('GET', '/api/customers/external:u1')
  expect(json.traits.find(({ name }) => name === 'global_privacy_control')?.value).toBe('true')
  await context.close()
})

test('a browser that says so by itself is heard, whatever SDK the page uses', async () => {
  const event = { type: 'track', event: 'Seen', userId: 'u2', messageId: 'gpc' }
  await server.post('/v1/batch', { batch: [event] }, { 'sec-gpc': '1' })
  await server.post('/v1/track', { ...event, userId: 'u3', messageId: 'gpc-2' }, { 'sec-gpc': '0' })
  const traits = (await server.stored()).map(({ traits }) => JSON.parse(traits || '{}').global_privacy_control ?? null)
  expect(traits.sort()).toEqual([null, true])
})

test.skipIf(!hasBrowser)('consent that is withdrawn takes with it what was kept, and what had not been sent', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  shopSays(server.url, 'perennial.consent({ analytics: true })')
  await page.goto(url)
  await expectStored(['Page Viewed'])
  await say(page, 'track', 'Not Any More')
  await say(page, 'consent', { analytics: false })
  await say(page, 'track', 'Nor This')
  shopSays(server.url)
  await page.goto(`${url}/again`)
  await arrived(page)
  await say(page, 'consent', { analytics: false })
  expect(await kept(page, context)).toEqual([])
  await page.waitForTimeout(600)
  expect(await names()).toEqual(['Page Viewed'])
  await context.close()
})

test.skipIf(!hasBrowser)(
  'a page that changes its address is another page, once each; an address that is blocked hurts nobody',
  async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const trouble: string[] = []
    page.on('pageerror', error => trouble.push(error.message))
    shopSays(server.url, '', ', { autoPage: true, cookieless: true }')
    head = head.replace('perennial.page()', '')
    let isBlocked = true
    await page.route('**/v1/batch', route => (isBlocked ? route.abort() : route.continue()))
    await page.goto(`${url}/a`)
    await arrived(page)
    await page.evaluate("history.pushState({}, '', '/b')")
    await page.waitForTimeout(50)
    await page.evaluate("history.replaceState({}, '', '/b#below')")
    await page.evaluate("history.pushState({}, '', '/c')")
    await page.waitForTimeout(50)
    await page.goBack()
    await page.waitForTimeout(600)
    expect(await names()).toEqual([])
    isBlocked = false
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expectStored(['Page Viewed', 'Page Viewed', 'Page Viewed', 'Page Viewed'])
    const events = await server.stored()
    expect(events.map(({ properties }) => JSON.parse(properties).path).sort()).toEqual(['/a', '/b', '/b', '/c'])
    // Without consent: one visitor for as long as the page lives, and not a trace on the device.
    expect(new Set(events.map(({ customer }) => customer)).size).toBe(1)
    expect([await kept(page, context), trouble]).toEqual([[], []])
    await context.close()
  },
)
