import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byCommandLine } from '../../access/index.ts'
import { foundCompany } from '../../company/index.ts'
import { directory } from '../../customers/index.ts'
import {
  accept,
  createSource,
  type Envelope,
  historiesOf,
  settleNext,
  startWorker,
  stopWorker,
  undoSource,
  type Worker,
} from '../../events/index.ts'
import { handClock } from '../../platform/clock.ts'
import { doNext, type Handlers } from '../../platform/jobs/index.ts'
import { type TestStores, testStores } from '../../platform/testing.ts'
import { compiled } from '../compile.ts'
import { movesOf } from '../history.ts'
import { installModels, letTimePass, modelOf, movesBetween, onChanges, populationAt } from '../index.ts'
import { fromScratch } from '../jobs.ts'
import { standingsOf } from '../store.ts'
import { makePrimary, modelJobs, readyView, switchOff, switchOn } from './index.ts'

const DAY = 86_400_000
const START = Date.parse('2025-01-01T12:00:00Z')
const MODEL = 'new-repeat-loyal'
const PEOPLE = 14

let stores: TestStores
let worker: Worker
let source: number
const clock = handClock(START + 300 * DAY)
const act = () => byCommandLine(clock.now())

beforeAll(async () => {
  stores = await testStores()
  await foundCompany(stores.db, { name: 'Tea', timeZone: 'Europe/Berlin', currency: 'EUR' }, act())
  await installModels(stores.db, START)
  worker = await startWorker(stores.db, stores.history, clock, 'test', randomUUID(), directory, [onChanges])
  source = await createSource(stores.db, 'orders', 'orders.csv', START)
})
afterAll(async () => {
  await stopWorker(worker)
  await stores[Symbol.asyncDispose]()
})

let messages = 0
const order = (customer: string, day: number, fields: Partial<Envelope> = {}): Envelope => ({
  messageId: `m ${messages++}`,
  identities: [{ kind: 'external', value: customer }],
  name: 'Order Completed',
  at: START + day * DAY,
  orderId: `${customer}-${day}`,
  amount: 1000,
  currency: 'EUR',
  ...fields,
})
async function bring(envelopes: Envelope[], from = source) {
  await accept(stores.db, from, envelopes, clock.now())
  while ((await settleNext(worker)) > 0);
  while ((await letTimePass(worker)) > 0);
}

/** Does the jobs there are; `stopAfter`: as when the process ends after so many steps. */
async function doJobs(stopAfter = Number.POSITIVE_INFINITY) {
  const stop = new AbortController()
  let steps = 0
  const handlers: Handlers = Object.fromEntries(
    Object.entries(modelJobs(worker, 4)).map(([kind, handler]) => [
      kind,
      {
        ...handler,
        run: job =>
          handler.run({
            ...job,
            signal: stop.signal,
            step: async (db, step) => {
              if (++steps > stopAfter) stop.abort()
              await job.step(db, step)
            },
          }),
      },
    ]),
  )
  const options = { db: stores.db, handlers, owner: worker.id, clock, signal: stop.signal, pause: async () => {} }
  while (!stop.signal.aborted && (await doNext(options)));
}

/** Everybody stands, and moved, as their own history says. */
async function expectTold(id: string) {
  const { db, history } = stores
  const model = await modelOf(db, id)
  const customers = (await db.selectFrom('customer').select('id').where('merged_into', 'is', null).execute()).map(row => row.id)
  const [histories, standings, moves] = [
    await historiesOf(db, history, customers),
    await standingsOf(db, model, customers),
    await movesOf(history, model, customers),
  ]
  for (const customer of customers) {
    const clean = fromScratch(compiled(model), histories.get(customer) ?? [], clock.now())
    const standing = standings.get(customer) ?? null
    expect([customer, standing?.stage, standing?.since, standing?.nextChangeAt]).toEqual([
      customer,
      clean.standing?.stage,
      clean.standing?.since,
      clean.standing?.nextChangeAt,
    ])
    expect((moves.get(customer) ?? []).map(({ at, from, to, because }) => [at, from, to, because])).toEqual(
      clean.moves.map(({ at, from, to, because }) => [at, from, to, because]),
    )
  }
  const { total, unassigned } = await populationAt(history, model, clock.now())
  expect([total, unassigned]).toEqual([standings.size, 0])
  const { stages } = await movesBetween(history, model, { start: START, end: clock.now() })
  const shown = (await populationAt(history, model, clock.now())).stages
  for (const stage of shown) expect(stages.find(one => one.id === stage.id)?.end).toBe(stage.count)
  return customers.length
}

test('switched on among events, interrupted and gone on with, a model says of everybody what it would have said from the first day on', async () => {
  const { db } = stores
  const wrong = await createSource(db, 'orders', 'wrong.csv', START)
  await bring(
    Array.from({ length: PEOPLE }, (_, i) => [0, 20, 70, 150].slice(0, 1 + (i % 4)).map(day => order(`c${i}`, day + i))).flat(),
  )
  await bring([order('c1', 200, { name: 'Order Refunded', orderId: 'c1-1' })])
  await bring([order('c2', 5), order('x', 9)], wrong)
  // One who was two: known by a device first.
  await bring([order('', 3, { identities: [{ kind: 'anonymous', value: 'd1' }], orderId: 'd-1' })])
  await bring([
    order('', 30, {
      identities: [
        { kind: 'external', value: 'c3' },
        { kind: 'anonymous', value: 'd1' },
      ],
      name: 'Identified',
      orderId: '',
    }),
  ])
  await undoSource(worker, wrong, async () => {})

  await switchOn(db, act(), MODEL)
  expect((await readyView(db, MODEL, clock.now())).state).toBe('preparing')
  for (let round = 0; (await readyView(db, MODEL, clock.now())).state !== 'live'; round++) {
    await doJobs(2)
    clock.forward(DAY)
    // Of new people, of old ones told and not told yet, late and refunding; and time passes.
    await bring([
      order(`new${round}`, 280 + round),
      order(`c${(round * 5) % PEOPLE}`, 290 + round),
      order(`c${(round * 7) % PEOPLE}`, 10),
      order(`c${(round * 3) % PEOPLE}`, 285, {
        name: 'Order Refunded',
        orderId: `c${(round * 3) % PEOPLE}-${(round * 3) % PEOPLE}`,
      }),
    ])
    expect(round).toBeLessThan(40)
  }
  expect(await expectTold(MODEL)).toBeGreaterThan(PEOPLE + 3)

  // It is live: it goes on with what comes, and with time.
  clock.forward(100 * DAY)
  await bring([order('c5', 390)])
  await expectTold(MODEL)
  await expectTold('reach-to-loyalty')
})

test('switched off, nothing of it is left and it hears of nothing; switched on again it knows what it missed', async () => {
  const { db, history } = stores
  await switchOff(db, act(), MODEL)
  await bring([order('c6', 395)])
  expect((await readyView(db, MODEL, clock.now())).progress).not.toBeNull()
  await expect(switchOn(db, act(), MODEL)).rejects.toMatchObject({ code: 'lifecycle.model_busy' })
  await doJobs()
  const left = await sql<{ n: number }>`select count(*)::int as n from customer_stage where model_id = ${MODEL}`.execute(db)
  expect(left.rows[0]?.n).toBe(0)
  expect(await history.rows(`select 1 from move where model_id = '${MODEL}' limit 1`)).toEqual([])
  await expect(modelOf(db, MODEL)).rejects.toMatchObject({ code: 'lifecycle.model_not_found' })
  clock.forward(30 * DAY)
  await bring([])
  await switchOn(db, act(), MODEL)
  await doJobs()
  await expectTold(MODEL)
})

test('given up on the way, it is off and leaves nothing; the primary one stays; another one can be made primary', async () => {
  const { db, history } = stores
  await switchOn(db, act(), 'order-count')
  await doJobs(3)
  expect((await readyView(db, 'order-count', clock.now())).state).toBe('building')
  await expect(makePrimary(db, act(), 'order-count')).rejects.toMatchObject({ code: 'lifecycle.model_not_live' })
  await switchOff(db, act(), 'order-count')
  await doJobs()
  expect(await readyView(db, 'order-count', clock.now())).toMatchObject({ state: 'off', progress: null, trouble: null })
  expect(await history.rows("select 1 from move where model_id = 'order-count' limit 1")).toEqual([])

  await expect(switchOff(db, act(), 'reach-to-loyalty')).rejects.toMatchObject({ code: 'lifecycle.model_is_primary' })
  await makePrimary(db, act(), MODEL)
  expect((await modelOf(db)).id).toBe(MODEL)
  await switchOff(db, act(), 'reach-to-loyalty')
  await doJobs()
  await installModels(db, clock.now())
  expect((await readyView(db, 'reach-to-loyalty', clock.now())).state).toBe('off')
  await expectTold(MODEL)
  await expect(switchOn(db, act(), 'nowhere')).rejects.toMatchObject({ code: 'lifecycle.model_not_found' })
})
