import { z } from 'zod'
import { superStage } from './contract.ts'
import { conditionsIn, factsIn, quantitiesIn } from './model.walk.ts'

/** Facts that every model has. `gap_days` is null until three orders have shown a rhythm. */
export const BUILT_IN = {
  orders: 'number',
  gap_days: 'number',
  first_seen: 'time',
  last_seen: 'time',
  first_order: 'time',
  last_order: 'time',
  identified: 'yes',
} as const
export type FactKind = 'number' | 'time' | 'yes'

/** A number, or how to come to one. Unknown facts make it unknown, unless `first_known` offers something else. */
export type Quantity =
  | number
  | { parameter: string }
  | { fact: string }
  | { product: Quantity[] }
  | { clamp: Quantity; min: Quantity; max: Quantity }
  | { first_known: Quantity[] }

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { fact: string; is: Comparison; value: Quantity }
  /** Days of 24 hours. A customer for whom the instant never came, or the number is unknown, does not meet the condition. */
  | { since: string; is: Exclude<Comparison, 'exactly'>; days: Quantity }
  | { yes: string }
  /** The fact has a value. */
  | { known: string }
  /** The stage the customer stood in until now. */
  | { previous_stage: string[] }

const COMPARISONS = ['at_least', 'more_than', 'at_most', 'less_than', 'exactly'] as const
export type Comparison = (typeof COMPARISONS)[number]

const quantity: z.ZodType<Quantity> = z.lazy(() =>
  z.union([
    z.number(),
    z.strictObject({ parameter: z.string() }),
    z.strictObject({ fact: z.string() }),
    z.strictObject({ product: z.array(quantity).min(1) }),
    z.strictObject({ clamp: quantity, min: quantity, max: quantity }),
    z.strictObject({ first_known: z.array(quantity).min(1) }),
  ]),
)

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(condition) }),
    z.strictObject({ any: z.array(condition) }),
    z.strictObject({ not: condition }),
    z.strictObject({ fact: z.string(), is: z.enum(COMPARISONS), value: quantity }),
    z.strictObject({ since: z.string(), is: z.enum(COMPARISONS).exclude(['exactly']), days: quantity }),
    z.strictObject({ yes: z.string() }),
    z.strictObject({ known: z.string() }),
    z.strictObject({ previous_stage: z.array(z.string()).min(1) }),
  ]),
)

const id = z.string().regex(/^[a-z][a-z0-9_-]{0,60}$/)

/**
 * What a fact is made of: orders that count, anything the customer did, or events of some names whose properties are one of some values.
 * Only letters, digits and signs can differ between values: 1 and "1" are the same.
 */
const of = z.union([
  z.literal('orders'),
  z.literal('anything'),
  z.strictObject({
    events: z.array(z.string().min(1)).min(1),
    where: z
      .array(z.strictObject({ property: z.string().min(1), is: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }))
      .optional(),
  }),
])
/** Which number of it: its amount of money, in minor units of the company's currency, or a property. */
const value = z.union([z.literal('amount'), z.strictObject({ property: z.string().min(1) })])
const days = z.number().positive().max(3_660)

/** How events become one fact, each in constant time per event. Gaps are those between one and the next, in days; quantile and longest of the last 50. */
const take = z.union([
  z.enum(['count', 'first', 'last', 'days']),
  z.strictObject({ nth_last: z.int().min(1).max(50) }),
  z.strictObject({ gap: z.enum(['mean', 'last', 'longest']) }),
  z.strictObject({ gap: z.literal('quantile'), share: z.number().gt(0).max(1) }),
  z.strictObject({ sum: value }),
  z.strictObject({ mean: value }),
  z.strictObject({ maximum: value }),
  z.strictObject({ latest: value }),
  z.strictObject({ count_within: days }),
  z.strictObject({ sum_within: days, value }),
  /** Whether it happened in this day, week or month of the company's calendar, in the one before, or in this one for the first time ever. */
  z.strictObject({ active: z.enum(['this', 'previous', 'first']), by: z.enum(['day', 'week', 'month']) }),
])

const fact = z.strictObject({ id, name: z.string().min(1), of, take })
export type Fact = z.infer<typeof fact>
export type Take = Fact['take']

/** A whole model. Stages are tried in their order; the first whose condition holds is the stage. `shown` is the order on the map. */
export const model = z.strictObject({
  id,
  version: z.int().min(1),
  name: z.string().min(1),
  description: z.string(),
  /** The question about the business that it answers, and what for; for whoever chooses a model. */
  question: z.string().optional(),
  purpose: z.string().optional(),
  /** Calendar and currency by which it judges: the company's when it was switched on. */
  timeZone: z.string().optional(),
  currency: z.string().optional(),
  facts: z.array(fact).optional(),
  parameters: z.array(
    z.strictObject({ id, name: z.string(), value: z.number().positive(), unit: z.enum(['days', 'orders', 'times', 'factor']) }),
  ),
  stages: z.array(z.strictObject({ id, name: z.string().min(1), super: superStage, shown: z.int(), when: condition })).min(1),
})
export type Model = z.infer<typeof model>

/** Stands for “no stage's condition holds”. Never the id of a stage. */
export const UNASSIGNED = 'unassigned'
/** Stands for “not yet, or no longer, a customer”. */
export const OUTSIDE = ''

export function kindOf(take: Take): FactKind {
  if (take === 'first' || take === 'last') return 'time'
  if (typeof take === 'object' && 'nth_last' in take) return 'time'
  return typeof take === 'object' && 'active' in take ? 'yes' : 'number'
}

/** Whether a fact's value may change while only time passes. */
export const isPassing = (take: Take): boolean =>
  typeof take === 'object' && ('count_within' in take || 'sum_within' in take || 'active' in take)

export const kindsOf = ({ facts = [] }: Pick<Model, 'facts'>): ReadonlyMap<string, FactKind> =>
  new Map([...Object.entries(BUILT_IN), ...facts.map(one => [one.id, kindOf(one.take)] as const)])

/** What is wrong with a model beyond its shape: one sentence each, none when it can be used. */
export function flaws(model: Model): string[] {
  const { parameters, stages, facts = [] } = model
  const kinds = kindsOf(model)
  const parameterIds = new Set(parameters.map(parameter => parameter.id))
  const ids = stages.map(stage => stage.id)
  const factIds = facts.map(one => one.id)
  const conditions = stages.flatMap(stage => conditionsIn(stage.when))
  const quantities = conditions.flatMap(quantitiesIn)
  const unknownParameters = new Set(
    quantities.flatMap(one => (typeof one === 'object' && 'parameter' in one ? one.parameter : [])),
  )
  const passing = new Set(facts.filter(one => isPassing(one.take)).map(one => one.id))
  const previous = conditions.flatMap(one => ('previous_stage' in one ? one.previous_stage : []))
  const used = conditions.flatMap(factsIn)
  return [
    ...[...unknownParameters].filter(name => !parameterIds.has(name)).map(name => `There is no parameter “${name}”.`),
    ...ids.filter((one, i) => ids.indexOf(one) !== i).map(one => `Two stages are called “${one}”.`),
    ...factIds.filter((one, i) => factIds.indexOf(one) !== i).map(one => `Two facts are called “${one}”.`),
    ...factIds.filter(one => one in BUILT_IN).map(one => `“${one}” is a fact that every model has already.`),
    ...ids.filter(one => one === UNASSIGNED).map(one => `“${one}” is kept for customers whom no stage fits.`),
    ...previous.filter(one => !ids.includes(one) && one !== UNASSIGNED).map(one => `There is no stage “${one}” to come from.`),
    ...new Set(used.filter(({ id }) => !kinds.has(id)).map(({ id }) => `There is no fact “${id}”.`)),
    ...new Set(
      used
        .filter(({ id, as }) => kinds.has(id) && !as.includes(kinds.get(id) ?? 'number'))
        .map(({ id }) => `“${id}” is no fact of the kind that is asked for.`),
    ),
    ...conditions.flatMap(one =>
      'since' in one && quantitiesIn(one).some(part => typeof part === 'object' && 'fact' in part && passing.has(part.fact))
        ? [`The days since “${one.since}” are compared with something that changes while time passes.`]
        : [],
    ),
    ...facts.flatMap(flawsOfFact),
  ]
}

const BUILT_ON_VALUE = ['sum', 'mean', 'maximum', 'latest', 'value'] as const

function flawsOfFact({ id, of, take }: Fact): string[] {
  if (typeof take !== 'object') return []
  const property = BUILT_ON_VALUE.some(key => key in take && typeof (take as Record<string, unknown>)[key] === 'object')
  if (of === 'orders' && property) return [`“${id}”: an order as a whole has no properties; take its amount.`]
  if (of === 'orders' && 'latest' in take)
    return [`“${id}”: orders have no latest amount; of two at one instant neither is later.`]
  if (of === 'anything' && property) return [`“${id}”: name the events that have the property.`]
  return []
}
