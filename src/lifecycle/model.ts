import { z } from 'zod'
import { superStage } from './contract.ts'

/** Numbers a condition may compare. `gap_days` is null until three orders have shown a rhythm. */
export const NUMBER_FACTS = ['orders', 'gap_days'] as const
/** Instants since which time may have passed. */
export const TIME_FACTS = ['first_seen', 'last_seen', 'first_order', 'last_order'] as const
export const YES_NO_FACTS = ['identified'] as const
export type NumberFact = (typeof NUMBER_FACTS)[number]
export type TimeFact = (typeof TIME_FACTS)[number]
export type YesNoFact = (typeof YES_NO_FACTS)[number]

/** A number, or how to come to one. Unknown facts make it unknown, unless `first_known` offers something else. */
export type Quantity =
  | number
  | { parameter: string }
  | { fact: NumberFact }
  | { product: Quantity[] }
  | { clamp: Quantity; min: Quantity; max: Quantity }
  | { first_known: Quantity[] }

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { fact: NumberFact; is: 'at_least' | 'less_than' | 'exactly'; value: Quantity }
  /** Days of 24 hours. A customer for whom the instant never came, or the number is unknown, does not meet the condition. */
  | { since: TimeFact; is: 'at_least' | 'less_than'; days: Quantity }
  | { yes: YesNoFact }
  /** The stage the customer stood in until now. */
  | { previous_stage: string[] }

const quantity: z.ZodType<Quantity> = z.lazy(() =>
  z.union([
    z.number(),
    z.strictObject({ parameter: z.string() }),
    z.strictObject({ fact: z.enum(NUMBER_FACTS) }),
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
    z.strictObject({ fact: z.enum(NUMBER_FACTS), is: z.enum(['at_least', 'less_than', 'exactly']), value: quantity }),
    z.strictObject({ since: z.enum(TIME_FACTS), is: z.enum(['at_least', 'less_than']), days: quantity }),
    z.strictObject({ yes: z.enum(YES_NO_FACTS) }),
    z.strictObject({ previous_stage: z.array(z.string()).min(1) }),
  ]),
)

const id = z.string().regex(/^[a-z][a-z0-9_-]{0,60}$/)

/** A whole model. Stages are tried in their order; the first whose condition holds is the stage. `shown` is the order on the map. */
export const model = z.strictObject({
  id,
  version: z.int().min(1),
  name: z.string().min(1),
  description: z.string(),
  parameters: z.array(
    z.strictObject({ id, name: z.string(), value: z.number().positive(), unit: z.enum(['days', 'orders', 'factor']) }),
  ),
  stages: z.array(z.strictObject({ id, name: z.string().min(1), super: superStage, shown: z.int(), when: condition })).min(1),
})
export type Model = z.infer<typeof model>

/** Stands for “no stage's condition holds”. Never the id of a stage. */
export const UNASSIGNED = 'unassigned'
/** Stands for “not yet, or no longer, a customer”. */
export const OUTSIDE = ''

/** What is wrong with a model beyond its shape: one sentence each, none when it can be used. */
export function flaws({ parameters, stages }: Model): string[] {
  const known = new Set(parameters.map(parameter => parameter.id))
  const ids = stages.map(stage => stage.id)
  const unknownParameters = new Set([...JSON.stringify(stages).matchAll(/"parameter":"([^"]+)"/g)].map(([, name]) => name ?? ''))
  const previous = stages.flatMap(stage => previousStages(stage.when))
  return [
    ...[...unknownParameters].filter(name => !known.has(name)).map(name => `There is no parameter “${name}”.`),
    ...ids.filter((one, i) => ids.indexOf(one) !== i).map(one => `Two stages are called “${one}”.`),
    ...ids.filter(one => one === UNASSIGNED).map(one => `“${one}” is kept for customers whom no stage fits.`),
    ...previous.filter(one => !ids.includes(one) && one !== UNASSIGNED).map(one => `There is no stage “${one}” to come from.`),
  ]
}

function previousStages(when: Condition): string[] {
  if ('previous_stage' in when) return when.previous_stage
  if ('not' in when) return previousStages(when.not)
  if ('all' in when) return when.all.flatMap(previousStages)
  if ('any' in when) return when.any.flatMap(previousStages)
  return []
}
