import { FactFold, gapDays } from './facts.ts'
import {
  type BUILT_IN,
  type Comparison,
  type Condition,
  isPassing,
  type Model,
  OUTSIDE,
  type Quantity,
  UNASSIGNED,
} from './model.ts'
import { conditionsIn, factsIn } from './model.walk.ts'

const DAY_MS = 86_400_000

/** A number of a customer at an instant; NaN where it is unknown. */
type Valuer = (facts: FactFold, at: number) => number
/** Whether a condition holds; `previous` is the number of the stage until now. */
type Test = (facts: FactFold, at: number, previous: number) => boolean
/** The first instant after `at` at which a fact changes while only time passes; Infinity where there is none. */
type Turn = (facts: FactFold, at: number) => number

/** Not yet, or no longer, a customer. Stages are numbered in their order; the last number is that of “no stage holds”. */
export const OUT = -1

/** A model made ready to be asked millions of times. */
export type CompiledModel = {
  model: Model
  /** Stages by their numbers. */
  nameOf: (stage: number) => string
  numberOf: (stage: string) => number
  /** To be called when facts have changed, before either of the following is asked. */
  refresh: (facts: FactFold) => void
  /** The stage at `at`, given the facts up to and including it and the stage until then. */
  stageAt: (facts: FactFold, at: number, previous: number) => number
  /** The first instant after `at` at which the stage changes by itself; Infinity if it never does. */
  nextChange: (facts: FactFold, at: number, stage: number) => number
  /** A customer of whom nothing is known yet. */
  facts: () => FactFold
  /** Conditions ask where somebody stood before: so looking again may change the stage though nothing happened. */
  isAskingBefore: boolean
}

/** Turning points that follow from the facts alone, worked out once when these change: one slot for each kind that a model has. */
class Slots {
  readonly #turns: Valuer[] = []
  readonly #byText = new Map<string, number>()

  get count(): number {
    return this.#turns.length
  }

  slotOf(when: Since, model: Model): number {
    const text = JSON.stringify([when.since, when.days, isLate(when)])
    const slot = this.#byText.get(text) ?? this.#turns.push(turnOf(when, model)) - 1
    this.#byText.set(text, slot)
    return slot
  }

  refresh(facts: FactFold): void {
    // Their days may not depend on what changes while time passes, so that any instant will do.
    for (let i = 0; i < this.#turns.length; i++) facts.turns[i] = (this.#turns[i] as Valuer)(facts, 0)
  }
}

type Since = Extract<Condition, { since: string }>

const ready = new Map<string, CompiledModel>()

/** A published model, made ready once for each version: a published version never changes, unless it is switched on anew in another time zone. */
export function compiled(model: Model): CompiledModel {
  const key = `${model.id} ${model.version} ${model.timeZone} ${model.currency}`
  const known = ready.get(key) ?? compile(model)
  ready.set(key, known)
  return known
}

export function compile(model: Model): CompiledModel {
  const slots = new Slots()
  const tests = model.stages.map(stage => testOf(stage.when, model, slots))
  const turns = model.stages.flatMap(stage => passingTurns(stage.when, model))
  const ids = [...model.stages.map(stage => stage.id), UNASSIGNED]
  const numbers = new Map(ids.map((id, i) => [id, i]))
  const conditions = model.stages.flatMap(stage => conditionsIn(stage.when))
  const isLastSeenAsked = conditions.flatMap(factsIn).some(({ id }) => id === 'last_seen')

  const stageAt = (facts: FactFold, at: number, previous: number): number => {
    for (let i = 0; i < tests.length; i++) if (tests[i]?.(facts, at, previous)) return i
    return tests.length
  }
  const nextChange = (facts: FactFold, at: number, stage: number): number => {
    for (let instant = at; ; ) {
      let first = Number.POSITIVE_INFINITY
      for (let i = 0; i < facts.turns.length; i++) {
        const turn = facts.turns[i] as number
        if (turn > instant && turn < first) first = turn
      }
      for (let i = 0; i < turns.length; i++) {
        const turn = turns[i]?.(facts, instant) ?? first
        if (turn < first) first = turn
      }
      if (first === Number.POSITIVE_INFINITY || stageAt(facts, first, stage) !== stage) return first
      instant = first
    }
  }
  return {
    model,
    nameOf: stage => ids[stage] ?? OUTSIDE,
    numberOf: stage => numbers.get(stage) ?? OUT,
    stageAt,
    nextChange,
    refresh: facts => slots.refresh(facts),
    facts: () => new FactFold(model, isLastSeenAsked, slots.count),
    isAskingBefore: conditions.some(one => 'previous_stage' in one),
  }
}

/** How a fact is read, also where it is a time; yes is 1 and no is 0. */
export function factOf(id: string, model: Model): Valuer {
  const i = model.facts?.findIndex(fact => fact.id === id) ?? -1
  if (i >= 0) return (facts, at) => facts.own[i]?.value(at) ?? Number.NaN
  return builtIn[id as keyof typeof BUILT_IN] ?? (() => Number.NaN)
}

const builtIn: Record<keyof typeof BUILT_IN, Valuer> = {
  orders: ({ book }) => book.orders,
  gap_days: ({ book }) => gapDays(book),
  first_seen: facts => facts.firstSeenAt,
  last_seen: facts => facts.lastSeenAt,
  first_order: ({ book }) => book.firstOrderAt,
  last_order: ({ book }) => book.lastOrderAt,
  identified: facts => (facts.identified ? 1 : 0),
}

/** How a quantity is read: the one place that knows its forms. */
export function quantityOf(quantity: Quantity, model: Model): Valuer {
  if (typeof quantity === 'number') return () => quantity
  if ('parameter' in quantity) {
    const value = model.parameters.find(parameter => parameter.id === quantity.parameter)?.value ?? Number.NaN
    return () => value
  }
  if ('fact' in quantity) return factOf(quantity.fact, model)
  if ('product' in quantity) {
    const factors = quantity.product.map(factor => quantityOf(factor, model))
    return (facts, at) => {
      let product = 1
      for (let i = 0; i < factors.length; i++) product *= factors[i]?.(facts, at) ?? Number.NaN
      return product
    }
  }
  if ('clamp' in quantity) {
    const [value, min, max] = [
      quantityOf(quantity.clamp, model),
      quantityOf(quantity.min, model),
      quantityOf(quantity.max, model),
    ]
    // Math.min and Math.max answer NaN where anything is unknown.
    return (facts, at) => Math.min(Math.max(value(facts, at), min(facts, at)), max(facts, at))
  }
  const choices = quantity.first_known.map(choice => quantityOf(choice, model))
  return (facts, at) => {
    for (let i = 0; i < choices.length; i++) {
      const value = choices[i]?.(facts, at) ?? Number.NaN
      if (!Number.isNaN(value)) return value
    }
    return Number.NaN
  }
}

/**
 * The instant from which on `days` have passed since a time fact: rounded to the millisecond once, so that asking and waking agree.
 * For “more than” and “at most” it is the millisecond after.
 */
function turnOf(when: Since, model: Model): Valuer {
  const [since, days] = [factOf(when.since, model), quantityOf(when.days, model)]
  const late = isLate(when) ? 1 : 0
  return (facts, at) => since(facts, at) + Math.round(days(facts, at) * DAY_MS) + late
}

const isLate = ({ is }: Since): boolean => is === 'more_than' || is === 'at_most'

/** With `slots`, turning points are read where `refresh` left them; without, they are worked out when asked. */
export function testOf(when: Condition, model: Model, slots?: Slots): Test {
  if ('all' in when) {
    const parts = when.all.map(part => testOf(part, model, slots))
    return (facts, at, previous) => {
      for (let i = 0; i < parts.length; i++) if (!parts[i]?.(facts, at, previous)) return false
      return true
    }
  }
  if ('any' in when) {
    const parts = when.any.map(part => testOf(part, model, slots))
    return (facts, at, previous) => {
      for (let i = 0; i < parts.length; i++) if (parts[i]?.(facts, at, previous)) return true
      return false
    }
  }
  if ('not' in when) {
    const part = testOf(when.not, model, slots)
    return (facts, at, previous) => !part(facts, at, previous)
  }
  if ('yes' in when) {
    const fact = factOf(when.yes, model)
    return (facts, at) => fact(facts, at) === 1
  }
  if ('known' in when) {
    const fact = factOf(when.known, model)
    return (facts, at) => !Number.isNaN(fact(facts, at))
  }
  if ('previous_stage' in when) {
    const ids = model.stages.map(stage => stage.id)
    const stages = new Set(when.previous_stage.map(id => (id === UNASSIGNED ? ids.length : ids.indexOf(id))))
    return (_facts, _at, previous) => stages.has(previous)
  }
  if ('since' in when) {
    const isOver = when.is === 'at_least' || when.is === 'more_than'
    // With NaN neither holds.
    if (slots !== undefined) {
      const slot = slots.slotOf(when, model)
      return isOver ? (facts, at) => at >= (facts.turns[slot] as number) : (facts, at) => at < (facts.turns[slot] as number)
    }
    const turn = turnOf(when, model)
    return isOver ? (facts, at) => at >= turn(facts, at) : (facts, at) => at < turn(facts, at)
  }
  const [fact, value, compare] = [factOf(when.fact, model), quantityOf(when.value, model), COMPARE[when.is]]
  return (facts, at) => compare(fact(facts, at), value(facts, at))
}

/** With something unknown none of them holds. */
const COMPARE: Record<Comparison, (fact: number, value: number) => boolean> = {
  at_least: (fact, value) => fact >= value,
  more_than: (fact, value) => fact > value,
  at_most: (fact, value) => fact <= value,
  less_than: (fact, value) => fact < value,
  exactly: (fact, value) => fact === value,
}

/** Where facts that a condition asks about change by themselves. */
function passingTurns(when: Condition, model: Model): Turn[] {
  const asked = new Set(
    conditionsIn(when)
      .flatMap(factsIn)
      .map(({ id }) => id),
  )
  return (model.facts ?? []).flatMap((fact, i) =>
    isPassing(fact.take) && asked.has(fact.id)
      ? [(facts: FactFold, at: number) => facts.own[i]?.turn(at) ?? Number.POSITIVE_INFINITY]
      : [],
  )
}
