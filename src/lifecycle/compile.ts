import { type Facts, numberFact, timeFact, yesNoFact } from './facts.ts'
import { type Condition, type Model, type Quantity, UNASSIGNED } from './model.ts'

const DAY_MS = 86_400_000

type Valuer = (facts: Facts) => number | null
type Test = (facts: Facts, at: number, previous: string) => boolean

/** A model made ready to be asked millions of times. */
export type CompiledModel = {
  model: Model
  /** The stage at `at`, given the facts up to and including it and the stage until then; `unassigned` when none holds. */
  stageAt: (facts: Facts, at: number, previous: string) => string
  /** The first instant after `at` at which the stage changes by itself, or null if it never does. */
  nextChange: (facts: Facts, at: number, stage: string) => number | null
}

const ready = new Map<string, CompiledModel>()

/** A published model, made ready once for each version: a published version never changes. */
export function compiled(model: Model): CompiledModel {
  const key = `${model.id} ${model.version}`
  const known = ready.get(key) ?? compile(model)
  ready.set(key, known)
  return known
}

export function compile(model: Model): CompiledModel {
  const stages = model.stages.map(stage => ({ id: stage.id, holds: testOf(stage.when, model) }))
  const turns = model.stages.flatMap(stage => turningPoints(stage.when, model))

  const stageAt = (facts: Facts, at: number, previous: string): string => {
    for (const stage of stages) if (stage.holds(facts, at, previous)) return stage.id
    return UNASSIGNED
  }
  const nextChange = (facts: Facts, at: number, stage: string): number | null => {
    const instants = turns.map(turn => turn(facts)).filter(instant => instant !== null && instant > at) as number[]
    instants.sort((a, b) => a - b)
    return instants.find(instant => stageAt(facts, instant, stage) !== stage) ?? null
  }
  return { model, stageAt, nextChange }
}

/** How a quantity is read, for facts or in words: the one place that knows its forms. */
export function quantityOf(quantity: Quantity, model: Model): Valuer {
  if (typeof quantity === 'number') return () => quantity
  if ('parameter' in quantity) {
    const value = model.parameters.find(parameter => parameter.id === quantity.parameter)?.value ?? null
    return () => value
  }
  if ('fact' in quantity) return numberFact[quantity.fact]
  if ('product' in quantity) {
    const factors = quantity.product.map(factor => quantityOf(factor, model))
    return facts => factors.reduce<number | null>((product, factor) => times(product, factor(facts)), 1)
  }
  if ('clamp' in quantity) {
    const [value, min, max] = [quantity.clamp, quantity.min, quantity.max].map(part => quantityOf(part, model)) as [
      Valuer,
      Valuer,
      Valuer,
    ]
    return facts => clamp(value(facts), min(facts), max(facts))
  }
  const choices = quantity.first_known.map(choice => quantityOf(choice, model))
  return facts => choices.reduce<number | null>((known, choice) => known ?? choice(facts), null)
}

const times = (a: number | null, b: number | null) => (a === null || b === null ? null : a * b)
const clamp = (value: number | null, min: number | null, max: number | null) =>
  value === null || min === null || max === null ? null : Math.min(Math.max(value, min), max)

/** The instant at which `days` have passed since a time fact: rounded to the millisecond once, so that asking and waking agree. */
export function turnAt(since: number | null, days: number | null): number | null {
  return since === null || days === null ? null : since + Math.round(days * DAY_MS)
}

export function testOf(when: Condition, model: Model): Test {
  if ('all' in when) {
    const parts = when.all.map(part => testOf(part, model))
    return (facts, at, previous) => parts.every(part => part(facts, at, previous))
  }
  if ('any' in when) {
    const parts = when.any.map(part => testOf(part, model))
    return (facts, at, previous) => parts.some(part => part(facts, at, previous))
  }
  if ('not' in when) {
    const part = testOf(when.not, model)
    return (facts, at, previous) => !part(facts, at, previous)
  }
  if ('yes' in when) return yesNoFact[when.yes]
  if ('previous_stage' in when) {
    const stages = new Set(when.previous_stage)
    return (_facts, _at, previous) => stages.has(previous)
  }
  if ('since' in when) {
    const [since, days, isAtLeast] = [timeFact[when.since], quantityOf(when.days, model), when.is === 'at_least']
    return (facts, at) => {
      const turn = turnAt(since(facts), days(facts))
      return turn !== null && at >= turn === isAtLeast
    }
  }
  const [fact, value] = [numberFact[when.fact], quantityOf(when.value, model)]
  return facts => compare(fact(facts), when.is, value(facts))
}

function compare(fact: number | null, is: 'at_least' | 'less_than' | 'exactly', value: number | null): boolean {
  if (fact === null || value === null) return false
  return is === 'at_least' ? fact >= value : is === 'less_than' ? fact < value : fact === value
}

/** Where a condition may change its truth while only time passes. */
function turningPoints(when: Condition, model: Model): ((facts: Facts) => number | null)[] {
  if ('all' in when) return when.all.flatMap(part => turningPoints(part, model))
  if ('any' in when) return when.any.flatMap(part => turningPoints(part, model))
  if ('not' in when) return turningPoints(when.not, model)
  if (!('since' in when)) return []
  const [since, days] = [timeFact[when.since], quantityOf(when.days, model)]
  return [facts => turnAt(since(facts), days(facts))]
}
