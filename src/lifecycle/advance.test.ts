import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTime } from '../events/contract.ts'
import { advance, type Move, type Standing, wakesAt } from './advance.ts'
import { compile } from './compile.ts'
import { type FactEvent } from './facts.ts'
import { type Model, OUTSIDE, model as shape, UNASSIGNED } from './model.ts'

const DAY = 86_400_000
const ready = compile(
  shape.parse(JSON.parse(readFileSync(new URL('../../models/reach-to-loyalty.json', import.meta.url), 'utf8'))),
)

/** A second model with what the ready one does not use: the previous stage, no stage for some, a gap below which nobody counts. */
const winBack: Model = {
  id: 'win-back',
  version: 1,
  name: 'Win-back',
  description: '',
  parameters: [],
  stages: [
    { id: 'gone', name: 'Gone', super: 'lapsed', shown: 3, when: { since: 'last_order', is: 'at_least', days: 40 } },
    {
      id: 'back',
      name: 'Back',
      super: 'retention',
      shown: 2,
      when: {
        all: [
          { any: [{ previous_stage: ['gone'] }, { previous_stage: ['back'] }] },
          { since: 'last_order', is: 'less_than', days: 10 },
        ],
      },
    },
    { id: 'buyer', name: 'Buyer', super: 'conversion', shown: 1, when: { not: { fact: 'orders', is: 'less_than', value: 1 } } },
  ],
}
const models = [ready, compile(winBack)]

const event = fc.record({
  day: fc.integer({ min: 0, max: 900 }),
  minute: fc.constantFrom(0, 0, 0, 1, 720),
  order: fc.integer({ min: 1, max: 8 }),
  name: fc.constantFrom(
    'Order Completed',
    'Order Completed',
    'Order Completed',
    'Order Refunded',
    'Order Cancelled',
    'Order Updated',
    'Page Viewed',
    'Identified',
  ),
  amount: fc.constantFrom(0, 500, 1000, null),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
})
const history = fc.array(event, { maxLength: 14 }).map(events =>
  events.map(
    ({ day, minute, order, name, amount, currency }, i): FactEvent => ({
      id: String(i).padStart(3, '0'),
      name,
      at: day * DAY + minute * 60_000 + 1,
      receivedAt: i,
      orderId: name.startsWith('Order') ? `order-${order}` : '',
      amount,
      currency,
      identifies: name === 'Identified',
    }),
  ),
)

const isChange = (one: FactEvent) => one.name === 'Order Updated'
const byCurrency = (a: FactEvent, b: FactEvent) => (a.currency < b.currency ? -1 : 1)

/** What a careful person would say: read every event up to `at` anew, count on fingers, try the stages in order. */
function naiveFacts(events: FactEvent[], at: number) {
  const heard = events.filter(one => one.at <= at).sort(inTime)
  const orders = [...new Set(heard.filter(one => one.orderId !== '').map(one => one.orderId))].map(id => {
    const about = heard.filter(one => one.orderId === id)
    const told = about.filter(one => one.name === 'Order Completed' || one.name === 'Order Updated')
    // The same sum at the same instant is one refund sent twice.
    const refunds = [
      ...new Map(
        about.filter(one => one.name === 'Order Refunded').map(one => [`${one.at} ${one.amount} ${one.currency}`, one]),
      ).values(),
    ]
    const isVoid = about.some(one => one.name === 'Order Cancelled') || refunds.some(one => one.amount === null)
    const worth = told
      .filter(one => one.amount !== null)
      .sort(
        (a, b) =>
          a.at - b.at || Number(isChange(a)) - Number(isChange(b)) || (a.amount ?? 0) - (b.amount ?? 0) || byCurrency(a, b),
      )
      .at(-1)
    const paidBack = refunds.filter(one => one.currency === worth?.currency)
    const left = worth === undefined ? null : (worth.amount ?? 0) - paidBack.reduce((sum, one) => sum + (one.amount ?? 0), 0)
    return { at: told[0]?.at ?? null, counts: told.length > 0 && !isVoid && (left === null || left > 0) }
  })
  const times = orders.flatMap(order => (order.counts && order.at !== null ? [order.at] : [])).sort((a, b) => a - b)
  return { heard, times, identified: heard.some(one => one.identifies) }
}

const naiveReady = (events: FactEvent[], at: number): string => {
  const { heard, times, identified } = naiveFacts(events, at)
  if (heard.length === 0) return OUTSIDE
  const last = times.at(-1)
  if (last !== undefined) {
    const gap = times.length >= 3 ? (last - (times[0] ?? 0)) / (times.length - 1) / DAY : null
    const silent = at - last
    if (silent >= Math.round(Math.min(Math.max(gap === null ? 365 : 4 * gap, 180), 540) * DAY)) return 'lapsed'
    if (silent >= Math.round(Math.min(Math.max(gap === null ? 90 : 2 * gap, 30), 180) * DAY)) return 'at_risk'
  }
  if (times.length >= 4) return 'loyalty'
  if (times.length >= 2) return 'retention'
  if (times.length === 1) return 'conversion'
  return identified ? 'acquisition' : 'reach'
}

const stageIn = (moves: Move[], at: number) => moves.findLast(move => move.at <= at)?.to ?? OUTSIDE
const UNTIL = 1600 * DAY

test('the engine stands everyone where a naive reading does, at every instant that matters', () => {
  fc.assert(
    fc.property(history, events => {
      const { moves } =
        advance(ready, null, [...events].sort(inTime), UNTIL) ?? expect.fail('a whole history is always understood')
      const instants = new Set(
        [0, UNTIL, ...events.map(one => one.at), ...moves.map(move => move.at)].flatMap(at => [
          at - 1,
          at,
          at + 1,
          at + 30 * DAY,
        ]),
      )
      for (const at of instants)
        if (at >= 0 && at <= UNTIL) expect([at, stageIn(moves, at)]).toEqual([at, naiveReady(events, at)])
    }),
    { numRuns: 1500 },
  )
})

test('continuing live, wake-up by wake-up and in any order of arrival, ends where one clean replay ends', () => {
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.integer({ min: 0, max: 40 })), fc.boolean(), (events, waits, inOrder) => {
      for (const compiled of models) {
        let standing: Standing | null = null
        let moves: Move[] = []
        const known: FactEvent[] = []
        let now = inOrder ? 0 : 700 * DAY
        const live = (fresh: FactEvent[]) => {
          const step = advance(compiled, standing, fresh, now)
          if (step !== null) {
            moves = [...moves, ...step.moves]
            standing = step.standing
          } else {
            const again = advance(compiled, null, [...known].sort(inTime), now) ?? expect.fail()
            moves = again.moves
            standing = again.standing
          }
        }
        for (const one of inOrder ? [...events].sort(inTime) : events) {
          if (inOrder) now = Math.max(now, one.at)
          known.push(one)
          live([one])
          now += (waits.next().value as number) * DAY
          for (
            let wake = standing === null ? null : wakesAt(standing);
            wake !== null && wake <= now;
            wake = standing === null ? null : wakesAt(standing)
          )
            live([])
        }
        now = UNTIL
        live([])
        const clean = advance(compiled, null, [...events].sort(inTime), UNTIL) ?? expect.fail()
        expect({ moves, standing }).toEqual(clean)
      }
    }),
    { numRuns: 800 },
  )
})

test('moves chain: each begins where the last one ended, never twice at one instant, and the first comes from outside', () => {
  fc.assert(
    fc.property(history, events => {
      for (const compiled of models) {
        const { moves } = advance(compiled, null, [...events].sort(inTime), UNTIL) ?? expect.fail()
        moves.forEach((move, i) => {
          expect(move.from).toBe(moves[i - 1]?.to ?? OUTSIDE)
          expect(move.to).not.toBe(move.from)
          expect(move.at).toBeGreaterThan(moves[i - 1]?.at ?? -1)
          expect([...compiled.model.stages.map(stage => stage.id), UNASSIGNED]).toContain(move.to)
        })
      }
    }),
  )
})

test('an event dated in the future counts when its time has come, not before', () => {
  const order: FactEvent = {
    id: '1',
    name: 'Order Completed',
    at: 10 * DAY,
    receivedAt: 0,
    orderId: 'a',
    amount: 100,
    currency: 'EUR',
    identifies: true,
  }
  const early = advance(ready, null, [order], 5 * DAY)
  expect(early?.moves).toEqual([])
  expect(early?.standing && wakesAt(early.standing)).toBe(10 * DAY)
  expect(advance(ready, early?.standing ?? null, [], 11 * DAY)).toBeNull()
  expect(advance(ready, null, [order], 11 * DAY)?.standing?.stage).toBe('conversion')
})
