import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { directory } from '../customers/index.ts'
import { writeEvents } from '../events/history.ts'
import {
  accept,
  beat,
  createSource,
  type Envelope,
  Fenced,
  historiesOf,
  type LogEvent,
  LogWriter,
  settleNext,
  startWorker,
  stopWorker,
  undoSource,
  type Worker,
} from '../events/index.ts'
import { handClock } from '../platform/clock.ts'
import { type TestStores, testStores } from '../platform/testing.ts'
import { compiled } from './compile.ts'
import {
  customersInStage,
  explainCustomer,
  installModels,
  letTimePass,
  modelOf,
  movesBetween,
  onChanges,
  populationAt,
  populationOver,
  standings,
  staysOf,
} from './index.ts'
import { fromScratch } from './jobs.ts'

const DAY = 86_400_000
const START = Date.parse('2025-01-01T12:00:00Z')

let stores: TestStores
let worker: Worker
let source: number
const clock = handClock(START)

beforeAll(async () => {
  stores = await testStores()
  await installModels(stores.db, START)
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [onChanges])
  source = await createSource(stores.db, 'orders', 'orders.csv', START)
})
afterAll(async () => {
  await stopWorker(worker)
  await stores[Symbol.asyncDispose]()
})

const order = (customer: string, day: number, fields: Partial<Envelope> = {}): Envelope => ({
  messageId: `${customer} ${day} ${fields.name ?? ''} ${fields.orderId ?? ''}`,
  identities: [{ kind: 'external', value: customer }],
  name: 'Order Completed',
  at: START + day * DAY,
  orderId: `${customer}-${day}`,
  amount: 1000,
  currency: 'EUR',
  ...fields,
})

const settle = async () => {
  while ((await settleNext(worker)) > 0);
  while ((await letTimePass(worker)) > 0);
}
const bring = async (envelopes: Envelope[], from = source) => {
  await accept(stores.db, from, envelopes, clock.now())
  await settle()
}
const idOf = async (customer: string) =>
  (
    await stores.db
      .selectFrom('identity')
      .select('customer_id')
      .where('kind', '=', 'external')
      .where('value', '=', customer)
      .executeTakeFirstOrThrow()
  ).customer_id
const stageOf = async (customer: string) => {
  const id = await idOf(customer)
  return (await standings(stores.db, stores.history, await modelOf(stores.db), [id], null)).get(id)?.stage
}

test('an order moves the stage, and time moves it on by itself at the exact instant', async () => {
  clock.set(START)
  await bring([order('ann', 0)])
  expect(await stageOf('ann')).toBe('conversion')
  clock.set(START + 90 * DAY - 1)
  await settle()
  expect(await stageOf('ann')).toBe('conversion')
  clock.set(START + 90 * DAY)
  await settle()
  expect(await stageOf('ann')).toBe('at_risk')
  const model = await modelOf(stores.db)
  expect(
    (await staysOf(stores.history, model, await idOf('ann'))).items.map(stay => [stay.stage, stay.from, stay.because]),
  ).toEqual([
    ['conversion', '2025-01-01T12:00:00.000Z', 'event'],
    ['at_risk', '2025-04-01T12:00:00.000Z', 'clock'],
  ])
})

test('the same message again changes nothing, also long after', async () => {
  const before = await historiesOf(stores.db, stores.history, [await idOf('ann')])
  await bring([order('ann', 0), order('ann', 0)])
  // A sender that tries again may give the message another time.
  await bring([{ ...order('ann', 0), at: clock.now() }])
  expect(await historiesOf(stores.db, stores.history, [await idOf('ann')])).toEqual(before)
})

test('a late order rewrites the past: the moves that never happened are taken back, and the flow still balances', async () => {
  clock.set(START + 120 * DAY)
  await bring([order('bob', 0), order('bob', 10)])
  await bring([order('bob', 100)])
  await bring([order('bob', 60)])
  const model = await modelOf(stores.db)
  const id = await idOf('bob')
  const events = (await historiesOf(stores.db, stores.history, [id])).get(id) ?? []
  const clean = fromScratch(compiled(model), events, clock.now())
  expect((await staysOf(stores.history, model, id)).items.map(stay => [stay.stage, Date.parse(stay.from)])).toEqual(
    clean.moves.map(move => [move.to, move.at]),
  )
  expect((await standings(stores.db, stores.history, model, [id], null)).get(id)).toEqual(clean.standing)
})

test('a full refund takes the order back from its day on, and not before', async () => {
  clock.set(START + 200 * DAY)
  await bring([order('cyd', 190), order('cyd', 195, { name: 'Order Refunded', orderId: 'cyd-190', amount: 1000 })])
  const model = await modelOf(stores.db)
  const id = await idOf('cyd')
  expect((await standings(stores.db, stores.history, model, [id], START + 194 * DAY)).get(id)?.stage).toBe('conversion')
  expect(await stageOf('cyd')).toBe('acquisition')
})

test('live, the map at any instant and an explanation agree', async () => {
  const model = await modelOf(stores.db)
  const live = await stores.db
    .selectFrom('customer_stage')
    .select(({ fn }) => ['stage', fn.countAll<number>().as('n')])
    .groupBy('stage')
    .execute()
  const map = await populationAt(stores.history, model, clock.now())
  expect(Object.fromEntries(map.stages.filter(stage => stage.count > 0).map(stage => [stage.id, stage.count]))).toEqual(
    Object.fromEntries(live.map(row => [row.stage, Number(row.n)])),
  )
  const risky = await customersInStage(stores.db, stores.history, model, 'at_risk', null, null, 100)
  const paged: typeof risky = []
  for (
    let page = risky.slice(0, 1);
    page.length > 0;
    page = await customersInStage(stores.db, stores.history, model, 'at_risk', null, page.at(-1) ?? null, 1)
  )
    paged.push(...page)
  expect(paged).toEqual(risky)
  for (const at of [START + 5 * DAY, START + 95 * DAY, START + 193 * DAY]) {
    for (const stage of (await populationAt(stores.history, model, at)).stages) {
      const there = await customersInStage(stores.db, stores.history, model, stage.id, at, null, 100)
      expect(there.length).toBe(stage.count)
      for (const { id, since } of there) {
        const explanation = await explainCustomer(stores.db, stores.history, model, id, at, 'Europe/Berlin')
        expect([explanation.stage?.id, Date.parse(explanation.since ?? '')]).toEqual([stage.id, since])
        expect(explanation.tried.map(tried => tried.holds)).toEqual([...explanation.tried.slice(1).map(() => false), true])
      }
    }
  }
})

test('the flow balances for every stage and period, and the curve ends where the map stands', async () => {
  const model = await modelOf(stores.db)
  const end = clock.now()
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -3, max: 200 }), fc.integer({ min: 0, max: 200 }), async (from, length) => {
      const period = { start: START + from * DAY, end: Math.min(end, START + (from + length) * DAY) }
      const [before, after, between] = await Promise.all([
        populationAt(stores.history, model, period.start),
        populationAt(stores.history, model, period.end),
        movesBetween(stores.history, model, period),
      ])
      for (const stage of between.stages.filter(one => one.id !== 'unassigned')) {
        expect(stage.end).toBe(stage.start + stage.entries - stage.exits)
        expect(stage.start).toBe(before.stages.find(one => one.id === stage.id)?.count)
        expect(stage.end).toBe(after.stages.find(one => one.id === stage.id)?.count)
      }
    }),
    { numRuns: 25 },
  )
  const over = await populationOver(stores.history, model, { start: START - DAY, end }, 'week', 'Europe/Berlin')
  for (const point of over.points) {
    const map = await populationAt(stores.history, model, Date.parse(point.at))
    expect([point.day, ...point.counts]).toEqual([point.day, ...map.stages.map(stage => stage.count)])
  }
})

test('undoing a source leaves no trace of it, and lets everyone else stand as if it had never come', async () => {
  const model = await modelOf(stores.db)
  const before = await populationAt(stores.history, model, clock.now())
  const id = await idOf('ann')
  const annBefore = (await standings(stores.db, stores.history, model, [id], null)).get(id)
  const other = await createSource(stores.db, 'orders', 'second.csv', clock.now())
  await bring(
    [order('dan', 0, { messageId: 'dan' }), order('ann', 20, { messageId: 'ann again' }), order('eve', 3, { messageId: 'eve' })],
    other,
  )
  expect((await populationAt(stores.history, model, clock.now())).total).toBe(before.total + 2)
  await undoSource(worker, other, async () => {})
  expect({ ...(await populationAt(stores.history, model, clock.now())), at: '' }).toEqual({ ...before, at: '' })
  expect((await standings(stores.db, stores.history, model, [id], null)).get(id)).toEqual(annBefore)
  await expect(idOf('dan')).rejects.toThrow()
  await bring([order('dan', 0, { messageId: 'dan' })], await createSource(stores.db, 'orders', 'third.csv', clock.now()))
  expect(await stageOf('dan')).toBe('at_risk')
})

test('what a failed batch wrote to the log is gone, and its inbox rows are settled the next time', async () => {
  const model = await modelOf(stores.db)
  const broken: Worker = { ...worker, listeners: [onChanges, () => Promise.reject(new Error('the disk is full'))] }
  await accept(stores.db, source, [order('fay', 150)], clock.now())
  const before = await populationAt(stores.history, model, clock.now())
  await expect(settleNext(broken)).rejects.toThrow('the disk is full')
  expect(await populationAt(stores.history, model, clock.now())).toEqual(before)
  await settle()
  expect((await populationAt(stores.history, model, clock.now())).total).toBe(before.total + 1)
  const id = await idOf('fay')
  expect((await historiesOf(stores.db, stores.history, [id])).get(id)?.length).toBe(1)
})

test('a worker that was declared dead can settle nothing more', async () => {
  await stores.db.deleteFrom('worker').execute()
  const model = await modelOf(stores.db)
  const before = await populationAt(stores.history, model, clock.now())
  await expect(worker.writer.batch(clock.now(), batch => writeEvents(batch.history, batch.number, [ghost]))).rejects.toThrow(
    Fenced,
  )
  await accept(stores.db, source, [order('gil', 150)], clock.now())
  expect(await settleNext(worker)).toBe(0)
  expect(await populationAt(stores.history, model, clock.now())).toEqual(before)
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [onChanges])
  await settle()
  expect((await populationAt(stores.history, model, clock.now())).total).toBe(before.total + 1)
})

test('a batch whose commit went through stays in the log, also when the answer to the commit was lost', async () => {
  let isLost = false
  const losing = new Proxy(stores.db, {
    get(db, name) {
      if (name !== 'transaction' || isLost) return Reflect.get(db, name).bind(db)
      return () => ({
        execute: async (work: Parameters<ReturnType<typeof db.transaction>['execute']>[0]) => {
          isLost = true
          await db.transaction().execute(work)
          throw new Error('the connection was cut')
        },
      })
    },
  })
  await accept(stores.db, source, [order('hal', 150)], clock.now())
  const writer = new LogWriter(losing, stores.history, worker.id)
  await expect(settleNext({ ...worker, writer })).rejects.toThrow('the connection was cut')
  await settle()
  const id = await idOf('hal')
  expect((await historiesOf(stores.db, stores.history, [id])).get(id)?.length).toBe(1)
  expect((await staysOf(stores.history, await modelOf(stores.db), id)).items.length).toBeGreaterThan(0)
})

test('what a process wrote to the log before it died, without settling it, is taken back at the next start', async () => {
  const { id: batch } = await stores.db
    .insertInto('log_batch')
    .values({ worker: randomUUID() })
    .returning('id')
    .executeTakeFirstOrThrow()
  await writeEvents(stores.history, batch, [ghost])
  expect((await historiesOf(stores.db, stores.history, [ghost.customerId])).size).toBe(1)
  await startWorker(stores.db, stores.history, clock, 'elsewhere', randomUUID(), directory, [])
  expect((await historiesOf(stores.db, stores.history, [ghost.customerId])).size).toBe(0)
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [onChanges])
  await stores.db.deleteFrom('worker').where('home', '=', 'elsewhere').execute()
  await beat(stores.db, stores.history, clock, worker.id)
})

const ghost: LogEvent = {
  id: randomUUID(),
  customerId: 999_999,
  name: 'Order Completed',
  at: START,
  receivedAt: START,
  sourceId: 1,
  identified: true,
  orderId: 'ghost',
  amount: 1,
  currency: 'EUR',
  lines: [],
  traits: {},
  properties: {},
}

test('any events in any order of arrival and any batches lead to the same stages and moves as one clean replay', async () => {
  const event = fc.record({
    customer: fc.integer({ min: 1, max: 3 }),
    day: fc.integer({ min: 0, max: 600 }),
    order: fc.integer({ min: 1, max: 4 }),
    name: fc.constantFrom('Order Completed', 'Order Completed', 'Order Refunded', 'Order Cancelled'),
    batch: fc.integer({ min: 0, max: 3 }),
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async events => {
      run += 1
      clock.set(START + 300 * DAY)
      const envelopes = events.map(one =>
        order(`p${run}-${one.customer}`, one.day, {
          name: one.name,
          orderId: `p${run}-${one.customer}-${one.order}`,
          messageId: `p${run} ${JSON.stringify({ ...one, batch: 0 })}`,
        }),
      )
      for (const batch of [0, 1, 2, 3]) {
        await accept(
          stores.db,
          source,
          envelopes.filter((_, i) => events[i]?.batch === batch),
          clock.now(),
        )
        await settle()
        clock.forward(40 * DAY)
        await settle()
      }
      const model = await modelOf(stores.db)
      for (const customer of new Set(events.map(one => `p${run}-${one.customer}`))) {
        const id = await idOf(customer)
        const known = (await historiesOf(stores.db, stores.history, [id])).get(id) ?? []
        const clean = fromScratch(compiled(model), known, clock.now())
        expect(
          (await staysOf(stores.history, model, id)).items.map(stay => [stay.stage, Date.parse(stay.from), stay.because]),
        ).toEqual(clean.moves.map(move => [move.to, move.at, move.because]))
      }
    }),
    { numRuns: 12 },
  )
}, 60_000)
