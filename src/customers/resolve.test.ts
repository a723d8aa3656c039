import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Identity } from '../events/contract.ts'
import { ABSORBED_MAX, identityKey, type Known, type Resolution, resolve, type Sighting } from './resolve.ts'

const id = (text: string): Identity => {
  const [kind = '', value = ''] = text.split(':')
  return { kind, value }
}
const seen = (...ids: string[]): Sighting => ({ identities: ids.map(id), at: 0 })
const alias = (userId: string, former: string): Sighting => ({
  identities: [id(`external:${userId}`)],
  alsoKnownAs: [id(`anonymous:${former}`), id(`external:${former}`)],
  at: 0,
})

const NOBODY: Known = { owners: new Map(), heads: new Map(), kinds: new Map(), absorbed: new Map(), apart: [] }

/** What the tables would say after a batch. */
function after(before: Known, { identities, joinings }: Resolution, apart: Known['apart'] = []): Known {
  const owners = new Map([...before.owners, ...identities.map(one => [identityKey(one), one.customerId] as const)])
  const heads = new Map(before.heads)
  for (const { loser, winner } of joinings) heads.set(loser, winner)
  const headOf = (one: number): number => {
    const next = heads.get(one)
    return next === undefined || next === one ? one : headOf(next)
  }
  const kinds = new Map<number, Set<string>>()
  for (const [key, owner] of owners) {
    const head = headOf(owner)
    const kind = key.slice(0, key.indexOf(':'))
    if (kind !== 'anonymous') kinds.set(head, (kinds.get(head) ?? new Set()).add(kind))
  }
  const absorbed = new Map<number, number>()
  for (const [loser, winner] of heads) if (loser !== winner) absorbed.set(headOf(loser), (absorbed.get(headOf(loser)) ?? 0) + 1)
  return { owners, heads: new Map([...owners.values()].map(one => [one, headOf(one)])), kinds, absorbed, apart }
}

/** Tells sightings one batch after another. */
function told(batches: Sighting[][], apart: Known['apart'] = []) {
  let next = 0
  let known: Known = { ...NOBODY, apart }
  const all: Resolution[] = []
  for (const batch of batches) {
    const resolution = resolve(batch, known, () => ++next)
    known = after(known, resolution, apart)
    all.push(resolution)
  }
  return { all, last: all.at(-1) as Resolution, known, people: next }
}

describe('whom an event is about', () => {
  test('a device that was nobody follows whoever signs in on it, known or new', () => {
    expect(told([[seen('anonymous:a')], [seen('external:ann', 'anonymous:a')]])).toMatchObject({ people: 1 })
    const { last, people } = told([
      [seen('external:ann', 'anonymous:phone')],
      [seen('anonymous:laptop')],
      [seen('external:ann', 'anonymous:laptop')],
    ])
    expect(people).toBe(2)
    expect(last.joinings).toMatchObject([{ winner: 1, loser: 2, because: 'same_event', by: { kind: 'anonymous' } }])
    expect(last.customers).toEqual([1])
  })

  test('two people on one device stay two, without a word about it', () => {
    const { last, people } = told([
      [seen('external:ann', 'anonymous:pad')],
      [seen('external:ben', 'anonymous:pad')],
      [seen('anonymous:pad')],
    ])
    expect(people).toBe(2)
    expect(last).toMatchObject({ joinings: [], doubts: [], customers: [1] })
  })

  test('a guest known by an email alone becomes the customer who says it is theirs', () => {
    const { last } = told([[seen('email:a@b.c')], [seen('external:ann')], [seen('external:ann', 'email:a@b.c')]])
    expect(last.joinings).toMatchObject([{ winner: 2, loser: 1, because: 'same_event' }])
  })

  test('two known people who share an email stay two, and the doubt is told', () => {
    const { last } = told([
      [seen('external:ann', 'email:info@b.c')],
      [seen('external:ben')],
      [seen('external:ben', 'email:info@b.c')],
    ])
    expect(last).toMatchObject({ joinings: [], doubts: [{ a: 1, b: 2, reason: 'shared_id' }], customers: [2] })
  })

  test('a shared phone joins nobody who has an email of their own that was not named', () => {
    const { last } = told([[seen('email:ann@b.c', 'phone:+491')], [seen('email:ben@b.c')], [seen('email:ben@b.c', 'phone:+491')]])
    expect(last).toMatchObject({ joinings: [], doubts: [{ reason: 'shared_id' }] })
  })

  test('an alias of a sender who is believed joins two known people; one of a public page only its own devices', () => {
    const two = [[seen('external:old')], [seen('external:new')]]
    expect(told([...two, [alias('new', 'old')]]).last.joinings).toMatchObject([{ winner: 2, loser: 1, because: 'alias' }])
    expect(told([...two, [seen('external:new', 'anonymous:old')]]).last.joinings).toEqual([])
    expect(told([[seen('anonymous:dev')], [alias('new', 'dev')]])).toMatchObject({ people: 1 })
    // What comes late under the former id is theirs too.
    expect(told([[alias('new', 'old')], [seen('external:old')]])).toMatchObject({ people: 1, last: { customers: [1] } })
  })

  test('who was taken apart by a colleague is not joined again, only told of', () => {
    const batches = [[seen('external:ann')], [seen('anonymous:a')], [seen('external:ann', 'anonymous:a')]]
    expect(told(batches, [[1, 2]]).last).toMatchObject({ joinings: [], doubts: [{ a: 1, b: 2, reason: 'apart' }] })
  })

  test('nobody swallows everybody: beyond the bound devices stay apart, and it is told', () => {
    const devices = Array.from({ length: ABSORBED_MAX + 1 }, (_, i) => `anonymous:${i}`)
    const { known, last } = told([
      [seen('external:till')],
      ...devices.map(device => [seen(device)]),
      ...devices.map(device => [seen('external:till', device)]),
    ])
    expect(known.absorbed.get(1)).toBe(ABSORBED_MAX)
    expect(last.doubts).toMatchObject([{ reason: 'too_many' }])
  })
})

const anyId = fc.oneof(
  fc.constantFrom('anonymous:1', 'anonymous:2', 'anonymous:3', 'anonymous:4'),
  fc.constantFrom('external:1', 'external:2', 'email:1', 'email:2', 'phone:1'),
)
const anySighting = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(anyId, { minLength: 1, maxLength: 3 }).map(ids => seen(...ids)) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('1', '2'), fc.constantFrom('1', '2', '3')).map(([a, b]) => alias(a, b)) },
)

describe('any sightings', () => {
  test('are of the same people in one batch as in many', () => {
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 14 }), sightings => {
        const [whole, single] = [told([sightings]), told(sightings.map(one => [one]))]
        expect(whole.known).toEqual(single.known)
      }),
      { numRuns: 500 },
    )
  })

  test('never give an id to two, never join anybody twice, and every one joined stays reachable', () => {
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 20 }), sightings => {
        const { all, known } = told(sightings.map(one => [one]))
        const given = all.flatMap(({ identities }) => identities.map(identityKey))
        expect(new Set(given).size).toBe(given.length)
        const losers = all.flatMap(({ joinings }) => joinings.map(({ loser }) => loser))
        expect(new Set(losers).size).toBe(losers.length)
        for (const head of known.heads.values()) expect(known.heads.get(head) ?? head).toBe(head)
      }),
      { numRuns: 500 },
    )
  })

  test('a public page, which can name accounts and devices only, never makes one of two accounts', () => {
    const account = fc.constantFrom('external:1', 'external:2', 'external:3')
    const device = fc.constantFrom('anonymous:1', 'anonymous:2', 'external:1'.replace('external', 'anonymous'))
    const event = fc
      .tuple(fc.option(account, { nil: undefined }), fc.option(device, { nil: undefined }))
      .map(ids => ids.filter(one => one !== undefined))
      .filter(ids => ids.length > 0)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), events => {
        const { known } = told(events.map(ids => [seen(...ids)]))
        const heads = [1, 2, 3].flatMap(n => known.owners.get(`external:${n}`) ?? []).map(owner => known.heads.get(owner))
        expect(new Set(heads).size).toBe(heads.length)
      }),
      { numRuns: 500 },
    )
  })
})
