import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestStores, testStores } from '../platform/testing.ts'
import { flows, flowsByDay, inStageAt, span, writeMoves } from './history.ts'
import { type Model } from './model.ts'

const model: Model = { id: 'test', version: 1, name: 'Test', description: '', parameters: [], stages: [] }
const QUARTER_MS = 900_000
const HALF_HOUR_MS = 1_800_000
const DAY_MS = 86_400_000

let stores: TestStores
beforeAll(async () => {
  stores = await testStores()
})
afterAll(() => stores[Symbol.asyncDispose]())

type Told = { customerId: number; at: number; from: string; to: string; because: 'event'; facts: string; sign: 1 | -1 }

/** Customers with ways of their own through the stages, some of which were told wrongly at first and taken back. */
const moves = fc
  .array(
    fc.record({
      steps: fc.array(
        fc.record({
          quarters: fc.integer({ min: 1, max: 400 }),
          ms: fc.constantFrom(0, 1, QUARTER_MS - 1, 2 * QUARTER_MS - 1),
          to: fc.constantFrom('a', 'b', 'c'),
        }),
        { maxLength: 8 },
      ),
      wrongAt: fc.option(fc.integer({ min: 0, max: 7 })),
    }),
    { maxLength: 12 },
  )
  .map(customers =>
    customers.flatMap(({ steps, wrongAt }, i) => {
      // Some lie before 1970, where rounding functions go wrong.
      let [at, from] = [-50 * DAY_MS, 'outside']
      return steps.flatMap(({ quarters, ms, to }, k): Told[] => {
        at += quarters * QUARTER_MS
        if (to === from) return []
        const right: Told = { customerId: i + 1, at: at + ms, from, to, because: 'event', facts: '', sign: 1 }
        from = to
        const wrong: Told = { ...right, at: right.at - 1 }
        return k === wrongAt ? [wrong, { ...wrong, sign: -1 }, right] : [right]
      })
    }),
  )
const instant = fc
  .record({ quarters: fc.integer({ min: -49 * 96, max: 0 }), ms: fc.constantFrom(-1, -1, 0, 1, 7_777) })
  .map(({ quarters, ms }) => quarters * QUARTER_MS + ms)

/** The same answers, read move by move. */
function naive(told: readonly Told[], start: number, end: number) {
  const counts = new Map<string, { before: number; within: number }>()
  for (const move of told.filter(one => one.at <= end)) {
    const kind = counts.get(`${move.from} ${move.to}`) ?? { before: 0, within: 0 }
    kind[move.at <= start ? 'before' : 'within'] += move.sign
    counts.set(`${move.from} ${move.to}`, kind)
  }
  return [...counts].filter(([, { before, within }]) => before !== 0 || within !== 0).sort()
}

test('sums by days and half hours and the moves themselves give the same counts, at any instant', {
  timeout: 120_000,
}, async () => {
  const { history } = stores
  await fc.assert(
    fc.asyncProperty(moves, fc.tuple(instant, instant), async (told, bounds) => {
      const [start, end] = [Math.min(...bounds), Math.max(...bounds)]
      await history.command('truncate table move')
      await writeMoves(history, 1, 0, model, told)
      // Moves of a batch that was never settled are taken back, and with them their part of every sum.
      await writeMoves(history, 2, 0, model, told)
      await history.command('delete from move where batch = 2 settings lightweight_deletes_sync = 2')

      const found = await flows(history, model, start, end)
      expect(found.map(({ from, to, ...counts }) => [`${from} ${to}`, counts]).sort()).toEqual(naive(told, start, end))
      const days = await flowsByDay(history, model, start, end, 'Asia/Kathmandu')
      const total = told.filter(move => move.at <= end).reduce((sum, move) => sum + move.sign, 0)
      expect(days.reduce((sum, day) => sum + day.count, 0)).toBe(total)
      for (const stage of ['a', 'b', 'c'])
        expect(await inStageAt(history, model, stage, end, 0, 3)).toEqual(standing(told, stage, end).slice(0, 3))
      const instants = told
        .filter(
          move =>
            move.sign === 1 &&
            !told.some(other => other.sign === -1 && other.customerId === move.customerId && other.at === move.at),
        )
        .map(move => Math.floor(move.at / HALF_HOUR_MS) * HALF_HOUR_MS)
      const first = (await span(history, model, Date.parse('2100-01-01')))?.first ?? null
      expect(first).toBe(instants.length === 0 ? null : Math.min(...instants))
    }),
    { numRuns: 12 },
  )
})

function standing(told: readonly Told[], stage: string, at: number): { id: number; since: number }[] {
  const taken = new Set(told.filter(move => move.sign === -1).map(move => `${move.customerId} ${move.at}`))
  const held = told.filter(move => move.sign === 1 && move.at <= at && !taken.has(`${move.customerId} ${move.at}`))
  const last = new Map(held.map(move => [move.customerId, move]))
  return [...last].filter(([, move]) => move.to === stage).map(([id, move]) => ({ id, since: move.at }))
}

test('days begin where the company is, also where that is not at a full hour', async () => {
  const { history } = stores
  await history.command('truncate table move')
  // Midnight in Kathmandu is 18:15 in UTC.
  const midnight = Date.UTC(2025, 5, 9, 18, 15)
  const at = [midnight - 1, midnight, midnight + 1]
  await writeMoves(
    history,
    1,
    0,
    model,
    at.map((instant, i) => ({ customerId: i, at: instant, from: 'outside', to: 'a', because: 'event', facts: '', sign: 1 })),
  )
  const days = await flowsByDay(history, model, midnight - DAY_MS - 1, midnight + DAY_MS - 1, 'Asia/Kathmandu')
  expect(days.map(({ day, count }) => [day, count])).toEqual([
    ['2025-06-09', 1],
    ['2025-06-10', 2],
  ])
})

test('the sums, and not the moves, are read for a whole day', async () => {
  const { history } = stores
  await history.command('truncate table move')
  await writeMoves(history, 1, 0, model, [
    { customerId: 1, at: 5, from: 'outside', to: 'a', because: 'event', facts: '', sign: 1 },
  ])
  const explained = async (cellMs: number) => {
    const plan = await history.rows<{ explain: string }>(
      `explain select from_stage, sum(sign) from move where model_id = 'test' and model_version = 1
       and intDiv(toUnixTimestamp64Milli(at) + 2208988800000, ${cellMs}) < 5000000 group by from_stage`,
    )
    return plan.map(line => line.explain).join('\n')
  }
  expect(await explained(HALF_HOUR_MS)).toContain('by_half_hour')
  expect(await explained(DAY_MS)).toContain('by_day')
})
