import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Envelope } from '../contract.ts'
import { type Action } from './contract.ts'
import { networkOf, personalIn, redacted, shapeOf } from './personal.ts'
import { actionOn, applyToEnvelope, applyToEvent, compiled, type Rule } from './rules.ts'
import { suggestionsFrom } from './suggest.ts'

const tools = { hash: (text: string) => Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32) }
const rule = (path: string, action: Action, event: string | null = null): Rule => ({ id: 1, event, path, action })
const left = (rules: Rule[], event: unknown, name: string | null = 'Seen') => {
  const ruled = applyToEvent(compiled(rules), name, event, tools)
  return 'event' in ruled ? ruled.event : ruled
}

describe('a rule', () => {
  const event = {
    userId: '17',
    properties: { email: ' Ann@Shop.example', total: 12.5, page: 'https://shop.example/?mail=ann%40shop.example&x=1' },
    traits: { phone: '+49 170 1234567' },
    context: { ip: '203.0.113.77', traits: { Phone: '+49 170 1234567' } },
  }

  test('denies a property wherever SDKs tell it, in upper case and lower case', () => {
    expect(left([rule('traits.phone', 'deny')], event)).toEqual({
      ...event,
      traits: {},
      context: { ip: '203.0.113.77', traits: {} },
    })
  })

  test('hashes the same to the same, and what is hashed already not again', () => {
    const once = left([rule('properties.email', 'hash')], event) as typeof event
    expect(once.properties.email).toMatch(/^hmac-[0-9a-f]{32}$/)
    expect(left([rule('properties.email', 'hash')], once)).toEqual(once)
    const other = left([rule('properties.email', 'hash')], { properties: { email: 'ann@shop.EXAMPLE ' } }) as typeof event
    expect(other.properties.email).toBe(once.properties.email)
  })

  test('blots out what is personal in a text and leaves the rest of it', () => {
    const { properties } = left([rule('properties.page', 'redact')], event) as typeof event
    expect(properties.page).toBe('https://shop.example/?mail=[email]&x=1')
  })

  test('shortens an address to its network, and drops what is none', () => {
    expect(left([rule('context.ip', 'shorten')], { context: { ip: '203.0.113.77' } })).toEqual({
      context: { ip: '203.0.113.0' },
    })
    expect(left([rule('context.ip', 'shorten')], { context: { ip: 'Ann' } })).toEqual({ context: {} })
  })

  test('that denies a whole space leaves what an inner rule allows', () => {
    const rules = [rule('properties', 'deny'), rule('properties.total', 'allow')]
    expect(left(rules, event)).toEqual({ ...event, properties: { total: 12.5 } })
  })

  test('of an event comes before the one for all', () => {
    const rules = [rule('context.ip', 'deny'), rule('context.ip', 'allow', 'Seen')]
    expect(left(rules, event)).toBe(event)
    expect(left(rules, { context: { ip: '203.0.113.77' } }, 'Heard')).toEqual({ context: {} })
  })

  test('goes through lists and through keys with dots in them', () => {
    const rules = [rule('properties.products[].note', 'deny'), rule('traits.address.street', 'deny')]
    expect(
      left(rules, {
        properties: { products: [{ sku: 'a', note: 'x' }, { note: 'y' }, 3] },
        traits: { 'address.street': 'x', a: 1 },
      }),
    ).toEqual({ properties: { products: [{ sku: 'a' }, {}, 3] }, traits: { a: 1 } })
  })

  test('that blocks a name refuses the whole event and no other', () => {
    const rules = [{ id: 7, event: 'Seen', path: null, action: 'block' as const }]
    expect(left(rules, event)).toEqual({ blockedBy: 7 })
    expect(left(rules, event, 'Heard')).toBe(event)
  })
})

const PATHS = ['properties.secret', 'traits.secret', 'context.secret', 'secret']
const bag = fc.dictionary(fc.constantFrom('secret', 'Secret', 'open', 'a.secret'), fc.jsonValue({ maxDepth: 2 }))
const events = fc.record({
  properties: bag,
  traits: bag,
  context: fc.record({ secret: fc.jsonValue(), traits: bag }),
  secret: fc.jsonValue(),
})
/** Whatever stands at `secret` anywhere below the top carries this. */
const CANARY = 'canary-7f3a'
const planted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(planted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, planted(inner)]))
      : `${CANARY}${String(value)}`

test('nothing of a denied property is left, whatever it holds; nothing else changes', () => {
  fc.assert(
    fc.property(events, event => {
      const full = {
        ...event,
        properties: { ...event.properties, secret: planted(event.secret), open: 'kept' },
        traits: { ...event.traits, SECRET: [planted(event.secret)] },
        context: { ...event.context, secret: { deep: planted(event.secret) }, traits: { secret: planted('x') } },
        secret: planted(event.secret),
      }
      const rest = left(
        PATHS.map(path => rule(path, 'deny')),
        full,
      ) as typeof full
      expect(JSON.stringify(rest)).not.toContain(CANARY)
      expect(rest.properties.open).toBe('kept')
    }),
    { numRuns: 300 },
  )
})

test('nothing of a hashed property can be read, at any depth; a second pass changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const rules = [rule('properties.secret', 'hash')]
      const once = left(rules, { properties: { secret: planted(value) } })
      expect(JSON.stringify(once)).not.toContain(CANARY)
      expect(left(rules, once)).toEqual(once)
    }),
    { numRuns: 300 },
  )
})

test('what no rule touches is the same object, so that rules cost nothing there', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const event = { properties: { open: value } }
      expect(left([rule('properties.secret', 'deny')], event)).toBe(event)
    }),
  )
})

test('what is nested without end neither breaks a rule nor passes one', () => {
  let deep: unknown = 'canary'
  for (let i = 0; i < 20_000; i++) deep = [deep]
  expect(
    left([rule('properties.secret', 'hash'), rule('properties.secret.x', 'deny')], { properties: { secret: deep } }),
  ).toEqual({
    properties: {},
  })
})

describe('an envelope of a file or a shop', () => {
  const envelope: Envelope = {
    messageId: 'm',
    identities: [{ kind: 'email', value: 'ann@shop.example' }],
    name: 'Order Completed',
    at: 1,
    traits: { email: 'ann@shop.example', name: 'Ann' },
    properties: { note: 'x', context: { ip: '203.0.113.7' } },
  }
  const passed = (rules: Rule[]) => applyToEnvelope(compiled(rules), envelope, tools)

  test('goes by the same rules, and its context too', () => {
    expect(passed([rule('properties.note', 'deny'), rule('context.ip', 'shorten')])).toEqual({
      event: { ...envelope, properties: { context: { ip: '203.0.113.0' } } },
    })
  })

  test('whose email is hashed is found by the hash, and by nothing else', () => {
    const ruled = passed([rule('traits.email', 'hash')])
    expect(JSON.stringify(ruled)).not.toContain('ann@')
    expect(ruled).toMatchObject({ event: { identities: [{ kind: 'external', value: expect.stringMatching(/^hmac-/) }] } })
  })

  test('whose only id is denied is about nobody', () => {
    expect(passed([rule('traits.email', 'deny')])).toEqual({ event: null })
  })

  test('with a blocked name is refused', () => {
    expect(passed([{ id: 3, event: 'Order Completed', path: null, action: 'block' }])).toEqual({ blockedBy: 3 })
  })
})

test.each([
  ['write to ann.fern+news@shop.example, please', ['email']],
  ['/account?email=ann%40shop.example', ['email']],
  ['call +49 (170) 123-45 67', ['phone']],
  ['4111 1111 1111 1111', ['card']],
  ['4111 1111 1111 1112', []],
  ['550e8400-e29b-41d4-a716-446655440000', []],
  ['order 4711-000123 of 2026-11-22T12:00:00.000Z', []],
  ['1763812800000', []],
  ['203.0.113.77', []],
])('in “%s” is found %j', (text, kinds) => {
  expect(personalIn(text)).toEqual(kinds)
  expect(redacted(text) === text).toBe(kinds.length === 0)
})

test('a phone number is known by the name of its property', () => {
  expect([personalIn('0170 1234567'), personalIn('0170 1234567', 'traits.mobile')]).toEqual([[], ['phone']])
})

test('a long text takes no long time', () => {
  const texts = ['a.'.repeat(16_000), `${'a@'.repeat(16_000)}`, '+1 '.repeat(10_000), '4'.repeat(32_000), '1-'.repeat(16_000)]
  const began = performance.now()
  for (const text of texts) redacted(text)
  expect(performance.now() - began).toBeLessThan(1_000)
})

test.each([
  ['2001:db8:1:2::77', '2001:db8:1::'],
  ['::ffff:203.0.113.9', '203.0.113.0'],
  ['300.1.1.1', null],
  ['1:2', null],
])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network))

test('a shape says nothing of what it is the shape of', () => {
  expect(shapeOf('Ännchen 4711-X')).toBe('Xxxxxxx 0000-X')
})

test('a rule is suggested where something looks personal, unless there is one or somebody has looked', () => {
  const sightings = [
    { event: 'Page Viewed', path: 'context.page.url', seen: 100, personal: { email: 1 }, shape: 'xxxxx://xxxx' },
    { event: 'Signed Up', path: 'properties.mail', seen: 10, personal: { email: 10 }, shape: 'xxx@xxxx.xxxxxxx' },
    { event: 'Joined', path: 'properties.mail', seen: 5, personal: { email: 5 }, shape: 'x@x.xx' },
    { event: 'Paid', path: 'properties.card', seen: 10, personal: { card: 10 }, shape: '0000 0000' },
    { event: 'Seen', path: 'properties.ean', seen: 100, personal: { card: 9 }, shape: '0000' },
    { event: 'Identified', path: 'traits.email', seen: 10, personal: { email: 10 }, shape: 'x@x.xx' },
  ]
  const suggested = (rules: Rule[], dismissed: string[]) =>
    suggestionsFrom(sightings, compiled(rules), new Set(dismissed)).map(({ path, action }) => `${action} ${path}`)
  expect(suggested([], [])).toEqual(['redact context.page.url', 'hash properties.mail', 'deny properties.card'])
  expect(suggested([rule('properties.mail', 'deny')], ['Paid properties.card'])).toEqual(['redact context.page.url'])
  expect(actionOn(compiled([rule('properties.products.note', 'deny')]), 'x', 'properties.products[].note')).toBe('deny')
})
