import { t } from '../platform/messages.ts'
import { type Standing } from './advance.ts'
import { type CompiledModel, factOf, quantityOf, testOf } from './compile.ts'
import { type Explanation, type Reason } from './contract.ts'
import { type FactFold, gapDays } from './facts.ts'
import { BUILT_IN, type Condition, type Fact, kindsOf, type Model, OUTSIDE, type Quantity, UNASSIGNED } from './model.ts'

const DAY_MS = 86_400_000

/** A day of the company's calendar in words, handed in because it depends on their time zone. */
export type DayInWords = (at: number) => string

const days = (count: number) => t('lifecycle:days', { count: Math.round(count * 10) / 10 })

/** A quantity in words; with `unit` “days” where it counts days. */
function quantityInWords(quantity: Quantity, model: Model, inDays: boolean): string {
  if (typeof quantity === 'number') return inDays ? days(quantity) : String(quantity)
  if ('parameter' in quantity) {
    const value = model.parameters.find(parameter => parameter.id === quantity.parameter)?.value ?? 0
    return inDays ? days(value) : String(value)
  }
  if ('fact' in quantity) return quantity.fact === 'gap_days' ? t('lifecycle:own_gap') : factName(quantity.fact, model, 2)
  if ('product' in quantity) return quantity.product.map(factor => quantityInWords(factor, model, false)).join(' × ')
  if ('clamp' in quantity)
    return t('lifecycle:clamp', {
      value: quantityInWords(quantity.clamp, model, inDays),
      min: quantityInWords(quantity.min, model, inDays),
      max: quantityInWords(quantity.max, model, inDays),
    })
  const [first, ...rest] = quantity.first_known.map(choice => quantityInWords(choice, model, inDays))
  return rest.reduce<string>((value, otherwise) => t('lifecycle:first_known', { value, otherwise }), first ?? '')
}

/** A condition as one sentence, without a customer. */
export function conditionInWords(when: Condition, model: Model): string {
  if ('all' in when)
    return when.all.length === 0 ? t('lifecycle:always') : when.all.map(part => within(part, model)).join(t('lifecycle:and'))
  if ('any' in when) return when.any.map(part => within(part, model)).join(t('lifecycle:or'))
  if ('not' in when)
    return 'known' in when.not
      ? t(`lifecycle:unknown.${kindOfKnown(when.not.known, model)}`, { fact: factName(when.not.known, model, 2) })
      : t('lifecycle:not', { sentence: within(when.not, model) })
  if ('yes' in when) return when.yes in BUILT_IN ? t(`lifecycle:yes.${when.yes}`) : factName(when.yes, model, 1)
  if ('known' in when) return t(`lifecycle:known.${kindOfKnown(when.known, model)}`, { fact: factName(when.known, model, 2) })
  if ('previous_stage' in when)
    return t('lifecycle:previous', { stages: when.previous_stage.map(id => stageName(id, model)).join(t('lifecycle:or')) })
  if ('since' in when) {
    const key = when.since in BUILT_IN ? when.since : 'other'
    return t(`lifecycle:since.${key}.${when.is}`, {
      fact: factName(when.since, model, 1),
      days: quantityInWords(when.days, model, true),
    })
  }
  if (when.is === 'exactly' && when.value === 0 && !countsDays(when.fact, model))
    return t('lifecycle:fact.none', { fact: factName(when.fact, model, 2) })
  const count = typeof when.value === 'number' ? when.value : 2
  const isDays = countsDays(when.fact, model)
  const key = kindsOf(model).get(when.fact) === 'time' ? 'time' : isDays && when.fact !== 'gap_days' ? 'length' : 'fact'
  return t(`lifecycle:${key}.${when.is}`, {
    fact: factName(when.fact, model, count),
    value: quantityInWords(when.value, model, isDays),
  })
}

const kindOfKnown = (id: string, model: Model) => (kindsOf(model).get(id) === 'time' ? 'time' : 'number')

/** A condition as a part of a sentence: a group of several in brackets, so that “and” and “or” are not mixed. */
function within(when: Condition, model: Model): string {
  const sentence = conditionInWords(when, model)
  const parts = 'all' in when ? when.all : 'any' in when ? when.any : []
  return parts.length > 1 ? `(${sentence})` : sentence
}

/** What a fact is called: the model says it of its own ones. */
const factName = (id: string, model: Model, count: number): string =>
  declared(id, model)?.name ??
  t(id === 'orders' || id === 'gap_days' ? `lifecycle:fact.${id}` : `lifecycle:time.${id}`, { count })

const declared = (id: string, model: Model): Fact | undefined => model.facts?.find(fact => fact.id === id)

/** Whether a number is one of days. */
function countsDays(id: string, model: Model): boolean {
  const take = declared(id, model)?.take
  return id === 'gap_days' || (typeof take === 'object' && 'gap' in take)
}

const stageName = (id: string, model: Model): string =>
  id === OUTSIDE ? t('lifecycle:outside') : (model.stages.find(stage => stage.id === id)?.name ?? t('lifecycle:unassigned'))

export function stageInWords(id: string, model: Model) {
  const stage = model.stages.find(one => one.id === id)
  return stage === undefined ? null : { id, name: stage.name, super: stage.super, rule: conditionInWords(stage.when, model) }
}

/** A condition with one customer's own numbers. */
function reasonFor(when: Condition, model: Model, facts: FactFold, at: number, previous: number, day: DayInWords): Reason {
  const holds = testOf(when, model)(facts, at, previous)
  const sentence = conditionInWords(when, model)
  const inner = 'all' in when ? when.all : 'any' in when ? when.any : 'not' in when ? [when.not] : []
  const parts = inner.map(part => reasonFor(part, model, facts, at, previous, day))
  const group = 'all' in when ? 'all' : 'any' in when ? 'any' : null
  return { sentence, holds, actual: parts.length > 0 ? null : actual(when, model, facts, at, previous, day), parts, group }
}

function actual(when: Condition, model: Model, facts: FactFold, at: number, previous: number, day: DayInWords): string | null {
  if ('since' in when) {
    const since = factOf(when.since, model)(facts, at)
    const limit = quantityOf(when.days, model)(facts, at)
    if (Number.isNaN(since)) return t('lifecycle:actual.since_never')
    return t('lifecycle:actual.since', {
      ago: days((at - since) / DAY_MS),
      day: day(since),
      limit: Number.isNaN(limit) ? t('lifecycle:actual.unknown') : days(limit),
    })
  }
  if ('previous_stage' in when)
    return t('lifecycle:actual.previous', { stage: stageName(model.stages[previous]?.id ?? OUTSIDE, model) })
  if ('yes' in when) return factInWords(when.yes, model, facts, at, day)
  if ('known' in when) return factInWords(when.known, model, facts, at, day)
  return 'fact' in when ? factInWords(when.fact, model, facts, at, day) : null
}

/** What a fact of a customer is, as people read it. */
function factInWords(id: string, model: Model, facts: FactFold, at: number, day: DayInWords): string {
  const value = factOf(id, model)(facts, at)
  const kind = kindsOf(model).get(id)
  if (kind === 'yes') return value === 1 ? t('lifecycle:actual.yes') : t('lifecycle:actual.no')
  if (Number.isNaN(value)) return kind === 'time' ? t('lifecycle:time.never') : t('lifecycle:actual.unknown')
  if (kind === 'time') return day(value)
  return countsDays(id, model) && id !== 'gap_days' ? days(value) : String(Math.round(value * 10) / 10)
}

/** Why a customer stands where they stand at `at`, and what comes next by itself. `previous` is the stage they stood in before it. */
export function explain(
  compiled: CompiledModel,
  customer: string,
  standing: Standing | null,
  previous: string,
  at: number,
  day: DayInWords,
): Explanation {
  const { model } = compiled
  const stands = standing !== null && standing.stage !== OUTSIDE ? standing : null
  const facts = compiled.facts()
  if (stands !== null) {
    facts.load(stands.facts)
    compiled.refresh(facts)
  }
  return {
    customer,
    at: new Date(at).toISOString(),
    model: model.id,
    version: model.version,
    stage: stands === null ? null : stageInWords(stands.stage, model),
    since: stands === null ? null : new Date(stands.since).toISOString(),
    tried: stands === null ? [] : triedStages(compiled, stands, facts, compiled.numberOf(previous), at, day),
    facts: stands === null ? [] : factsInWords(model, facts, at, day),
    next: stands?.nextChangeAt == null ? null : next(compiled, stands, facts, stands.nextChangeAt, day),
  }
}

/** The stages in the order in which they are tried, up to the one that held. */
function triedStages(
  { model, numberOf }: CompiledModel,
  standing: Standing,
  facts: FactFold,
  previous: number,
  at: number,
  day: DayInWords,
): Explanation['tried'] {
  const held = numberOf(standing.stage)
  return model.stages.slice(0, held + 1).map(stage => {
    const reason = reasonFor(stage.when, model, facts, at, previous, day)
    return { id: stage.id, name: stage.name, super: stage.super, holds: reason.holds, reason }
  })
}

function next(
  { model, numberOf, nameOf, stageAt }: CompiledModel,
  standing: Standing,
  facts: FactFold,
  at: number,
  day: DayInWords,
): Explanation['next'] {
  const from = numberOf(standing.stage)
  const id = nameOf(stageAt(facts, at, from))
  const stage = model.stages.find(one => one.id === id)
  return {
    at: new Date(at).toISOString(),
    stage: id === UNASSIGNED ? null : stageInWords(id, model),
    reason: stage === undefined ? null : reasonFor(stage.when, model, facts, at, from, day),
  }
}

function factsInWords(model: Model, facts: FactFold, at: number, day: DayInWords): Explanation['facts'] {
  const gap = gapDays(facts.book)
  const told = (id: string) => factInWords(id, model, facts, at, day)
  const builtIn = ['orders', 'first_order', 'last_order', 'gap_days', 'first_seen', 'last_seen', 'identified']
  return [
    ...builtIn.map(id => ({
      id,
      name: t(`lifecycle:facts.${id}`),
      value:
        id !== 'gap_days'
          ? told(id)
          : Number.isNaN(gap)
            ? t('lifecycle:facts.unknown')
            : t('lifecycle:facts.gap_days.value', { days: days(gap) }),
    })),
    ...(model.facts ?? []).map(({ id, name }) => ({ id, name: capital(name), value: told(id) })),
  ]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
