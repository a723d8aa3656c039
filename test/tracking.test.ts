import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createKey, revokeKey } from '../src/access/index.ts'
import { madeUpOrderId } from '../src/events/contract.ts'
import { type Live, type Quarantined } from '../src/events/tracking/contract.ts'
import { userSecretOf } from '../src/events/tracking/index.ts'
import { openVault } from '../src/platform/vault.ts'
import { basic, NOON, type TrackingServer, trackingServer } from './tracking-server.ts'

let server: TrackingServer
beforeAll(async () => {
  server = await trackingServer()
})
afterAll(() => server[Symbol.asyncDispose]())
// Every test finds the program empty; keys and their sources stay.
beforeEach(async () => {
  await sql`truncate inbox, tracking_quarantine`.execute(server.db)
  await sql`delete from customer`.execute(server.db)
  await server.program.history.command('truncate table event')
})

const track = (messageId: string, more: object = {}) => ({ type: 'track', event: 'Signed Up', userId: 'u1', messageId, ...more })
const quarantine = async () =>
  (await server.api<{ items: Quarantined[]; next: string | null }>('GET', '/api/tracking/quarantine')).json.items

test.each([
  ['/v1/track', { event: 'Signed Up' }, 'Signed Up'],
  ['/v1/t', { event: 'Signed Up' }, 'Signed Up'],
  ['/v1/identify', { traits: { plan: 'pro' } }, 'Identified'],
  ['/v1/i', {}, 'Identified'],
  ['/v1/page', { name: 'Home' }, 'Page Viewed'],
  ['/v1/p', {}, 'Page Viewed'],
  ['/v1/screen', { name: 'Home' }, 'Screen Viewed'],
  ['/v1/s', {}, 'Screen Viewed'],
  ['/v1/group', { groupId: 'acme' }, 'Group Joined'],
  ['/v1/g', { groupId: 'acme' }, 'Group Joined'],
  ['/v1/alias', { previousId: 'an1' }, 'Aliased'],
  ['/v1/a', { previousId: 'an1' }, 'Aliased'],
  ['/v1/batch', { batch: [track('b1')] }, 'Signed Up'],
  ['/v1/b', { batch: [track('b2')] }, 'Signed Up'],
  ['/v1/import', { batch: [track('b3')] }, 'Signed Up'],
])('%s keeps the event and answers as the SDKs expect', async (path, body, name) => {
  const answer = await server.post(path, { userId: 'u1', messageId: path, ...body })
  expect([answer.status, await answer.json()]).toEqual([200, { success: true }])
  expect((await server.stored()).map(event => event.name)).toEqual([name])
})

test('the key is taken from Basic, Bearer, the body or the query', async () => {
  const send = (headers: Record<string, string>, body: object, query = '') =>
    fetch(`${server.url}/v1/track${query}`, { method: 'POST', body: JSON.stringify({ ...track('k'), ...body }), headers })
  const key = server.writeKey
  const ways = [
    send({ authorization: basic(key) }, {}),
    send({ authorization: `Bearer ${key}` }, {}),
    send({}, { writeKey: key }),
    send({}, { api_key: key }),
    send({}, { token: key }),
    send({}, {}, `?writeKey=${key}`),
  ]
  expect((await Promise.all(ways)).map(({ status }) => status)).toEqual(ways.map(() => 200))
  expect((await send({}, {})).status).toBe(401)
  expect((await send({ authorization: basic('pk_guessed') }, { writeKey: key })).status).toBe(401)
  const [event] = await server.stored()
  expect(event?.properties).not.toContain(key)
})

test('a revoked key is refused at once, although it was good a moment ago', async () => {
  const { id, key } = await createKey(server.db, { kind: 'write', name: 'old' }, server.act)
  const send = () => server.post('/v1/track', track('r'), { authorization: basic(key) })
  expect((await send()).status).toBe(200)
  await revokeKey(server.db, Number(id), server.act)
  expect((await send()).status).toBe(401)
})

test('a secret key that may not bring data in is told so', async () => {
  const { key } = await createKey(server.db, { kind: 'secret', name: 'reader', role: 'viewer' }, server.act)
  expect((await server.post('/v1/track', track('f'), { authorization: basic(key) })).status).toBe(403)
})

test('a body is read by what it is, not by what it says it is', async () => {
  const json = JSON.stringify({ batch: [track('g')] })
  const bodies: [Uint8Array | string, Record<string, string>][] = [
    [gzipSync(json), { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }],
    [gzipSync(json), { 'content-type': 'text/plain' }],
    [gzipSync(json), { 'content-type': 'multipart/form-data; boundary=x' }],
    [deflateSync(json), { 'content-encoding': 'deflate' }],
    [brotliCompressSync(json), { 'content-encoding': 'br' }],
    [json, { 'content-type': 'text/plain;charset=UTF-8' }],
    [json, { 'content-type': 'no type at all;;;' }],
    [json, { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [`\uFEFF${json}`, {}],
  ]
  for (const [body, headers] of bodies)
    expect([headers, (await server.post('/v1/batch', body, headers)).status]).toEqual([headers, 200])
  expect(await server.stored()).toHaveLength(1)
})

test('a small body that unpacks into a huge one is refused without unpacking it', async () => {
  const bomb = gzipSync(Buffer.alloc(300 * 2 ** 20, ' '))
  const before = process.memoryUsage().rss
  expect((await server.post('/v1/batch', bomb)).status).toBe(413)
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
  expect((await server.post('/v1/batch', 'x'.repeat(5 * 2 ** 20))).status).toBe(413)
})

test('pages of other sites may send, and read the answer also when it is trouble', async () => {
  const asked = await fetch(`${server.url}/v1/t`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example'])
  expect(asked.headers.get('access-control-allow-headers')).toContain('authorization')
  expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
  const headers = { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }
  expect((await server.post('/v1/t', track('c'), headers)).headers.get('access-control-allow-origin')).toBe(
    'https://shop.example',
  )
  const refused = await server.post('/v1/t', track('c'), { ...headers, authorization: basic('pk_no') })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://shop.example'])
})

test('browser SDKs learn where to send, and nobody learns anything of a key that is none', async () => {
  const get = async (path: string) => (await fetch(`${server.url}${path}`, { redirect: 'error' })).json()
  expect(await get(`/v1/projects/${server.writeKey}/settings`)).toMatchObject({
    integrations: { 'Segment.io': { apiKey: server.writeKey, apiHost: `${server.url.slice(7)}/v1`, protocol: 'http' } },
    metrics: { sampleRate: 0 },
  })
  for (const path of ['/sourceConfig/?p=npm', '/sourceConfig?p=npm'])
    expect(await get(`${path}&writeKey=${server.writeKey}`)).toMatchObject({ source: { enabled: true, destinations: [] } })
  expect(await get('/v1/projects/pk_none/settings')).toMatchObject({ status: 404 })
  expect(await get('/sourceConfig/?writeKey=pk_none')).toMatchObject({ status: 404 })
})

test('an event that cannot be used costs none of those beside it', async () => {
  const batch = [
    track('good1'),
    track('bad1', { userId: '' }),
    'nothing',
    track('bad2', { properties: { note: 'a\u0000b' } }),
    track('bad3', { userId: '{{customer.id}}' }),
    track('bad4', { event: ' ' }),
    track('bad5', { timestamp: 'yesterday' }),
    track('bad6', { event: 'x', properties: { blob: 'x'.repeat(33_000) } }),
    track('bad7', { event: 'Order Completed', properties: { total: 'much', order_id: '1' } }),
    track('good2'),
  ]
  // A lone surrogate and ten thousand lists in each other cannot come from JSON.stringify.
  const text = JSON.stringify({ batch }).replace(
    /]}$/,
    `,${JSON.stringify(track('bad8', { properties: { x: 'X' } })).replace('"X"', '"\\ud800"')},{"type":"track","event":"deep","userId":"u1","properties":{"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}}]}`,
  )
  expect((await server.post('/v1/batch', text)).status).toBe(200)
  expect(await server.stored()).toHaveLength(2)
  expect((await quarantine()).map(one => one.reason).sort()).toEqual([
    'bad_amount',
    'bad_time',
    'no_identity',
    'no_name',
    'not_an_object',
    'placeholder_id',
    'too_deep',
    'too_large',
    'unusable_text',
    'unusable_text',
  ])
})

test('more than a batch may bring is set aside, not lost and not refused', async () => {
  const batch = Array.from({ length: 2_510 }, (_, i) => track(`m${i}`))
  expect((await server.post('/v1/batch', { batch })).status).toBe(200)
  expect(await server.stored()).toHaveLength(2_500)
  expect((await quarantine()).filter(({ reason }) => reason === 'batch_too_long')).toHaveLength(10)
})

test('the same trouble again is counted, not kept again', async () => {
  for (let i = 0; i < 3; i++)
    await server.post('/v1/track', { ...track('same', { userId: 'null' }), sentAt: new Date(NOON + i).toISOString() })
  expect(await quarantine()).toMatchObject([
    { reason: 'placeholder_id', field: 'userId', times: 3, name: 'Signed Up', source: 'Web shop' },
  ])
})

test('a quarantined event goes in once it is corrected, at the time it happened', async () => {
  await server.post('/v1/track', track('fix', { userId: 'undefined', timestamp: '2026-01-02T03:04:05Z' }))
  const [bad] = await quarantine()
  const path = `/api/tracking/quarantine/${bad?.id}/replay`
  expect(await server.api('POST', path, {})).toMatchObject({ status: 422, json: { code: 'tracking.still_unusable' } })
  const event = { ...JSON.parse(bad?.raw ?? ''), userId: 'u7' }
  expect((await server.api('POST', path, { event })).status).toBe(200)
  expect((await server.api('POST', path, { event })).status).toBe(404)
  expect((await server.stored()).map(({ at }) => Number(at))).toEqual([Date.parse('2026-01-02T03:04:05Z')])
  expect(await quarantine()).toEqual([])
})

test('quarantined events can be forgotten one by one, by reason and all at once', async () => {
  await server.post('/v1/batch', {
    batch: [track('a', { userId: 'null' }), track('b', { event: '' }), track('c', { userId: null })],
  })
  const [first] = await quarantine()
  expect((await server.api('DELETE', `/api/tracking/quarantine/${first?.id}`)).status).toBe(204)
  expect((await server.api('DELETE', '/api/tracking/quarantine?reason=placeholder_id')).json).toEqual({
    removed: first?.reason === 'placeholder_id' ? 0 : 1,
  })
  await server.api('DELETE', '/api/tracking/quarantine')
  expect(await quarantine()).toEqual([])
})

test('what arrives can be watched, the newest first', async () => {
  const before = (await server.api<Live>('GET', '/api/tracking/live')).json
  await server.post('/v1/track', track('w1'))
  await server.post('/v1/track', track('w2', { userId: 'null' }))
  const { items, latest, counts } = (await server.api<Live>('GET', `/api/tracking/live?after=${before.latest}`)).json
  expect(items).toMatchObject([
    { outcome: 'quarantined', reason: 'placeholder_id', name: 'Signed Up' },
    {
      outcome: 'accepted',
      name: 'Signed Up',
      messageId: 'w1',
      source: 'Web shop',
      identities: [{ kind: 'external', value: 'u1' }],
    },
  ])
  expect([latest, counts.accepted - before.counts.accepted]).toEqual([before.latest + 2, 1])
  expect((await server.api<Live>('GET', `/api/tracking/live?after=${latest}`)).json.items).toEqual([])
})

test('one message fifty times at once, alone and in batches, is one event', async () => {
  const sends = Array.from({ length: 50 }, (_, i) =>
    i % 2
      ? server.post('/v1/track', track('same-id'))
      : server.post('/v1/batch', { batch: [track('same-id'), track('same-id')] }),
  )
  expect((await Promise.all(sends)).every(({ status }) => status === 200)).toBe(true)
  expect(await server.stored()).toHaveLength(1)
  server.clock.forward(40 * 86_400_000)
  await server.post('/v1/track', track('same-id'))
  expect(await server.stored()).toHaveLength(1)
  server.clock.set(NOON)
})

test('the time of an event is told by our clock, however wrong the sender’s is', async () => {
  const wrong = NOON + 400 * 86_400_000
  const iso = (at: number) => new Date(at).toISOString()
  await server.post('/v1/batch', {
    sentAt: iso(wrong),
    batch: [
      track('t1', { originalTimestamp: iso(wrong - 60_000) }),
      track('t2', { timestamp: iso(wrong - 3_600_000) }),
      track('t3'),
    ],
  })
  expect((await server.stored()).map(({ at }) => Number(at) - NOON)).toEqual([-3_600_000, -60_000, 0])
})

test('what a batch says about all of its events is said of each', async () => {
  await server.post('/v1/batch', {
    context: { ip: '203.0.113.7', library: { name: 'batch' } },
    batch: [track('x1', { context: { library: { name: 'own' } } })],
  })
  const [event] = await server.stored()
  expect(JSON.parse(event?.properties ?? '')).toEqual({ context: { ip: '203.0.113.0', library: { name: 'own' } } })
})

test('orders are orders: number, minor units, currency and lines', async () => {
  const products = [
    { sku: 'A-1', name: 'Cup', price: 9.5, quantity: 2 },
    { product_id: 7, price: '8.50' },
  ]
  await server.post('/v1/batch', {
    batch: [
      track('o1', {
        event: 'Order Completed',
        properties: { order_id: 17, revenue: 25, total: 27.5, currency: 'usd', products },
      }),
      track('o2', { event: 'Order Completed', properties: { order_id: 'y', total: 1200, currency: 'JPY' } }),
      track('o3', { event: 'Order Refunded', properties: { order_id: 17, total: '27.50', currency: 'USD' } }),
      track('o4', { event: 'Order Completed', properties: { revenue: 5 } }),
    ],
  })
  const events = (await server.stored()).map(({ order_id, amount, currency }) => [order_id, Number(amount), currency])
  expect(events.sort()).toEqual(
    [
      ['17', 2750, 'USD'],
      ['17', 2750, 'USD'],
      [madeUpOrderId('track:o4'), 500, 'EUR'],
      ['y', 1200, 'JPY'],
    ].sort(),
  )
})

type Profile = { id: string; identities: { kind: string; value: string }[]; traits: { name: string; value: string }[] }
const profile = async (id: string) => (await server.api<Profile>('GET', `/api/customers/${id}`)).json
const emailShown = async (search: string, id: string | undefined) => {
  const { items } = (await server.api<{ items: { id: string; email: string }[] }>('GET', `/api/customers?search=${search}`)).json
  return items.find(item => item.id === id)?.email
}

test('a public key can neither replace an email that was told with a secret one nor take a customer over by it', async () => {
  const own = (body: object) => server.post('/v1/identify', body, { authorization: basic(server.secretKey) })
  await own({ userId: 'ann', traits: { email: 'Ann@Shop.example' }, messageId: 's1' })
  await own({ traits: { email: 'guest@shop.example' }, anonymousId: 'server-1', messageId: 's2' })
  await server.stored()
  // A stranger says to be ann, says to be somebody else with her address, and to be a guest who is known by an address alone.
  await server.post('/v1/identify', { userId: 'ann', traits: { email: 'evil@x.example' }, messageId: 'p1' })
  await server.post('/v1/identify', { userId: 'eve', anonymousId: 'e', traits: { email: 'ann@shop.example' }, messageId: 'p2' })
  await server.post('/v1/identify', { userId: 'eve2', traits: { email: 'guest@shop.example' }, messageId: 'p3' })
  await server.post('/v1/identify', { anonymousId: 'e3', traits: { email: 'guest@shop.example' }, messageId: 'p4' })
  await server.stored()
  const ids = await Promise.all(
    ['external:ann', 'external:eve', 'external:eve2', 'anonymous:e3', 'email:ann@shop.example', 'email:guest@shop.example'].map(
      profile,
    ),
  )
  const [ann, eve, eve2, e3, byEmail, guest] = ids.map(({ id }) => id)
  expect(byEmail).toBe(ann)
  expect(new Set([ann, eve, eve2, e3, guest]).size).toBe(5)
  expect(await emailShown('ann', ann)).toBe('Ann@Shop.example')
  expect((await profile('external:ann')).traits).toContainEqual({ name: 'claimed_email', value: 'evil@x.example' })
  // Where nothing better is known the claim is shown, and somebody who gives an address is no longer anonymous.
  expect(await emailShown('e3', e3)).toBe('guest@shop.example')
})

test('a visitor who then says who they are stays one customer', async () => {
  await server.post('/v1/page', { anonymousId: 'v1', userId: '', messageId: 'v1' })
  await server.post('/v1/page', { anonymousId: 'v1', userId: null, messageId: 'v2' })
  await server.post('/v1/identify', { anonymousId: 'v1', userId: 'bob', messageId: 'v3' })
  await server.post('/v1/track', { userId: 'bob', event: 'Signed Up', messageId: 'v4' })
  const events = await server.stored()
  expect([events.length, new Set(events.map(({ customer }) => customer)).size]).toEqual([4, 1])
})

test('more events than can be kept up with are asked for again later, never refused for good', async () => {
  await server.post('/v1/track', track('first'))
  await sql`insert into inbox (lane, source_id, received_at, events, envelopes)
    select 0, (select min(id) from source), now(), 200000, '[]'`.execute(server.db)
  server.clock.forward(2_000)
  const refused = await server.post('/v1/track', track('over'))
  expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([503, 2])
  await sql`truncate inbox`.execute(server.db)
  server.clock.forward(2_000)
  expect((await server.post('/v1/track', track('over'))).status).toBe(200)
  server.clock.set(NOON)
})

const CORPUS = fileURLToPath(new URL('../../shared/corpora/json/JSONTestSuite/', import.meta.url))
test.skipIf(!existsSync(CORPUS))('bodies of every kind of broken JSON neither crash nor are called our fault', async () => {
  const files = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.json'))
  expect(files.length).toBeGreaterThan(250)
  const statuses = new Map<number, number>()
  let readable = 0
  for (const file of files) {
    const bytes = readFileSync(join(CORPUS, file))
    const wrapped = Buffer.concat([
      Buffer.from(`{"batch":[${JSON.stringify(track(`ok-${file}`))},{"type":"track","event":"e","userId":"u","properties":{"x":`),
      bytes,
      Buffer.from('}}]}'),
    ])
    if (isJson(wrapped)) readable++
    for (const [path, body] of [
      ['/v1/batch', bytes],
      ['/v1/track', bytes],
      ['/v1/batch', wrapped],
    ] as const) {
      const { status } = await server.post(path, body)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      // What parses as a batch is answered 200, whatever is in it.
      if (body === wrapped && isJson(wrapped)) expect([file, status]).toEqual([file, 200])
    }
  }
  expect([...statuses.keys()].sort()).toEqual([200, 400])
  // In every body that could be read at all, the good event beside the doubtful one went in.
  expect((await server.stored()).filter(event => event.name === 'Signed Up')).toHaveLength(readable)
})
const isJson = (bytes: Buffer) => {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}

test('a page whose server shows who is signed in is believed about that person, and about nobody else', async () => {
  const { config, data } = server.program
  const secret = userSecretOf(openVault({ secret: config.secret, data }), server.writeKeyId)
  const userHash = createHmac('sha256', secret).update('proven').digest('hex')
  const says = (userId: string, messageId: string) =>
    server.post('/v1/identify', { userId, messageId, context: { userHash }, traits: { email: `${userId}@shop.example` } })
  await says('proven', 'p1')
  await says('another', 'p2')
  // As many characters as a hash has, and more bytes: no event may cost its batch.
  for (const odd of ['é'.repeat(64), 'İ'.repeat(64), '']) {
    const event = {
      type: 'identify',
      userId: 'odd',
      messageId: `odd ${odd}`,
      context: { userHash: odd },
      traits: { email: 'odd@shop.example' },
    }
    expect((await server.post('/v1/batch', { batch: [event] })).status).toBe(200)
  }
  await server.stored()
  const emailOf = async (userId: string) =>
    (await profile(`external:${userId}`)).identities.find(({ kind }) => kind === 'email')?.value
  expect([await emailOf('proven'), await emailOf('another'), await emailOf('odd')]).toEqual([
    'proven@shop.example',
    undefined,
    undefined,
  ])
})
