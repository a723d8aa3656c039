import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuditEntry } from '../src/access/contract.ts'
import { byCommandLine, createKey } from '../src/access/index.ts'
import { type EventDetail, type EventPage, NAMES_MAX } from '../src/events/catalogue/contract.ts'
import { accept, createSource, type Envelope, settleNext } from '../src/events/index.ts'
import { type RuleTested, type RuleView, type Suggestion } from '../src/events/rules/contract.ts'
import { Rulebook } from '../src/events/rules/index.ts'
import { type SourceDetail, type SourceView } from '../src/events/sources/contract.ts'
import { type Live } from '../src/events/tracking/contract.ts'
import { vaultWith } from '../src/platform/vault.ts'
import { NOON, type TrackingServer, trackingServer } from './tracking-server.ts'

let server: TrackingServer
beforeAll(async () => {
  server = await trackingServer()
}, 180_000)
afterAll(() => server[Symbol.asyncDispose]())

const rule = async (wanted: object) => (await server.api<RuleView>('POST', '/api/data/rules', wanted)).json
const send = async (...batch: object[]) => expect((await server.post('/v1/batch', { batch })).status).toBe(200)
const source = async (name: string) => {
  const { json } = await server.api<{ items: SourceView[] }>('GET', '/api/data/sources')
  return json.items.find(one => one.name === name)
}
const named = async (name: string) => {
  const { json } = await server.api<EventPage>('GET', `/api/data/events?search=${encodeURIComponent(name)}`)
  return json.items.find(one => one.name === name)
}

/** Every row of every table of both stores, as text. */
async function everything(): Promise<string> {
  const { db, program } = server
  const { rows } = await sql<{ name: string }>`
    select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`.execute(db)
  const texts = await Promise.all(
    rows.map(async ({ name }) => {
      const all = await sql<{ text: string }>`select t::text as text from ${sql.raw(name)} t`.execute(db)
      return all.rows.map(({ text }) => text).join('\n')
    }),
  )
  const tables = await program.history.rows<{ name: string }>('select name from system.tables where database = currentDatabase()')
  for (const { name } of tables) texts.push(JSON.stringify(await program.history.rows(`select * from ${name}`)))
  return texts.join('\n')
}

test('nothing of what is denied, hashed or blocked reaches a disk or a screen', async () => {
  await rule({ path: 'properties.secret', action: 'deny' })
  await rule({ path: 'traits.email', action: 'hash' })
  await rule({ path: 'properties.url', action: 'redact' })
  const blocked = await rule({ event: 'Diary Written', action: 'block' })
  const secret = { secret: 'canary-denied', note: 'kept-1', url: '/?m=canary@shop.example&x=kept-2' }
  await send(
    { type: 'track', userId: '17', event: 'Seen', properties: secret, context: { ip: '198.51.100.77' } },
    { type: 'identify', userId: '17', traits: { email: 'canary@shop.example', plan: 'kept-3' } },
    // Set aside, for nobody is named; in a batch that is told for all.
    {
      type: 'track',
      event: 'Seen',
      properties: { ...secret, note: 'kept-4' },
      context: { traits: { email: 'canary@shop.example' } },
    },
    { type: 'track', userId: '17', event: 'Diary Written', properties: { text: 'canary-blocked' } },
  )
  const waiting = await everything()
  await server.settle()
  const live = await server.api<Live>('GET', '/api/tracking/live')
  for (const place of [waiting, await everything(), JSON.stringify(live.json)]) {
    expect(place).not.toMatch(/canary/)
    expect(place).not.toContain('198.51.100.77')
  }
  const stored = JSON.stringify(await server.stored())
  for (const kept of ['kept-1', 'kept-2', 'kept-3', '198.51.100.0', 'hmac-']) expect(stored).toContain(kept)
  const rules = await server.api<{ items: RuleView[] }>('GET', '/api/data/rules')
  expect(rules.json.items.find(({ id }) => id === blocked.id)).toMatchObject({ hits: 1, lastHitAt: new Date(NOON).toISOString() })
  const shop = await source('Web shop')
  expect(shop).toMatchObject({ state: 'healthy', events: 2, quarantined: 1, blocked: 1, perHour: { now: 2 } })
})

test('what was set aside before a rule came goes by the rule when it is replayed', async () => {
  await send({ type: 'track', event: 'Replayed', properties: { later: 'canary-later' } })
  const { json } = await server.api<{ items: { id: string }[] }>('GET', '/api/tracking/quarantine')
  await rule({ path: 'properties.later', action: 'deny' })
  const event = { type: 'track', userId: '5', event: 'Replayed', properties: { later: 'canary-later' } }
  const answer = await server.api('POST', `/api/tracking/quarantine/${json.items[0]?.id}/replay`, { event })
  expect(answer.status).toBe(200)
  expect(JSON.stringify(await server.stored())).not.toContain('canary-later')
  await send({ type: 'track', event: 'Unwanted' })
  const again = await server.api<{ items: { id: string }[] }>('GET', '/api/tracking/quarantine')
  await rule({ event: 'Unwanted', action: 'block' })
  const refused = await server.api<{ code: string }>('POST', `/api/tracking/quarantine/${again.json.items[0]?.id}/replay`, {})
  expect([refused.status, refused.json.code]).toEqual([409, 'tracking.blocked'])
})

test('a rule is tried on an event before it is made, and nothing of that is kept', async () => {
  const event = { type: 'track', userId: '1', event: 'Tried', properties: { mail: 'tried@shop.example', n: 1 } }
  const { json } = await server.api<RuleTested>('POST', '/api/data/rules/test', {
    event,
    rule: { path: 'properties.mail', action: 'deny' },
  })
  expect(json).toEqual({
    outcome: 'accepted',
    why: null,
    after: { ...event, properties: { n: 1 } },
    changes: [{ path: 'properties.mail', action: 'deny' }],
  })
  const bare = await server.api<RuleTested>('POST', '/api/data/rules/test', { event: { type: 'track', event: 'Tried' } })
  expect(bare.json).toMatchObject({ outcome: 'quarantined', why: expect.stringMatching(/.+/) })
  expect(await everything()).not.toContain('tried@shop.example')
})

test('a changed rule is in force at once where it was changed, soon everywhere else, and in the trail', async () => {
  const elsewhere = new Rulebook(server.db, server.clock, vaultWith('x'))
  expect((await elsewhere.current()).compiled.blocked.has('Noise')).toBe(false)
  const made = await rule({ event: 'Noise', action: 'block' })
  await send({ type: 'track', userId: '1', event: 'Noise' })
  server.clock.forward(2_000)
  expect((await elsewhere.current()).compiled.blocked.has('Noise')).toBe(true)
  expect((await server.api('DELETE', `/api/data/rules/${made.id}`)).status).toBe(204)
  await send({ type: 'track', userId: '1', event: 'Noise' })
  expect((await server.stored()).filter(({ name }) => name === 'Noise')).toHaveLength(1)
  const trail = await server.api<{ items: AuditEntry[] }>('GET', '/api/audit')
  expect(trail.json.items.slice(0, 2).map(({ action, subject }) => [action, subject])).toEqual([
    ['data.rule_removed', 'Noise'],
    ['data.rule_made', 'Noise'],
  ])
})

test('the catalogue tells what events had, and examples only of what several people had in common', async () => {
  const viewed = (userId: string, properties: object) => ({ type: 'track', userId, event: 'Product Viewed', properties })
  await send(
    viewed('1', { colour: 'red', number: 'A-1', size: 3, page: 'https://x.example/?e=a@b.example', tags: ['x'] }),
    viewed('2', { colour: 'red', number: 'B-2' }),
    viewed('2', { colour: 'red', own: 'mine' }),
    viewed('2', { colour: null, own: 'mine' }),
  )
  await server.settle()
  const found = await named('Product Viewed')
  expect(found).toMatchObject({ events: 4, events30Days: 4, isBlocked: false, sources: [{ name: 'Web shop' }] })
  expect(found?.days.at(-1)).toBe(4)
  const { json } = await server.api<EventDetail>('GET', `/api/data/events/${found?.id}`)
  const property = (path: string) => json.properties.find(one => one.path === `properties.${path}`)
  expect(property('colour')).toMatchObject({
    share: 1,
    examples: ['red'],
    isShape: false,
    types: [
      { type: 'text', count: 3 },
      { type: 'nothing', count: 1 },
    ],
  })
  expect(property('number')).toMatchObject({ share: 0.5, examples: ['X-0'], isShape: true })
  expect(property('own')).toMatchObject({ examples: ['xxxx'], isShape: true })
  expect(property('page')).toMatchObject({ personal: ['email'], isShape: true })
  const suggested = await server.api<{ items: Suggestion[] }>('GET', '/api/data/suggestions')
  expect(suggested.json.items).toMatchObject([
    { events: ['Product Viewed'], path: 'properties.page', kinds: ['email'], action: 'redact' },
  ])
  const described = { description: 'Somebody looked at it', owner: 'Ann', isVerified: true }
  await server.api('PATCH', `/api/data/events/${found?.id}`, described)
  expect(await named('Product Viewed')).toMatchObject(described)
  // Whoever may not see contact details sees no values at all.
  const key = await createKey(server.db, { kind: 'secret', name: 'Dev', role: 'developer' }, byCommandLine(NOON))
  const seen = await fetch(`${server.url}/api/data/events/${found?.id}`, { headers: { authorization: `Bearer ${key.key}` } })
  expect(((await seen.json()) as EventDetail).properties.find(one => one.path === 'properties.colour')?.examples).toEqual(['xxx'])
})

const envelope = (name: string, messageId: string, properties = {}): Envelope => ({
  messageId,
  identities: [{ kind: 'external', value: messageId.slice(0, 2) }],
  name,
  at: NOON,
  properties,
})

test('names that a sender makes up fill the catalogue and no more; the rest is counted together', async () => {
  const madeUp = await createSource(server.db, 'tracking', 'Made up', NOON)
  const count = NAMES_MAX + 200
  const envelopes = Array.from({ length: count }, (_, i) => envelope(`Name ${i}`, `${i}-made-up`))
  const wide = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, i]))
  await accept(server.db, madeUp, [...envelopes, envelope('Seen', 'wide', wide)], server.clock.now())
  await server.settle()
  const { json } = await server.api<EventPage>('GET', '/api/data/events?limit=200')
  expect([json.names, json.namesMax]).toEqual([NAMES_MAX, NAMES_MAX])
  const { rows } = await sql<{ n: number }>`
    select sum(n)::int as n from event_name_source where source_id = ${madeUp}`.execute(server.db)
  expect(rows[0]?.n).toBe(count + 1)
  // Page by page every name once, the rest last.
  const names: (string | null)[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: EventPage = (await server.api<EventPage>('GET', `/api/data/events?limit=200&cursor=${cursor}`)).json
    names.push(...page.items.map(({ name }) => name))
    cursor = page.next
  }
  expect(names.at(-1)).toBeNull()
  expect(new Set(names).size).toBe(NAMES_MAX + 1)
  const seen = await server.api<EventDetail>('GET', `/api/data/events/${(await named('Seen'))?.id}`)
  expect(seen.json.properties.length).toBe(100)
  expect(seen.json.unlisted).toBeGreaterThan(150)
  // A name that is forgotten makes room, and its count is not lost.
  expect((await server.api('DELETE', `/api/data/events/${(await named('Name 7'))?.id}`)).status).toBe(204)
  await accept(server.db, madeUp, [envelope('One more', 'one-more')], server.clock.now())
  await server.settle()
  expect(await named('One more')).toMatchObject({ events: 1 })
  const after = await sql<{ n: number }>`select sum(n)::int as n from event_name_source where source_id = ${madeUp}`.execute(
    server.db,
  )
  expect(after.rows[0]?.n).toBe(count + 2)
})

test('counters say what the log holds: also when a batch fails half-way, or a message comes twice', async () => {
  const id = await createSource(server.db, 'tracking', 'Fails', NOON)
  const worker = { ...server.worker, listeners: [...server.worker.listeners, async () => Promise.reject(new Error('cut'))] }
  const all = Array.from({ length: 20 }, (_, i) => envelope('Seen', `${i}-fails`))
  await accept(server.db, id, [...all, ...all.slice(0, 5)], server.clock.now())
  await expect(settleNext(worker)).rejects.toThrow('cut')
  await server.settle()
  await accept(server.db, id, all, server.clock.now())
  await server.settle()
  const detail = await server.api<SourceDetail>('GET', `/api/data/sources/${id}`)
  expect(detail.json.source.events).toBe(20)
  expect(detail.json.names).toMatchObject([{ name: 'Seen', events: 20 }])
  expect(detail.json.hours.at(-1)).toMatchObject({ events: 20 })
  expect(detail.json.days.at(-1)).toMatchObject({ day: '2026-11-22', events: 20 })
})

test('a key that was never used is there, and says so; only rules for what is there are taken', async () => {
  await createKey(server.db, { kind: 'write', name: 'Unheard' }, byCommandLine(NOON))
  expect(await source('Unheard')).toMatchObject({ id: null, state: 'never', lastAt: null })
  for (const bad of [
    { action: 'deny' },
    { action: 'block' },
    { path: 'a..b', action: 'deny' },
    { path: 'a', action: 'block', event: 'x' },
  ])
    expect((await server.api('POST', '/api/data/rules', bad)).status).toBe(400)
  for (const path of ['/api/data/sources/999999', '/api/data/events/999999'])
    expect((await server.api('GET', path)).status).toBe(404)
  expect((await server.api('DELETE', '/api/data/rules/999999')).status).toBe(404)
})
