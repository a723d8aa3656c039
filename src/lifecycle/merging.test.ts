import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { customerIdOf, directory } from '../customers/index.ts'
import { join, mergesOf, separate } from '../customers/merging/index.ts'
import { keepGroups } from '../customers/merging/store.ts'
import { lock } from '../customers/store.ts'
import { toLogEvent } from '../events/batch.ts'
import {
  accept,
  createSource,
  type Envelope,
  eventId,
  historiesOf,
  type Identity,
  retell,
  settleNext,
  startWorker,
  stopWorker,
  undoSource,
  type Worker,
} from '../events/index.ts'
import { handClock } from '../platform/clock.ts'
import { type TestStores, testStores } from '../platform/testing.ts'
import { compiled } from './compile.ts'
import { installModels, letTimePass, modelOf, movesBetween, onChanges, populationAt, standings, staysOf } from './index.ts'
import { fromScratch } from './jobs.ts'

const DAY = 86_400_000
const START = Date.parse('2025-01-01T12:00:00Z')
const SIGHT = { contact: true, money: true }

let stores: TestStores
let worker: Worker
let source: number
const clock = handClock(START + 400 * DAY)

beforeAll(async () => {
  stores = await testStores()
  await installModels(stores.db, START)
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [onChanges])
  source = await createSource(stores.db, 'tracking', 'shop', START)
})
afterAll(async () => {
  await stopWorker(worker)
  await stores[Symbol.asyncDispose]()
})

let messages = 0
const id = (text: string): Identity => {
  const [kind = '', value = ''] = text.split(':')
  return { kind, value }
}
const event = (day: number, ids: string[], fields: Partial<Envelope> = {}): Envelope => ({
  messageId: `merge ${messages++}`,
  identities: ids.map(id),
  name: 'Page Viewed',
  at: START + day * DAY,
  ...fields,
})
const order = (day: number, ids: string[], orderId: string): Envelope =>
  event(day, ids, { name: 'Order Completed', orderId, amount: 1000, currency: 'EUR' })

async function bring(envelopes: Envelope[], from = source) {
  await accept(stores.db, from, envelopes, clock.now())
  while ((await settleNext(worker)) > 0);
  while ((await letTimePass(worker)) > 0);
}
const idOf = (name: string) => customerIdOf(stores.db, name, true)

/** Everything that is told of one customer: events in their order, stage, stays. */
async function told(name: string) {
  const { db, history } = stores
  const customerId = await idOf(name)
  const model = await modelOf(db)
  const events = (await historiesOf(db, history, [customerId])).get(customerId) ?? []
  const standing = (await standings(db, history, model, [customerId], null)).get(customerId)
  const stays = await staysOf(history, model, customerId)
  const row = await db.selectFrom('customer').selectAll().where('id', '=', customerId).executeTakeFirstOrThrow()
  return {
    events: events.map(({ name: what, at, orderId }) => [what, at, orderId]),
    standing: standing && { ...standing, facts: { ...standing.facts, keys: '' } },
    stays: stays.items,
    seen: [row.first_seen_at, row.last_seen_at],
    traits: row.traits,
    email: row.email,
  }
}

/** The flow of the whole population, which has to balance whatever was joined. */
async function balance() {
  const { history, db } = stores
  const model = await modelOf(db)
  const [start, end] = [START - DAY, clock.now()]
  const [before, after, { between }] = [
    await populationAt(history, model, start),
    await populationAt(history, model, end),
    await flowOf(model, start, end),
  ]
  for (const stage of after.stages) {
    const was = before.stages.find(one => one.id === stage.id)?.count ?? 0
    expect(stage.count, stage.id).toBe(was + (between.get(stage.id) ?? 0))
  }
  return after.total
}
async function flowOf(model: Awaited<ReturnType<typeof modelOf>>, start: number, end: number) {
  const { moves } = await movesBetween(stores.history, model, { start, end })
  const between = new Map<string, number>()
  for (const { from, to, count } of moves) {
    if (from !== null) between.set(from, (between.get(from) ?? 0) - count)
    if (to !== null) between.set(to, (between.get(to) ?? 0) + count)
  }
  return { between }
}

test('a device that turns out to be somebody’s is told as theirs from its first page on, also what came before', async () => {
  await bring([order(10, ['external:ann'], 'A1'), event(2, ['anonymous:lap']), event(3, ['anonymous:lap'])])
  expect(await idOf('anonymous:lap')).not.toBe(await idOf('external:ann'))
  await bring([event(12, ['external:ann', 'anonymous:lap'])])
  expect(await idOf('anonymous:lap')).toBe(await idOf('external:ann'))
  const { events, seen } = await told('external:ann')
  expect(events.map(([, at]) => (Number(at) - START) / DAY)).toEqual([2, 3, 10, 12])
  expect(seen[0]).toEqual(new Date(START + 2 * DAY))
  await balance()
})

/** What one clean fold says of these events, had they always been of one person. */
async function asOne(envelopes: Envelope[]) {
  const events = envelopes.map(envelope =>
    toLogEvent({ customerId: 1, persona: 1, id: eventId(envelope.messageId), sourceId: 1, receivedAt: clock.now(), envelope }),
  )
  return fromScratch(compiled(await modelOf(stores.db)), events, clock.now())
}

const anyone = fc.constantFrom('anonymous:1', 'anonymous:2', 'external:1')
const anyEvent = fc.record({
  who: anyone,
  day: fc.integer({ min: 0, max: 300 }),
  order: fc.option(fc.constantFrom('X', 'Y', 'Z')),
})

test('however the joined were told, in whatever batches, they stand as if they had always been one', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 2, maxLength: 9 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }),
      async (events, cuts) => {
        run++
        const mine = (who: string) => `${who}-${run}`
        const both = [
          event(301, [mine('external:1'), mine('anonymous:1')]),
          event(302, [mine('external:1'), mine('anonymous:2')]),
        ]
        const queue = events.map(one =>
          one.order === null ? event(one.day, [mine(one.who)]) : order(one.day, [mine(one.who)], `${run}-${one.order}`),
        )
        for (const cut of cuts) queue.splice(Math.min(cut, queue.length), 0, ...both.splice(0, 1))
        queue.push(...both)
        const half = Math.ceil(queue.length / 2)
        await bring(queue.slice(0, half))
        await bring(queue.slice(half))
        const { standing, moves } = await asOne(queue)
        const joined = await told(mine('external:1'))
        expect(joined.standing).toEqual(standing && { ...standing, facts: { ...standing.facts, keys: '' } })
        expect(joined.stays.map(stay => [stay.stage, stay.from])).toEqual(
          moves.map(move => [move.to, new Date(move.at).toISOString()]),
        )
        expect(joined.events).toHaveLength(queue.length)
      },
    ),
    { numRuns: 12 },
  )
  await balance()
}, 60_000)

test('taken apart, everybody stands as if they had never been joined, and new events keep to their own', async () => {
  const ben = [order(10, ['external:ben'], 'B1'), order(40, ['external:ben'], 'B2')]
  const bea = [order(20, ['external:bea'], 'C1')]
  await bring([...ben, ...bea])
  const before = { ben: await told('external:ben'), bea: await told('external:bea') }
  const [benId, beaId] = [await idOf('external:ben'), await idOf('external:bea')]

  await join(worker, benId, beaId, 'ann')
  expect((await told('external:ben')).standing?.facts.orders).toBe(3)
  expect(await idOf(String(beaId))).toBe(benId)
  await balance()

  const { items } = await mergesOf(stores.db, benId, SIGHT)
  expect(items).toMatchObject([{ because: 'colleague', colleague: 'ann', undoneAt: null, other: { id: String(beaId) } }])
  await separate(worker, Number(items[0]?.id), 'ann')
  expect({ ben: await told('external:ben'), bea: await told('external:bea') }).toEqual(before)
  expect(await balance()).toBeGreaterThan(0)

  // Doing it twice does nothing, and nothing joins them again by itself.
  await separate(worker, Number(items[0]?.id), 'ann')
  await bring([event(50, ['external:bea'], { alsoKnownAs: [id('external:ben')] })])
  expect(await idOf('external:bea')).toBe(beaId)
  expect((await mergesOf(stores.db, beaId, SIGHT)).doubts).toMatchObject([{ reason: 'apart', customer: { id: String(benId) } }])
})

test('of a chain of joinings, the middle one taken back leaves the others', async () => {
  await bring([event(1, ['external:x']), event(1, ['external:y']), event(1, ['external:z'])])
  const [x, y, z] = [await idOf('external:x'), await idOf('external:y'), await idOf('external:z')]
  await join(worker, y, z, 'ann')
  await join(worker, x, y, 'ann')
  expect((await told('external:x')).events).toHaveLength(3)
  const merge = (await mergesOf(stores.db, x, SIGHT)).items.find(one => one.other.id === String(y))
  await separate(worker, Number(merge?.id), 'ann')
  expect((await told('external:x')).events).toHaveLength(1)
  expect((await told('external:z')).events).toHaveLength(2)
  expect(await idOf('external:z')).toBe(y)
})

test('the same message, sent before and after the joining, counts once', async () => {
  const page = event(5, ['anonymous:mob'])
  await bring([page, order(6, ['external:mo'], 'M1')])
  await bring([event(7, ['external:mo', 'anonymous:mob'])])
  await bring([page, { ...page, identities: [id('external:mo')] }])
  expect((await told('external:mo')).events).toHaveLength(3)
})

test('a file that is undone takes its events from the joined, and whoever it alone had made', async () => {
  const file = await createSource(stores.db, 'orders', 'file.csv', START)
  await bring([order(10, ['email:guest@b.c'], 'G1')], file)
  await bring([event(20, ['external:gus']), event(21, ['external:gus', 'email:guest@b.c'])])
  expect((await told('external:gus')).events).toHaveLength(3)
  await undoSource(worker, file, async () => {})
  expect((await told('external:gus')).events).toHaveLength(2)
  expect((await told('external:gus')).standing?.facts.orders).toBe(0)
  await balance()
})

test('who is taken apart while their event is being settled keeps that event', async () => {
  await bring([order(1, ['external:una'], 'U1'), order(1, ['external:uwe'], 'W1')])
  const [una, uwe] = [await idOf('external:una'), await idOf('external:uwe')]
  await join(worker, una, uwe, 'ann')
  await accept(stores.db, source, [order(5, ['external:uwe'], 'W2')], clock.now())
  let settling: Promise<number> | undefined
  await worker.writer.batch(clock.now(), async batch => {
    // A colleague's separation holds the one in front; the batch has seen who is read as whom, and waits.
    await lock(batch.tx, [una])
    settling = settleNext(worker)
    const waits = () => sql`select 1 from pg_locks where not granted`.execute(stores.db)
    await expect.poll(async () => (await waits()).rows.length).toBeGreaterThan(0)
    await sql`update customer_merge set undone_at = now(), undone_by = 'ann' where loser = ${uwe}`.execute(batch.tx)
    await keepGroups(
      batch.tx,
      new Map([
        [una, []],
        [uwe, []],
      ]),
    )
    await retell(worker, batch, [una, uwe])
  })
  await settling
  expect((await told('external:una')).events.map(([, , orderId]) => orderId)).toEqual(['U1'])
  expect((await told('external:uwe')).events.map(([, , orderId]) => orderId)).toEqual(['W1', 'W2'])
  expect((await told('external:uwe')).standing?.facts.orders).toBe(2)
})
