import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTime } from '../events/contract.ts'
import { advance, type Move, type Standing, wakesAt } from './advance.ts'
import { compile } from './compile.ts'
import { type FactEvent } from './facts.ts'
import { type Condition, type Fact, flaws, type Model, OUTSIDE, model as shape } from './model.ts'
import { stageNaively } from './testing.naive.ts'

const DAY = 86_400_000
const UNTIL = 900 * DAY

const event = fc.record({
  day: fc.integer({ min: 0, max: 400 }),
  minute: fc.constantFrom(0, 0, 1, 720, 1_380),
  order: fc.integer({ min: 1, max: 8 }),
  name: fc.constantFrom(
    'Order Completed',
    'Order Completed',
    'Order Completed',
    'Order Refunded',
    'Order Updated',
    'Opened',
    'Opened',
    'Trait Set',
  ),
  amount: fc.constantFrom(0, 500, 1000, null),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  kind: fc.constantFrom('news', 'offer', 3),
  points: fc.constantFrom(1, 5, 20),
})
const history = fc.array(event, { maxLength: 14 }).map(events =>
  events.map(
    ({ day, minute, order, name, amount, currency, kind, points }, i): FactEvent => ({
      id: String(i).padStart(3, '0'),
      name,
      at: day * DAY + minute * 60_000 + 1,
      receivedAt: i,
      orderId: name.startsWith('Order') ? `order-${order}` : '',
      amount,
      currency,
      identifies: name === 'Trait Set',
      properties: { kind, points },
    }),
  ),
)

const OPENED: Fact['of'] = { events: ['Opened'], where: [{ property: 'kind', is: ['news', 3] }] }
const NUMBERS: Fact[] = [
  { id: 'opens', name: 'opens', of: OPENED, take: 'count' },
  { id: 'days', name: 'days', of: 'anything', take: 'days' },
  { id: 'order_gap', name: 'gap', of: 'orders', take: { gap: 'last' } },
  { id: 'longest', name: 'gap', of: 'orders', take: { gap: 'longest' } },
  { id: 'usual', name: 'gap', of: 'orders', take: { gap: 'quantile', share: 0.8 } },
  { id: 'mean_gap', name: 'gap', of: 'anything', take: { gap: 'mean' } },
  { id: 'spent', name: 'spent', of: 'orders', take: { sum: 'amount' } },
  { id: 'value', name: 'value', of: 'orders', take: { mean: 'amount' } },
  { id: 'most', name: 'most', of: { events: ['Opened', 'Trait Set'] }, take: { maximum: { property: 'points' } } },
  { id: 'points', name: 'points', of: OPENED, take: { latest: { property: 'points' } } },
  { id: 'orders_90', name: 'orders in 90 days', of: 'orders', take: { count_within: 90 } },
  { id: 'spent_60', name: 'spent in 60 days', of: 'orders', take: { sum_within: 60, value: 'amount' } },
  { id: 'opens_30', name: 'opens in 30 days', of: OPENED, take: { count_within: 30 } },
]
const TIMES: Fact[] = [
  { id: 'first_open', name: 'first open', of: OPENED, take: 'first' },
  { id: 'last_open', name: 'last open', of: { events: ['Opened'] }, take: 'last' },
  { id: 'second_last', name: 'last order but one', of: 'orders', take: { nth_last: 2 } },
]
const YES: Fact[] = (['this', 'previous', 'first'] as const).flatMap(active =>
  (['day', 'week', 'month'] as const).map(
    (by): Fact => ({ id: `${active}_${by}`, name: `active ${active} ${by}`, of: OPENED, take: { active, by } }),
  ),
)
const PARAMETERS: Model['parameters'] = [{ id: 'limit', name: 'Limit', value: 30, unit: 'days' }]
const PASSING = ['orders_90', 'spent_60', 'opens_30']

const steady = fc.constantFrom(...NUMBERS.map(one => one.id).filter(id => !PASSING.includes(id)), 'orders', 'gap_days')
const number = fc.constantFrom(...NUMBERS.map(one => one.id), 'orders', 'gap_days')
const time = fc.constantFrom(...TIMES.map(one => one.id), 'first_seen', 'last_seen', 'first_order', 'last_order')
const yes = fc.constantFrom(...YES.map(one => one.id), 'identified')
const plain = fc.oneof(fc.constantFrom(0, 1, 2, 3, 20, 500, 1_500), fc.constant({ parameter: 'limit' }))
const days = fc.oneof(
  fc.constantFrom(0, 1, 10, 45, 200),
  fc.constant({ parameter: 'limit' }),
  fc.record({
    first_known: fc.tuple(fc.record({ product: fc.tuple(fc.constantFrom(1, 2), fc.record({ fact: steady })) }), plain),
  }),
  fc.record({ clamp: fc.record({ fact: steady }), min: fc.constant(5), max: fc.constant(60) }),
)
const anyOf = fc.constantFrom('at_least', 'more_than', 'at_most', 'less_than') as fc.Arbitrary<'at_least'>
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ fact: number, is: fc.oneof(anyOf, fc.constant('exactly' as const)), value: plain }),
  fc.record({ fact: number, is: anyOf, value: fc.record({ fact: number }) }),
  fc.record({ fact: time, is: anyOf, value: fc.record({ fact: time }) }),
  fc.record({ since: time, is: anyOf, days }),
  fc.record({ yes }),
  fc.record({ known: fc.oneof(number, time) }),
)
const condition: fc.Arbitrary<Condition> = fc.oneof(
  leaf,
  fc.record({ not: leaf }),
  fc.record({ all: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
  fc.record({ any: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
)
const anyModel = fc
  .record({ whens: fc.array(condition, { minLength: 1, maxLength: 4 }), timeZone: fc.constantFrom('UTC', 'America/New_York') })
  .map(
    ({ whens, timeZone }): Model => ({
      id: 'any',
      version: 1,
      name: 'Any',
      description: '',
      timeZone,
      currency: 'EUR',
      facts: [...NUMBERS, ...TIMES, ...YES],
      parameters: PARAMETERS,
      stages: whens.map((when, i) => ({ id: `s${i}`, name: `Stage ${i}`, super: 'reach', shown: i, when })),
    }),
  )

const stageIn = (moves: Move[], at: number) => moves.findLast(move => move.at <= at)?.to ?? OUTSIDE

test('whatever a model asks, everybody stands where a naive reading says, at every instant that matters', () => {
  fc.assert(
    fc.property(anyModel, history, (model, events) => {
      expect(flaws(shape.parse(model))).toEqual([])
      const { moves } = advance(compile(model), null, [...events].sort(inTime), UNTIL) ?? expect.fail('understood')
      const instants = new Set(
        [UNTIL, ...events.map(one => one.at), ...moves.map(move => move.at)].flatMap(at => [
          at - 1,
          at,
          at + 1,
          at + 30 * DAY,
          at + 45 * DAY,
        ]),
      )
      for (const at of instants)
        if (at >= 0 && at <= UNTIL) expect([at, stageIn(moves, at)]).toEqual([at, stageNaively(model, events, at)])
    }),
    { numRuns: 400 },
  )
})

test('whatever a model asks, going on live from what was kept, wake-up by wake-up, leads where one clean replay leads', () => {
  fc.assert(
    fc.property(
      anyModel,
      history,
      fc.infiniteStream(fc.integer({ min: 0, max: 40 })),
      fc.boolean(),
      (model, events, waits, inOrder) => {
        const compiled = compile(model)
        let standing: Standing | null = null
        let moves: Move[] = []
        const known: FactEvent[] = []
        let now = inOrder ? 0 : 300 * DAY
        const live = (fresh: FactEvent[]) => {
          const step = advance(compiled, standing, fresh, now)
          const again = step ?? advance(compiled, null, [...known].sort(inTime), now) ?? expect.fail('understood')
          moves = step === null ? again.moves : [...moves, ...step.moves]
          // As the database gives it back.
          standing = again.standing === null ? null : JSON.parse(JSON.stringify(again.standing))
        }
        for (const one of inOrder ? [...events].sort(inTime) : events) {
          if (inOrder) now = Math.max(now, one.at)
          known.push(one)
          live([one])
          now += (waits.next().value as number) * DAY
          for (let wake = wakeOf(standing); wake !== null && wake <= now; wake = wakeOf(standing)) live([])
        }
        now = UNTIL
        live([])
        const clean = advance(compiled, null, [...events].sort(inTime), UNTIL) ?? expect.fail('understood')
        expect({ moves, standing }).toEqual(clean)
      },
    ),
    { numRuns: 300 },
  )
})

const wakeOf = (standing: Standing | null): number | null => (standing === null ? null : wakesAt(standing))

test.each<[string, Partial<Model>, string]>([
  ['a fact that is nowhere', { stages: [stage({ fact: 'visits', is: 'at_least', value: 1 })] }, 'There is no fact “visits”.'],
  [
    'a number where an instant belongs',
    { stages: [stage({ since: 'orders', is: 'at_least', days: 1 })] },
    '“orders” is no fact of the kind',
  ],
  [
    'a parameter that is nowhere',
    { stages: [stage({ since: 'last_order', is: 'at_least', days: { parameter: 'x' } })] },
    'There is no parameter “x”.',
  ],
  [
    'days that pass themselves',
    { facts: NUMBERS, stages: [stage({ since: 'last_order', is: 'at_least', days: { fact: 'orders_90' } })] },
    'changes while time passes',
  ],
  ['a fact by a name that is taken', { facts: [{ id: 'orders', name: 'x', of: 'anything', take: 'count' }] }, 'has already'],
  [
    'a property of an order',
    { facts: [{ id: 'x', name: 'x', of: 'orders', take: { sum: { property: 'p' } } }] },
    'no properties',
  ],
])('a model with %s is refused with a sentence', (_, part, sentence) => {
  const model: Model = { id: 'm', version: 1, name: 'M', description: '', parameters: [], stages: [stage({ all: [] })], ...part }
  expect(flaws(shape.parse(model)).join(' ')).toContain(sentence)
})

function stage(when: Condition): Model['stages'][number] {
  return { id: 'one', name: 'One', super: 'reach', shown: 1, when }
}
