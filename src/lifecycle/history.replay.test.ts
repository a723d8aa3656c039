import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeEvents } from '../events/history.ts'
import { historiesOf, type LogEvent } from '../events/index.ts'
import { type TestStores, testStores } from '../platform/testing.ts'
import { type Move } from './advance.ts'
import { compile } from './compile.ts'
import { replay } from './history.replay.ts'
import { fromScratch } from './jobs.ts'
import { type Model } from './model.ts'

const DAY = 86_400_000
const START = Date.parse('2024-01-01T00:00:00Z')
const UNTIL = START + 500 * DAY

/** Asks for all that is read apart: money, properties, the order of two events at one instant, time. */
const asking: Model = {
  id: 'asking',
  version: 1,
  name: 'Asking',
  description: '',
  timeZone: 'Europe/Berlin',
  currency: 'EUR',
  parameters: [],
  facts: [
    { id: 'spent', name: 'spent', of: 'orders', take: { sum_within: 60, value: 'amount' } },
    { id: 'mood', name: 'mood', of: { events: ['Rated'] }, take: { latest: { property: 'score' } } },
    { id: 'read', name: 'read', of: { events: ['Opened'], where: [{ property: 'kind', is: ['news ünd'] }] }, take: 'count' },
    { id: 'active', name: 'active this week', of: 'anything', take: { active: 'this', by: 'week' } },
  ],
  stages: [
    { id: 'rich', name: 'Rich', super: 'loyalty', shown: 1, when: { fact: 'spent', is: 'at_least', value: 900 } },
    { id: 'glad', name: 'Glad', super: 'retention', shown: 2, when: { fact: 'mood', is: 'more_than', value: 2 } },
    {
      id: 'reader',
      name: 'Reader',
      super: 'retention',
      shown: 3,
      when: { all: [{ fact: 'read', is: 'at_least', value: 2 }, { yes: 'active' }] },
    },
    { id: 'late', name: 'Late', super: 'at_risk', shown: 4, when: { since: 'last_seen', is: 'more_than', days: 30 } },
    { id: 'known', name: 'Known', super: 'acquisition', shown: 5, when: { yes: 'identified' } },
  ],
}

let stores: TestStores
beforeAll(async () => {
  stores = await testStores()
})
afterAll(() => stores[Symbol.asyncDispose]())

const said = fc.record({
  customer: fc.integer({ min: 1, max: 30 }),
  day: fc.integer({ min: 0, max: 520 }),
  minute: fc.constantFrom(0, 0, 1, 700),
  order: fc.integer({ min: 1, max: 4 }),
  name: fc.constantFrom(
    'Order Completed',
    'Order Completed',
    'Order Refunded',
    'Order Updated',
    'Order Cancelled',
    'Opened',
    'Rated',
    'Viewed',
    'Trait Set',
  ),
  amount: fc.constantFrom(0, 500, 1000, null),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  kind: fc.constantFrom('news ünd', 'offer'),
  score: fc.constantFrom(1, 2, 3),
  identified: fc.boolean(),
})

test('the log read by columns and folded customer by customer says of everybody what their own history says', async () => {
  const [events] = fc.sample(fc.array(said, { minLength: 1_200, maxLength: 1_500, size: 'max' }), { numRuns: 1, seed: 7 })
  const log = (events ?? []).map(
    ({ customer, day, minute, order, name, amount, currency, kind, score, identified }): LogEvent => ({
      id: randomUUID(),
      customerId: customer,
      name,
      at: START + day * DAY + minute * 60_000,
      receivedAt: START,
      sourceId: name === 'Viewed' && day % 7 === 0 ? 9 : 1,
      identified,
      orderId: name.startsWith('Order') ? `ö-${customer}-${order}` : '',
      amount,
      currency,
      lines: [],
      traits: {},
      properties: name === 'Order Refunded' ? { refund_id: score } : { kind, score },
    }),
  )
  await writeEvents(stores.history, 1, log)
  const compiled = compile(asking)
  const moves = new Map<number, Omit<Move, 'facts'>[]>()
  const standings = new Map<number, unknown>()
  const told = await replay(stores.history, compiled, { after: 3, upTo: 28, undone: [9] }, UNTIL, {
    isWanted: id => id !== 20,
    move: (id, at, from, to, because) =>
      moves.set(id, [...(moves.get(id) ?? []), { at, from: compiled.nameOf(from), to: compiled.nameOf(to), because }]),
    end: (id, { standing }) => standings.set(id, standing),
  })
  const ids = Array.from({ length: 25 }, (_, i) => i + 4).filter(id => id !== 20)
  const histories = await historiesOf(stores.db, stores.history, ids)
  const isTold = (event: LogEvent) => event.sourceId !== 9
  expect([...standings.keys()]).toEqual(ids)
  expect(told).toBe(log.filter(one => ids.includes(one.customerId) && isTold(one)).length)
  for (const id of ids) {
    const clean = fromScratch(compiled, (histories.get(id) ?? []).filter(isTold), UNTIL)
    expect(moves.get(id)).toEqual(clean.moves.map(({ at, from, to, because }) => ({ at, from, to, because })))
    // Keys are in the order in which orders were heard of, which at one instant is nobody's business.
    expect({ ...(standings.get(id) as object), facts: null }).toEqual({ ...clean.standing, facts: null })
    const factsOf = (standing: unknown) => ({ ...(standing as { facts: object }).facts, keys: '' })
    expect(factsOf(standings.get(id))).toEqual(factsOf(clean.standing))
  }
})
