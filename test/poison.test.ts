import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { basic, type TrackingServer, trackingServer } from './tracking-server.ts'

let server: TrackingServer
beforeAll(async () => {
  server = await trackingServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const SENT = '2026-11-22T11:59:58.000Z'

/** What the four SDKs send, as captured, in small. */
const CAPTURES: Record<string, unknown>[] = [
  {
    type: 'identify',
    userId: 'u1',
    traits: { email: 'a@b.co', plan: 'pro' },
    timestamp: SENT,
    context: { library: { name: '@segment/analytics-node' } },
  },
  {
    type: 'track',
    userId: 'u1',
    event: 'Order Completed',
    timestamp: '2026-01-02T03:04:05.000Z',
    properties: {
      order_id: 'o1',
      total: 27.5,
      currency: 'USD',
      products: [{ product_id: 'p1', sku: 's1', price: 9.5, quantity: 1, url: 'https://x/p1' }],
    },
  },
  { type: 'track', userId: 'u1', event: 'Order Refunded', properties: { order_id: 'o1', total: 5, currency: 'USD' } },
  {
    type: 'page',
    anonymousId: 'an1',
    userId: null,
    category: 'Docs',
    name: 'Home',
    properties: { url: 'https://x/', referrer: '' },
    _metadata: { bundled: ['Segment.io'] },
  },
  {
    type: 'identify',
    userId: '',
    anonymousId: 'an2',
    channel: 'web',
    originalTimestamp: SENT,
    sentAt: SENT,
    context: { traits: { email: 'c@d.co' }, sessionId: 1 },
  },
  { type: 'group', userId: 'u1', groupId: 'acme', traits: { name: 'Acme', employees: 5 } },
  { type: 'alias', userId: 'u1', previousId: 'an1' },
  { type: 'screen', anonymousId: 'an3', name: 'Cart', properties: {} },
]

/** What has broken somebody's importer before. */
const POISON: unknown[] = [
  ...[
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '',
    ' ',
    '\u202e',
    'null',
    'undefined',
    '[object Object]',
    '{{id}}',
    '🙂'.repeat(300),
  ],
  ...[
    'x'.repeat(3_000),
    '1e999',
    '-0',
    '9'.repeat(400),
    "'; drop table event; --",
    '__proto__',
    '../../etc/passwd',
    '=1+1',
    '\r\n',
  ],
  ...[0, -0, -1, 1e308, -1e308, 5e-324, 2 ** 53, 1.7976931348623157e308, Number.MIN_SAFE_INTEGER],
  ...[
    null,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    { '': '' },
    { $ref: '#' },
    { '\u0000': 1 },
    { toString: 1, constructor: null, length: -1 },
  ],
  ...['1969-12-31T23:59:59Z', '0000-00-00', '+275760-09-13T00:00:00.001Z', '2106-02-07T06:28:16Z', '9999-12-31', '24:00', 1e20],
]

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...POISON) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
)

/** A captured event in which some values, wherever they stand, are replaced, left out or added to. */
const mutated = fc
  .tuple(
    fc.constantFrom(...CAPTURES),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'drop', 'add', 'nest'), anything, fc.string({ maxLength: 6 })), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([capture, changes]) => {
    const event = structuredClone(capture)
    for (const [where, how, value, name] of changes) {
      const places = placesIn(event)
      const place = places[where % places.length]
      if (place === undefined) continue
      const { holder, key } = place
      if (how === 'drop') delete holder[key]
      else if (how === 'add')
        Object.defineProperty(holder, name, {
          value: structuredClone(value),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      else holder[key] = how === 'nest' ? deep(value) : structuredClone(value)
    }
    return event
  })

type Holder = Record<string, unknown>
function placesIn(holder: Holder): { holder: Holder; key: string }[] {
  return Object.entries(holder).flatMap(([key, value]) => [
    { holder, key },
    ...(typeof value === 'object' && value !== null ? placesIn(value as Holder) : []),
  ])
}

const deep = (value: unknown): unknown => Array.from({ length: 200 }).reduce(inner => ({ inner }), value)

const good = (messageId: string, event: string) => ({ type: 'track', event, userId: `good-${messageId}`, messageId })

const countOf = async (name: string) => (await server.stored()).filter(event => event.name === name).length

const used = () => {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('no event, whatever it holds, crashes anything, is refused for what it is, or costs a good one beside it', {
  timeout: 120_000,
}, async () => {
  const ids: string[] = []
  let before = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutated, { minLength: 10, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (events, isPacked, isTrusted) => {
        const id = `g${ids.length}`
        const batch = [...events]
        batch.splice(Math.floor(batch.length / 2), 0, good(id, 'Beside the odd'))
        const text = JSON.stringify({ batch, sentAt: SENT })
        const answer = await server.post('/v1/batch', isPacked ? gzipSync(text) : text, {
          authorization: basic(isTrusted ? server.secretKey : server.writeKey),
        })
        ids.push(id)
        expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
        if (ids.length === 10) before = used()
      },
    ),
    { numRuns: 50, endOnFailure: true },
  )
  expect(await countOf('Beside the odd')).toBe(ids.length)
  expect(used() - before).toBeLessThan(50 * 2 ** 20)
})

test('no body, however damaged, is our fault or crashes anything', { timeout: 60_000 }, async () => {
  const whole = Buffer.from(
    JSON.stringify({ batch: CAPTURES.map((event, i) => ({ ...event, messageId: `d${i}` })), sentAt: SENT }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(whole.length)),
      fc.boolean(),
      fc.constantFrom('/v1/batch', '/v1/track', '/v1/identify', '/v1/a'),
      async (flips, cut, isPacked, path) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of flips) bytes[at] = byte
        const body = (isPacked ? gzipSync(bytes) : bytes).subarray(0, cut ?? undefined)
        const { status } = await server.post(path, new Uint8Array(body))
        expect([200, 400, 401, 413]).toContain(status)
      },
    ),
    { numRuns: 100, endOnFailure: true },
  )
  await server.settle()
})

// A public collection of JSON texts that parsers disagree about; not part of this project.
const SUITE = fileURLToPath(new URL('../../shared/corpora/json/JSONTestSuite/test_parsing', import.meta.url))

test('JSON that parsers disagree about neither crashes anything nor costs a good event', { timeout: 60_000 }, async context => {
  if (!existsSync(SUITE)) return context.skip('the collection of JSON texts is not on this machine')
  const files = readdirSync(SUITE)
  const ids: string[] = []
  for (const [i, file] of files.entries()) {
    const text = readFileSync(join(SUITE, file))
    const alone = await server.post('/v1/track', new Uint8Array(text))
    expect([file, [200, 400, 401, 413].includes(alone.status)]).toEqual([file, true])
    if (!file.startsWith('y_')) continue
    const id = `suite-${i}`
    const event = JSON.stringify({ ...good(`odd-${i}`, 'Odd') }).slice(0, -1)
    const body = `{"batch":[${event},"properties":{"odd":${text}}},${text},${JSON.stringify(good(id, 'Beside the disputed'))}]}`
    expect([file, (await server.post('/v1/batch', body)).status]).toEqual([file, 200])
    ids.push(id)
  }
  expect(await countOf('Beside the disputed')).toBe(ids.length)
})
