import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTime } from '../events/contract.ts'
import { advance, type Move, type Standing, wakesAt } from './advance.ts'
import { compile } from './compile.ts'
import { conditionInWords } from './explain.ts'
import { type FactEvent } from './facts.ts'
import { readyModels } from './files.ready.ts'
import { OUTSIDE } from './model.ts'
import { stageNaively } from './testing.naive.ts'

const DAY = 86_400_000
const UNTIL = 1_400 * DAY
const models = readyModels().map(model => ({ ...model, timeZone: 'Europe/Berlin', currency: 'EUR' }))

/** Names that these models ask about, and some that they do not. */
const names = [
  ...new Set(models.flatMap(model => (model.facts ?? []).flatMap(({ of }) => (typeof of === 'object' ? of.events : [])))),
  'Order Refunded',
  'Order Cancelled',
  'Trait Set',
]
const eventNamed = (some: readonly string[]) =>
  fc.record({
    day: fc.integer({ min: 0, max: 900 }),
    minute: fc.constantFrom(0, 0, 1, 720),
    order: fc.integer({ min: 1, max: 7 }),
    name: fc.oneof(fc.constant('Order Completed'), fc.constantFrom(...some)),
    amount: fc.constantFrom(500, 1000, null),
  })
const historyOf = (some: readonly string[]) =>
  fc.array(eventNamed(some), { maxLength: 14 }).map(events =>
    events.map(
      ({ day, minute, order, name, amount }, i): FactEvent => ({
        id: String(i).padStart(3, '0'),
        name,
        at: day * DAY + minute * 60_000 + 1,
        receivedAt: i,
        orderId: name.startsWith('Order') ? `order-${order}` : '',
        amount,
        currency: 'EUR',
        identifies: name === 'Identified',
      }),
    ),
  )
const history = historyOf(names)
const stageIn = (moves: Move[], at: number) => moves.findLast(move => move.at <= at)?.to ?? OUTSIDE

test.each(models.map(model => [model.id, model] as const))(
  '%s: everybody stands in exactly one of its stages, and where a naive reading says, at every instant that matters',
  (_, model) => {
    const compiled = compile(model)
    const ids = model.stages.map(stage => stage.id)
    fc.assert(
      fc.property(history, events => {
        const { moves } = advance(compiled, null, [...events].sort(inTime), UNTIL) ?? expect.fail('understood')
        for (const { to } of moves) expect(ids).toContain(to)
        const instants = new Set(
          [UNTIL, ...events.map(one => one.at), ...moves.map(move => move.at)].flatMap(at => [at - 1, at, at + 30 * DAY]),
        )
        for (const at of instants)
          if (at >= 0 && at <= UNTIL) expect([at, stageIn(moves, at)]).toEqual([at, stageNaively(model, events, at)])
      }),
      { numRuns: 120 },
    )
  },
)

test.each(models.map(model => [model.id, model] as const))(
  '%s: told live, wake-up by wake-up and in any order of arrival, it says what one clean replay says',
  (_, model) => {
    const compiled = compile(model)
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.integer({ min: 0, max: 60 })), fc.boolean(), (events, waits, inOrder) => {
        let standing: Standing | null = null
        let moves: Move[] = []
        const known: FactEvent[] = []
        let now = inOrder ? 0 : 700 * DAY
        const live = (fresh: FactEvent[]) => {
          const step = advance(compiled, standing, fresh, now)
          const again = step ?? advance(compiled, null, [...known].sort(inTime), now) ?? expect.fail('understood')
          moves = step === null ? again.moves : [...moves, ...step.moves]
          standing = again.standing
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
        expect({ moves, standing }).toEqual(advance(compiled, null, [...events].sort(inTime), UNTIL))
      }),
      { numRuns: 100 },
    )
  },
)

const wakeOf = (standing: Standing | null): number | null => (standing === null ? null : wakesAt(standing))

test('every ready model says what it is for, and each of its stages can be reached and is told in words', () => {
  for (const model of models) {
    expect([model.id, model.question?.endsWith('?'), (model.purpose ?? '').length > 40]).toEqual([model.id, true, true])
    for (const stage of model.stages) expect(conditionInWords(stage.when, model)).not.toMatch(/lifecycle:|\{\{|undefined/)
    const compiled = compile(model)
    const asked = (model.facts ?? []).flatMap(({ of }) => (typeof of === 'object' ? of.events : []))
    const samples = fc.sample(historyOf([...asked, 'Identified', 'Page Viewed']), { numRuns: 1_000, seed: 11 })
    const reached = new Set<string>()
    for (const events of samples)
      for (const move of advance(compiled, null, [...events].sort(inTime), UNTIL)?.moves ?? []) reached.add(move.to)
    expect([model.id, [...reached].sort()]).toEqual([model.id, model.stages.map(stage => stage.id).sort()])
  }
})

const CDNOW = new URL('../../../shared/data/cdnow_sample.txt', import.meta.url)

/** Customer, number in the sample, day, pieces, dollars; one line for each order. */
function cdnow(): Map<string, FactEvent[]> {
  const lines = readFileSync(CDNOW, 'utf8').trim().split('\n')
  const events = lines.map((line, i): FactEvent & { customer: string } => {
    const [customer = '', , day = '', , dollars = ''] = line.trim().split(/\s+/)
    const at = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T12:00:00Z`)
    const amount = Math.round(Number(dollars) * 100)
    return {
      customer,
      id: String(i),
      name: 'Order Completed',
      at,
      receivedAt: at,
      orderId: String(i),
      amount,
      currency: 'EUR',
      identifies: true,
    }
  })
  return Map.groupBy(events, one => one.customer)
}

test.skipIf(!existsSync(CDNOW))('on the orders of a real shop every ready model counts everybody once, at any date', () => {
  const customers = cdnow()
  expect(customers.size).toBeGreaterThan(2_000)
  for (const model of models) {
    const compiled = compile(model)
    const moves = [...customers.values()].map(events => advance(compiled, null, events, Date.parse('1998-06-30'))?.moves ?? [])
    for (const date of ['1997-02-01', '1997-06-30', '1998-06-30']) {
      const at = Date.parse(date)
      const stages = moves.map(own => stageIn(own, at))
      const there = [...customers.values()].filter(events => events.some(one => one.at <= at)).length
      expect([model.id, stages.filter(stage => stage !== OUTSIDE).length]).toEqual([model.id, there])
      expect(stages).not.toContain('unassigned')
    }
  }
})
