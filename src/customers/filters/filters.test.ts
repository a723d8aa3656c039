import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOfDay } from '../../platform/calendar.ts'
import { handClock } from '../../platform/clock.ts'
import { type TestStores, testStores } from '../../platform/testing.ts'
import { type Lens } from '../lens.ts'
import { type Condition, type Direction, SORTS, type Sort } from './contract.ts'
import { conditionsIn, countNow, customersNow, type FindDeps } from './index.ts'
import { estimateFrom } from './sample.ts'

type Value = string | number | boolean
type Somebody = {
  id: number
  name: string | null
  email: string | null
  phone: string | null
  firstSeen: number
  lastSeen: number
  traits: Record<string, Value>
  stage: { stage: string; orders: number; lastOrder: number | null } | null
  isListed: boolean
  isEmployed: boolean
}

const NOW = Date.parse('2025-06-15T12:00:00Z')
const DAY = 86_400_000
const ZONE = 'Europe/Berlin'
const STAGES = [
  { id: 'fresh', super: 'acquisition' },
  { id: 'buyer', super: 'conversion' },
  { id: 'fan', super: 'loyalty' },
  { id: 'idol', super: 'loyalty' },
]
const WORDS = [
  'DE',
  'de',
  '50% off',
  'a_b',
  'a\\b',
  '"quoted"',
  '7',
  '7.5',
  '-3',
  'true',
  '2025-05-01',
  '2025-06-01T10:00:00Z',
  'Ann',
]
const TRAITS = ['country', 'plan', 'address.city']
const SEE_ALL = { contact: true, money: true }

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const instant = fc.integer({ min: 0, max: 400 }).map(hours => NOW - hours * 7 * 3_600_000)
const somebody = fc.record<Omit<Somebody, 'id'>>({
  name: oneOf(null, 'Ann Fern', 'Bob', 'ann', 'Zoë'),
  email: oneOf(null, 'ann@example.com', 'x@example.com'),
  phone: oneOf(null, null, '+49176'),
  firstSeen: instant,
  lastSeen: instant,
  traits: fc.dictionary(oneOf(...TRAITS), fc.oneof(oneOf(...WORDS), fc.integer({ min: -9, max: 9 }), fc.boolean()), {
    maxKeys: 3,
  }),
  stage: fc.option(fc.record({ stage: oneOf(...STAGES.map(one => one.id)), orders: fc.nat(3), lastOrder: fc.option(instant) }), {
    freq: 8,
  }),
  isListed: fc.boolean(),
  isEmployed: fc.boolean(),
})

const trait = oneOf(...TRAITS, 'unheard of')
const day = oneOf('2025-05-01', '2025-06-01', '2025-06-15')
const time = oneOf('last_order' as const, 'first_seen' as const, 'last_event' as const)
const condition = fc.oneof(
  fc.record({
    field: fc.constant('stage' as const),
    op: oneOf('in' as const, 'not_in' as const),
    values: fc.uniqueArray(oneOf(...STAGES.map(one => one.id)), { minLength: 1 }),
  }),
  fc.record({
    field: fc.constant('super' as const),
    op: oneOf('in' as const, 'not_in' as const),
    values: fc.constant(['loyalty']),
  }),
  fc.record({
    field: fc.constant('orders' as const),
    op: oneOf('is' as const, 'at_least' as const, 'at_most' as const),
    value: fc.nat(3),
  }),
  fc.record({ field: time, op: oneOf('before' as const, 'since' as const), day }),
  fc.record({ field: time, op: oneOf('within' as const, 'beyond' as const), days: fc.nat(120) }),
  fc.constant({ field: 'last_order' as const, op: 'never' as const }),
  fc.record({ field: oneOf('email' as const, 'phone' as const), op: oneOf('known' as const, 'unknown' as const) }),
  fc.record({
    field: oneOf('list' as const, 'company' as const),
    op: oneOf('in' as const, 'not_in' as const),
    id: fc.constant('1'),
  }),
  fc.record({
    field: fc.constant('trait' as const),
    trait,
    op: oneOf('is' as const, 'is_not' as const, 'contains' as const),
    value: oneOf(...WORDS, '%', '_', 'e'),
  }),
  fc.record({
    field: fc.constant('trait' as const),
    trait,
    op: oneOf('less' as const, 'more' as const),
    value: oneOf(-3, 0, 7, 7.25),
  }),
  fc.record({ field: fc.constant('trait' as const), trait, op: oneOf('before' as const, 'since' as const), day }),
  fc.record({ field: fc.constant('trait' as const), trait, op: oneOf('known' as const, 'unknown' as const) }),
)

/** The same question asked of one customer by hand. */
function fits(who: Somebody, one: Condition): boolean {
  const own = one.field === 'trait' ? who.traits[one.trait] : undefined
  const word = own === undefined ? undefined : String(own)
  switch (one.field) {
    case 'stage':
      return one.values.includes(who.stage?.stage ?? 'nowhere') === (one.op === 'in')
    case 'super':
      return ['fan', 'idol'].includes(who.stage?.stage ?? 'nowhere') === (one.op === 'in')
    case 'orders': {
      const orders = who.stage?.orders ?? 0
      return one.op === 'is' ? orders === one.value : one.op === 'at_least' ? orders >= one.value : orders <= one.value
    }
    case 'email':
    case 'phone':
      return (who[one.field] !== null) === (one.op === 'known')
    case 'list':
      return who.isListed === (one.op === 'in')
    case 'company':
      return who.isEmployed === (one.op === 'in')
    case 'trait':
      if (one.op === 'known' || one.op === 'unknown') return (own !== undefined) === (one.op === 'known')
      if (one.op === 'is') return word === one.value
      if (one.op === 'is_not') return word !== one.value
      if (word === undefined) return false
      if (one.op === 'contains') return word.toLowerCase().includes(one.value.toLowerCase())
      if (one.op === 'before' || one.op === 'since') {
        if (!/^\d{4}-\d\d-\d\d/.test(word)) return false
        return one.op === 'before' ? word.slice(0, 10) < one.day : word.slice(0, 10) >= one.day
      }
      if (one.op !== 'less' && one.op !== 'more') throw new Error(one.op satisfies never)
      if (!/^-?\d+(\.\d+)?$/.test(word)) return false
      return one.op === 'less' ? Number(word) < one.value : Number(word) > one.value
    default: {
      const at = { last_order: who.stage?.lastOrder ?? null, first_seen: who.firstSeen, last_event: who.lastSeen }[one.field]
      if (one.op === 'never') return at === null
      const edge = 'day' in one ? startOfDay(one.day, ZONE) : NOW - one.days * DAY
      return at !== null && (one.op === 'since' || one.op === 'within' ? at >= edge : at < edge)
    }
  }
}

let stores: TestStores
let deps: FindDeps
let people: Somebody[]
const everybody = (ids: readonly number[]) => [...ids].sort((a, b) => a - b)

beforeAll(async () => {
  stores = await testStores()
  const { db } = stores
  const lens = { stages: async () => ({ id: 'model', stages: STAGES }), glances: async () => new Map() } as unknown as Lens
  deps = { db, lens, clock: handClock(NOW), timeZone: async () => ZONE }
  people = fc.sample(somebody, { numRuns: 150, seed: 7 }).map((one, i) => ({ ...one, id: i + 1 }))
  await sql`insert into list (name, created_at, created_by) values ('Friends', now(), 'Ann')`.execute(db)
  await sql`insert into customer_company (external_id, created_at) values ('acme', now())`.execute(db)
  for (const one of people) {
    await sql`insert into customer (id, created_at, first_seen_at, last_seen_at, name, email, traits) overriding system value
      values (${one.id}, now(), ${new Date(one.firstSeen)}, ${new Date(one.lastSeen)}, ${one.name}, ${one.email}, ${JSON.stringify(one.traits)}::jsonb)`.execute(
      db,
    )
    if (one.phone) await sql`insert into identity values ('phone', ${one.phone + one.id}, ${one.id})`.execute(db)
    if (one.isListed) await sql`insert into list_member values (1, ${one.id}, now(), 'Ann')`.execute(db)
    await sql`insert into customer_company_member values (${one.id}, 1, now(), ${one.isEmployed ? null : new Date(NOW)})`.execute(
      db,
    )
    const fold = { facts: { orders: one.stage?.orders, lastOrderAt: one.stage?.lastOrder } }
    if (one.stage)
      await sql`insert into customer_stage (model_id, customer_id, version, stage, since, fold)
        values ('model', ${one.id}, 1, ${one.stage.stage}, now(), ${JSON.stringify(fold)}::jsonb)`.execute(db)
  }
  // Joined to somebody, and so nowhere to be seen on their own.
  await sql`insert into customer (id, created_at, first_seen_at, last_seen_at, name, merged_into) overriding system value values (1000, now(), now(), now(), 'Ann', 1)`.execute(
    db,
  )
})
afterAll(() => stores[Symbol.asyncDispose]())

async function pages(where: Condition[], sort: Sort, direction: Direction, limit: number, search?: string): Promise<number[]> {
  const ids: number[] = []
  let cursor: string | undefined
  do {
    const page = await customersNow(deps, { where, ...(search && { search }) }, { sort, direction }, cursor, limit, SEE_ALL)
    expect(page.ids.length).toBeLessThanOrEqual(limit)
    ids.push(...page.ids)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return ids
}

describe('a question about customers', () => {
  it('means the same to the database as to a reader, whatever is combined', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(condition as fc.Arbitrary<Condition>, { maxLength: 3 }), async where => {
        const right = people.filter(who => where.every(one => fits(who, one))).map(who => who.id)
        expect(everybody(await pages(where, 'newest', 'usual', 200))).toEqual(right)
        expect(await countNow(deps, { where }, SEE_ALL)).toEqual({ count: right.length, isExact: true, margin: 0 })
      }),
      { numRuns: 120 },
    )
  })

  it('finds each customer exactly once, page by page, in every order', async () => {
    for (const sort of SORTS)
      for (const direction of ['usual', 'reverse'] as const) {
        const all = await pages([], sort, direction, 200)
        expect(everybody(all)).toEqual(people.map(who => who.id))
        expect(await pages([], sort, direction, 7)).toEqual(all)
      }
  })

  it('sorts by what it says, with those who have nothing to sort by at the end', async () => {
    const by = async (sort: Sort, direction: Direction, key: (who: Somebody) => number | string | null | undefined) =>
      (await pages([], sort, direction, 50)).map(id => key(people[id - 1] as Somebody) ?? null)
    const orders = await by('orders', 'usual', who => who.stage?.orders)
    expect(orders).toEqual([...orders].sort((a, b) => Number(b ?? -1) - Number(a ?? -1)))
    const last = await by('last_order', 'reverse', who => who.stage?.lastOrder)
    expect(last).toEqual([...last].sort((a, b) => Number(a ?? Number.POSITIVE_INFINITY) - Number(b ?? Number.POSITIVE_INFINITY)))
    const names = await by('name', 'usual', who => (who.name ?? who.email)?.toLowerCase())
    expect(names.slice(names.indexOf(null))).toEqual(Array(names.length - names.indexOf(null)).fill(null))
    expect(names.filter(name => name !== null)).toEqual(names.filter(name => name !== null).sort())
    const heard = await by('last_event', 'usual', who => who.lastSeen)
    expect(heard).toEqual([...heard].sort((a, b) => Number(b) - Number(a)))
  })

  it('finds parts of names, emails and phones, and by the ids of those who were joined', async () => {
    const found = (text: string) => pages([], 'newest', 'usual', 50, text)
    const named = people.filter(who => /ann/i.test(`${who.name} ${who.email}`)).map(who => who.id)
    expect(everybody(await found('ann'))).toEqual([...new Set([...named, 1])].sort((a, b) => a - b))
    expect(everybody(await found('an'))).toEqual(named)
    const called = people.find(who => who.phone)
    expect(await found(`0176 ${called?.id}`)).toContain(called?.id)
    expect(await found('%')).toEqual([])
    expect(await found('nobody at all')).toEqual([])
  })

  it('is refused where it asks for what is hidden, and where nobody can answer it', async () => {
    const ask = (where: Condition[], sort: Sort = 'newest') =>
      customersNow(deps, { where }, { sort, direction: 'usual' }, undefined, 5, { contact: false, money: false })
    const hidden = { code: 'customer.field_hidden' }
    await expect(ask([{ field: 'trait', trait: 'address.city', op: 'contains', value: 'a' }])).rejects.toMatchObject(hidden)
    await expect(ask([], 'name')).rejects.toMatchObject(hidden)
    await expect(ask([{ field: 'stage', op: 'in', values: ['none such'] }])).rejects.toMatchObject({ code: 'request.invalid' })
    for (const text of [
      '{',
      '[{"field":"id","op":"is"}]',
      '[{"field":"trait","trait":"a\\u0000","op":"known"}]',
      '[{"field":"trait","trait":"a","op":"is","value":"\\ud800"}]',
      '"x"',
    ])
      expect(() => conditionsIn(text)).toThrow(expect.objectContaining({ code: 'request.invalid' }))
    const [first] = await pages([], 'name', 'usual', 1)
    expect(first).toBeDefined()
    const { next } = await customersNow(deps, { where: [] }, { sort: 'name', direction: 'usual' }, undefined, 1, SEE_ALL)
    for (const cursor of [next ?? '', 'x', Buffer.from('["newest",0,"1; drop table customer"]').toString('base64url')])
      await expect(
        customersNow(deps, { where: [] }, { sort: 'newest', direction: 'usual' }, cursor, 1, SEE_ALL),
      ).rejects.toMatchObject({ code: 'request.invalid' })
  })
})

it('an estimate is right to within its margin, nearly always, and says no more than it knows', () => {
  expect(estimateFrom({ hits: 3_000, rows: 30_000, total: 1_000_000 })).toMatchObject({ count: 100_000, isExact: false })
  expect(estimateFrom({ hits: 3_000, rows: 30_000, total: 1_000_000 }).margin).toBeLessThan(10_000)
  expect(estimateFrom({ hits: 0, rows: 30_000, total: 1_000_000 }).margin).toBeGreaterThan(0)
})
