import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsIn, sorted } from './batch.ts'
import { isPlaceholder } from './ids.ts'
import { keyIn } from './keys.ts'
import { LIMITS } from './limits.ts'
import { unitsOf } from './money.ts'
import { type Arrival, normalise, TYPES } from './normalise.ts'
import { isTrouble, type Trouble } from './reasons.ts'
import { happenedAt, instantOf } from './time.ts'
import { unusable } from './values.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const arrival: Arrival = { receivedAt: NOON, isTrusted: false, currency: 'EUR', limits: LIMITS }
const trusted: Arrival = { ...arrival, isTrusted: true }
const iso = (at: number) => new Date(at).toISOString()
const good = { type: 'track', event: 'Signed Up', userId: 'u1', messageId: 'm1' }
const envelopeOf = (event: unknown, how = arrival) => {
  const envelope = normalise(event, how)
  if (isTrouble(envelope)) throw new Error(envelope.reason)
  return envelope
}
const troubleWith = (event: unknown): Trouble | null => {
  const outcome = normalise(event, arrival)
  return isTrouble(outcome) ? outcome : null
}

const anyJson = fc.jsonValue({ maxDepth: 6 })
const anyField = fc.oneof(
  anyJson,
  fc.constantFrom('u1', '', ' ', 'null', '{{id}}', 'a\u0000', '\ud800', 0, 42, Number.POSITIVE_INFINITY, null, undefined),
)
const anyEvent = fc.record(
  {
    type: fc.oneof(fc.constantFrom(...TYPES), anyField),
    event: fc.oneof(fc.constantFrom('Order Completed', 'Order Refunded', 'Signed Up'), anyField),
    userId: anyField,
    anonymousId: anyField,
    messageId: anyField,
    timestamp: anyField,
    originalTimestamp: anyField,
    sentAt: anyField,
    properties: anyField,
    traits: anyField,
    context: anyField,
    groupId: anyField,
    previousId: anyField,
    name: anyField,
  },
  { requiredKeys: [] },
)

test('whatever comes is an envelope that every store can keep, or has a reason', () => {
  fc.assert(
    fc.property(fc.oneof(anyEvent, anyJson), fc.boolean(), (event, isTrusted) => {
      const outcome = normalise(event, { ...arrival, isTrusted })
      if (isTrouble(outcome)) return
      expect(unusable(outcome, { depthMax: LIMITS.depthMax + 2 })).toBeNull()
      expect(outcome.identities.length).toBeGreaterThan(0)
      expect(outcome.identities.every(({ value }) => value.trim() !== '' && !isPlaceholder(value))).toBe(true)
      expect(outcome.name.trim()).not.toBe('')
      expect(outcome.at).toBeGreaterThanOrEqual(LIMITS.earliest)
      expect(outcome.at).toBeLessThanOrEqual(NOON)
      if (outcome.amount !== undefined) expect(Number.isSafeInteger(outcome.amount) && outcome.amount >= 0).toBe(true)
      expect(outcome.currency ?? 'EUR').toMatch(/^[A-Z]{3}$/)
    }),
    { numRuns: 3_000 },
  )
})

test('every event of a batch is kept or set aside, and which one does not depend on those beside it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyEvent, fc.constant(good)), { maxLength: 20 }), batch => {
      const { envelopes, unusable } = sorted(eventsIn({ batch }, null, undefined) ?? [], { batch }, 0, arrival)
      expect(envelopes.length + unusable.reduce((sum, { times }) => sum + times, 0)).toBe(batch.length)
      expect(envelopes).toEqual(batch.map(event => normalise(event, arrival)).filter(outcome => !isTrouble(outcome)))
    }),
    { numRuns: 500 },
  )
})

test('the same event again has the same id, whenever it is sent again', () => {
  fc.assert(
    fc.property(anyEvent, fc.integer({ min: 0, max: 1e9 }), (event, later) => {
      const told = { ...event, timestamp: iso(NOON - 1_000) }
      const first = normalise({ ...told, sentAt: iso(NOON) }, arrival)
      const again = normalise({ ...told, sentAt: iso(NOON + later) }, { ...arrival, receivedAt: NOON + later })
      if (!isTrouble(first) && !isTrouble(again)) expect(again.messageId).toBe(first.messageId)
    }),
  )
})

test('other events have other ids', () => {
  const { messageId: _, ...bare } = { ...good, timestamp: iso(NOON) }
  const ids = [bare, { ...bare, event: 'x' }, { ...bare, userId: 'u2' }, { ...bare, properties: { a: 1 } }].map(
    event => envelopeOf(event).messageId,
  )
  expect(new Set(ids).size).toBe(4)
})

test('a public key never names a person by an email, nor gives them one', () => {
  fc.assert(
    fc.property(anyEvent, fc.emailAddress(), fc.boolean(), (event, email, isInContext) => {
      const told = isInContext ? { context: { traits: { email, phone: '1' } } } : { traits: { email, phone: '1' } }
      const outcome = normalise({ ...event, type: 'identify', ...told }, arrival)
      if (isTrouble(outcome)) return
      expect(outcome.identities.some(({ kind }) => kind === 'email' || kind === 'phone')).toBe(false)
      expect([outcome.traits?.email, outcome.traits?.phone]).toEqual([undefined, undefined])
    }),
  )
})

test('a secret key names a person by an email, with identify only', () => {
  const event = { userId: 'u1', traits: { email: ' Ann@Shop.example ' } }
  expect(envelopeOf({ ...event, type: 'identify' }, trusted).identities).toEqual([
    { kind: 'external', value: 'u1' },
    { kind: 'email', value: 'ann@shop.example' },
  ])
  expect(
    envelopeOf({ type: 'identify', userId: 'u1', context: { traits: { email: 'a@b.example' } } }, trusted).identities,
  ).toHaveLength(2)
  expect(envelopeOf({ ...good, ...event, context: event }, trusted).identities).toHaveLength(1)
  expect(envelopeOf({ type: 'identify', userId: 'u1', traits: { email: 'nobody' } }, trusted).identities).toHaveLength(1)
})

test.each([
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '{{id}}',
  '{{ customer.id }}',
  `\${userId}`,
  '*|UNIQID|*',
  '%%id%%',
  '<%= id %>',
  'Anonymous',
  '0',
])('the placeholder %s is nobody', id => {
  expect(troubleWith({ ...good, userId: id })).toEqual({ reason: 'placeholder_id', field: 'userId' })
  expect(troubleWith({ ...good, userId: 'u1', anonymousId: id })).toEqual({ reason: 'placeholder_id', field: 'anonymousId' })
})

test('a company without an id, or with a placeholder, is none; its id is a text without blanks around it', () => {
  const group = (groupId: unknown) => ({ type: 'group', userId: 'u1', groupId, traits: { name: 'Acme' } })
  for (const id of ['null', 'undefined', '{{id}}', '[object Object]'])
    expect(troubleWith(group(id))).toEqual({ reason: 'placeholder_id', field: 'groupId' })
  for (const id of [undefined, null, '', '  ']) expect(troubleWith(group(id))).toEqual({ reason: 'no_group', field: 'groupId' })
  expect(envelopeOf(group(' acme ')).properties).toMatchObject({ groupId: 'acme', traits: { name: 'Acme' } })
  expect(envelopeOf(group(17)).properties).toMatchObject({ groupId: '17' })
  const left = (properties: object) => ({ ...good, event: 'Group Left', properties })
  expect(troubleWith(left({ groupId: 'null' }))).toEqual({ reason: 'placeholder_id', field: 'properties.groupId' })
  expect(troubleWith(left({}))).toEqual({ reason: 'no_group', field: 'properties.groupId' })
  expect(envelopeOf(left({ group_id: 'acme' })).properties).toMatchObject({ groupId: 'acme' })
})

test('no id is nobody, and only that', () => {
  for (const id of [null, undefined, '', '  ']) expect(troubleWith({ ...good, userId: id })).toEqual({ reason: 'no_identity' })
  for (const id of [null, undefined, '', '  '])
    expect(envelopeOf({ ...good, userId: id, anonymousId: 'a' }).identities).toEqual([{ kind: 'anonymous', value: 'a' }])
  expect(envelopeOf({ ...good, userId: 42 }).identities).toEqual([{ kind: 'external', value: '42' }])
  for (const id of [{}, [], true, 1.5, 2 ** 60, 'x'.repeat(501)])
    expect(troubleWith({ ...good, userId: id })).toEqual({ reason: 'bad_id', field: 'userId' })
})

test('it happened at receivedAt − (sentAt − timestamp)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * 365 * 86_400_000 }), fc.integer({ min: 0, max: 30 * 86_400_000 }), (sent, ago) => {
      const told = { sentAt: iso(sent + ago), originalTimestamp: iso(sent) }
      // The epoch itself counts as a text, whatever the sender's clock.
      expect(happenedAt(told, NOON, LIMITS)).toEqual({ at: NOON - ago })
    }),
  )
})

test('a time that is none, too early or ahead is not guessed', () => {
  const at = (timestamp: unknown, sentAt?: unknown) => happenedAt({ timestamp, sentAt }, NOON, LIMITS)
  expect(at(iso(NOON + 60_000))).toEqual({ at: NOON })
  expect(at(iso(NOON + 2 * 86_400_000))).toMatchObject({ reason: 'time_in_future' })
  expect(at(1_790_000)).toMatchObject({ reason: 'time_too_early' })
  for (const none of ['now', '2026-02-30', '2026-13-01T00:00:00Z', {}, true, '22/11/2026'])
    expect(at(none)).toMatchObject({ reason: 'bad_time' })
  expect(at('', iso(NOON))).toEqual({ at: NOON })
  expect(at(iso(NOON - 5), 'rubbish')).toEqual({ at: NOON - 5 })
})

test.each([
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
  ['2026-01-02T03:04:05.123456789-0530', '2026-01-02T08:34:05.123Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  [1_767_323_045, '2026-01-02T03:04:05.000Z'],
  [1_767_323_045_678, '2026-01-02T03:04:05.678Z'],
])('%s is %s', (told, expected) => expect(iso(instantOf(told) ?? 0)).toBe(expected))

test('amounts are exact minor units', () => {
  expect([27.5, '27.50', 0.1 + 0.2, 1e21, 'much', '27,50', -3].map(value => unitsOf(value, 'EUR'))).toEqual([
    2750,
    2750,
    30,
    null,
    null,
    null,
    -300,
  ])
  expect([unitsOf(1200, 'JPY'), unitsOf('1.2345', 'KWD'), unitsOf(1.005, 'EUR')]).toEqual([1200, 1235, 101])
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e11 }), cents => void expect(unitsOf(cents / 100, 'EUR')).toBe(cents)))
})

test('what is worth too little to be an order is said so', () => {
  const order = (event: string, properties: object) => troubleWith({ ...good, event, properties })?.reason
  expect(order('Order Completed', { order_id: '1', total: 'x' })).toBe('bad_amount')
  expect(order('Order Completed', { order_id: '1', total: -1 })).toBe('bad_amount')
  expect(order('Order Completed', { order_id: '1', total: 1, currency: 'euros' })).toBe('bad_currency')
  expect(order('Order Refunded', { total: 1 })).toBe('no_order')
  expect(order('Order Completed', {})).toBeUndefined()
})

test('the parts of a body that are about all events are about each, and the rest is not kept', () => {
  const [event] = eventsIn({ writeKey: 'k', event: 'e', userId: 'u' }, 'track', '2026-01-01T00:00:00Z') ?? []
  expect(event).toEqual({ type: 'track', event: 'e', userId: 'u', sentAt: '2026-01-01T00:00:00Z' })
  expect(eventsIn({ batch: {} }, null, undefined)).toBeNull()
})

test('a batch cannot multiply what it says about all of its events without end', () => {
  const batch = Array.from({ length: 2_000 }, (_, i) => ({ ...good, messageId: `m${i}` }))
  const body = { batch, context: { note: 'x'.repeat(30_000) } }
  const { envelopes, unusable } = sorted(eventsIn(body, null, undefined) ?? [], body, 200_000, arrival)
  expect(envelopes.length).toBeLessThan(150)
  expect(unusable.reduce((sum, { times }) => sum + times, 0)).toBe(2_000 - envelopes.length)
  const usual = { batch, context: { library: { name: 'x', version: '1' } } }
  expect(sorted(eventsIn(usual, null, undefined) ?? [], usual, 200_000, arrival).envelopes).toHaveLength(2_000)
})

test('the key named first counts', () => {
  const basic = `Basic ${Buffer.from('a:').toString('base64')}`
  expect(keyIn(basic, { writeKey: 'b' }, { writeKey: 'c' })).toBe('a')
  expect(keyIn(undefined, { api_key: 'b' }, { writeKey: 'c' })).toBe('b')
  expect(keyIn(`Basic ${Buffer.from(':').toString('base64')}`, {}, { writeKey: 'c' })).toBe('c')
  expect(keyIn('Digest x', {}, {})).toBeNull()
})
