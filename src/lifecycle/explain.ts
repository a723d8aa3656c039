import { t } from '../platform/messages.ts'
import { type Standing } from './advance.ts'
import { type CompiledModel, quantityOf, testOf } from './compile.ts'
import { type Explanation, type Reason } from './contract.ts'
import { type Facts, gapDays, numberFact, timeFact } from './facts.ts'
import { type Condition, type Model, OUTSIDE, type Quantity, UNASSIGNED } from './model.ts'

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
  if ('fact' in quantity)
    return quantity.fact === 'gap_days' ? t('lifecycle:own_gap') : t(`lifecycle:fact.${quantity.fact}`, { count: 2 })
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
    return when.all.length === 0
      ? t('lifecycle:always')
      : when.all.map(part => conditionInWords(part, model)).join(t('lifecycle:and'))
  if ('any' in when) return when.any.map(part => conditionInWords(part, model)).join(t('lifecycle:or'))
  if ('not' in when) return t('lifecycle:not', { sentence: conditionInWords(when.not, model) })
  if ('yes' in when) return t(`lifecycle:yes.${when.yes}`)
  if ('previous_stage' in when)
    return t('lifecycle:previous', { stages: when.previous_stage.map(id => stageName(id, model)).join(t('lifecycle:or')) })
  if ('since' in when) return t(`lifecycle:since.${when.since}.${when.is}`, { days: quantityInWords(when.days, model, true) })
  const count = typeof when.value === 'number' ? when.value : 2
  return t(`lifecycle:fact.${when.is}`, {
    fact: t(`lifecycle:fact.${when.fact}`, { count }),
    value: quantityInWords(when.value, model, when.fact === 'gap_days'),
  })
}

const stageName = (id: string, model: Model): string =>
  id === OUTSIDE ? t('lifecycle:outside') : (model.stages.find(stage => stage.id === id)?.name ?? t('lifecycle:unassigned'))

export function stageInWords(id: string, model: Model) {
  const stage = model.stages.find(one => one.id === id)
  return stage === undefined ? null : { id, name: stage.name, super: stage.super, rule: conditionInWords(stage.when, model) }
}

/** A condition with one customer's own numbers. */
function reasonFor(when: Condition, model: Model, facts: Facts, at: number, previous: string, day: DayInWords): Reason {
  const holds = testOf(when, model)(facts, at, previous)
  const sentence = conditionInWords(when, model)
  const inner = 'all' in when ? when.all : 'any' in when ? when.any : 'not' in when ? [when.not] : []
  const parts = inner.map(part => reasonFor(part, model, facts, at, previous, day))
  const group = 'all' in when ? 'all' : 'any' in when ? 'any' : null
  return { sentence, holds, actual: parts.length > 0 ? null : actual(when, model, facts, at, previous, day), parts, group }
}

function actual(when: Condition, model: Model, facts: Facts, at: number, previous: string, day: DayInWords): string | null {
  if ('since' in when) {
    const since = timeFact[when.since](facts)
    const limit = quantityOf(when.days, model)(facts)
    if (since === null) return t('lifecycle:actual.since_never')
    return t('lifecycle:actual.since', {
      ago: days((at - since) / DAY_MS),
      day: day(since),
      limit: limit === null ? t('lifecycle:actual.unknown') : days(limit),
    })
  }
  if ('yes' in when) return facts.identified ? t('lifecycle:actual.yes') : t('lifecycle:actual.no')
  if ('previous_stage' in when) return t('lifecycle:actual.previous', { stage: stageName(previous, model) })
  if ('fact' in when) {
    const value = numberFact[when.fact](facts)
    return value === null ? t('lifecycle:actual.unknown') : t('lifecycle:actual.fact', { value: Math.round(value * 10) / 10 })
  }
  return null
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
  return {
    customer,
    at: new Date(at).toISOString(),
    model: model.id,
    version: model.version,
    stage: stands === null ? null : stageInWords(stands.stage, model),
    since: stands === null ? null : new Date(stands.since).toISOString(),
    tried: stands === null ? [] : triedStages(model, stands, previous, at, day),
    facts: stands === null ? [] : factsInWords(stands.facts, day),
    next: stands?.nextChangeAt == null ? null : next(compiled, stands, stands.nextChangeAt, day),
  }
}

/** The stages in the order in which they are tried, up to the one that held. */
function triedStages(model: Model, standing: Standing, previous: string, at: number, day: DayInWords): Explanation['tried'] {
  const held = model.stages.findIndex(stage => stage.id === standing.stage)
  return model.stages.slice(0, held < 0 ? undefined : held + 1).map(stage => {
    const reason = reasonFor(stage.when, model, standing.facts, at, previous, day)
    return { id: stage.id, name: stage.name, super: stage.super, holds: reason.holds, reason }
  })
}

function next(compiled: CompiledModel, standing: Standing, at: number, day: DayInWords): Explanation['next'] {
  const id = compiled.stageAt(standing.facts, at, standing.stage)
  const stage = compiled.model.stages.find(one => one.id === id)
  return {
    at: new Date(at).toISOString(),
    stage: id === UNASSIGNED ? null : stageInWords(id, compiled.model),
    reason: stage === undefined ? null : reasonFor(stage.when, compiled.model, standing.facts, at, standing.stage, day),
  }
}

function factsInWords(facts: Facts, day: DayInWords): Explanation['facts'] {
  const time = (at: number | null) => (at === null ? t('lifecycle:time.never') : day(at))
  const gap = gapDays(facts)
  return [
    { id: 'orders', name: t('lifecycle:facts.orders'), value: String(facts.orders) },
    { id: 'first_order', name: t('lifecycle:facts.first_order'), value: time(facts.firstOrderAt) },
    { id: 'last_order', name: t('lifecycle:facts.last_order'), value: time(facts.lastOrderAt) },
    {
      id: 'gap_days',
      name: t('lifecycle:facts.gap_days'),
      value: gap === null ? t('lifecycle:facts.unknown') : t('lifecycle:facts.gap_days.value', { days: days(gap) }),
    },
    { id: 'first_seen', name: t('lifecycle:facts.first_seen'), value: time(facts.firstSeenAt) },
    { id: 'last_seen', name: t('lifecycle:facts.last_seen'), value: time(facts.lastSeenAt) },
    {
      id: 'identified',
      name: t('lifecycle:facts.identified'),
      value: facts.identified ? t('lifecycle:actual.yes') : t('lifecycle:actual.no'),
    },
  ]
}
