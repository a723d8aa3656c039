import { z } from 'zod'

/** The stages' common measure: what makes two different models comparable. */
export const SUPER_STAGES = ['reach', 'acquisition', 'conversion', 'retention', 'loyalty', 'at_risk', 'lapsed'] as const
export const superStage = z.enum(SUPER_STAGES)
export type SuperStage = z.infer<typeof superStage>

/** A stage as people read it. `rule` is its condition as one sentence. */
export const stageView = z.object({ id: z.string(), name: z.string(), super: superStage, rule: z.string() })
export const parameterView = z.object({
  id: z.string(),
  name: z.string(),
  value: z.number(),
  unit: z.enum(['days', 'orders', 'times', 'factor']),
})
export const modelView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.int(),
  isPrimary: z.boolean(),
  /** The first day on which anyone moved, and the last day on which anything was heard of a customer; null while there is nobody. */
  span: z.object({ first: z.iso.date(), last: z.iso.date() }).nullable(),
  stages: z.array(stageView),
  parameters: z.array(parameterView),
})
export type ModelView = z.infer<typeof modelView>

/** A model that can be switched on or is: in words, and how far that is. */
export const readyModelView = z.object({
  id: z.string(),
  name: z.string(),
  /** The question about the business that it answers, and for whom it is. */
  question: z.string(),
  purpose: z.string(),
  description: z.string(),
  version: z.int(),
  /** `preparing`: what is left of an earlier time is cleared away; `building`: everybody's history is told; both turn into `live` by themselves. */
  state: z.enum(['off', 'preparing', 'building', 'live']),
  isPrimary: z.boolean(),
  /** While it is made ready, or cleared away after it was switched off. */
  progress: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Why it could not be switched on, the last time. */
  trouble: z.string().nullable(),
  stages: z.array(stageView),
  parameters: z.array(parameterView),
})
export type ReadyModelView = z.infer<typeof readyModelView>

/** A day such as 1998-01-31 (its end, in the company's time zone) or an exact instant in ISO 8601. Absent: now. */
export const atQuery = z.string().max(40).optional()

export const populationAt = z.object({
  at: z.iso.datetime(),
  model: z.string(),
  version: z.int(),
  total: z.int(),
  stages: z.array(z.object({ id: z.string(), name: z.string(), super: superStage, count: z.int() })),
  unassigned: z.int(),
})
export type PopulationAt = z.infer<typeof populationAt>

/** One point per end of day, week (Sunday night) or month, in the company's time zone; the last one is `to` or now. */
export const populationOver = z.object({
  model: z.string(),
  version: z.int(),
  by: z.enum(['day', 'week', 'month']),
  stages: z.array(z.string()),
  points: z.array(
    z.object({ day: z.iso.date(), at: z.iso.datetime(), counts: z.array(z.int()), unassigned: z.int(), total: z.int() }),
  ),
})
export type PopulationOver = z.infer<typeof populationOver>

/** All moves after `from` and up to `to`. A missing `from` or `to` stage means outside: not yet, or no longer, a customer. */
export const movesBetween = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  model: z.string(),
  version: z.int(),
  moves: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), count: z.int() })),
  /** Holds for every stage: end = start + entries − exits. */
  stages: z.array(z.object({ id: z.string(), start: z.int(), entries: z.int(), exits: z.int(), end: z.int() })),
})
export type MovesBetween = z.infer<typeof movesBetween>

/** One uninterrupted time in a stage. `to` is null while it lasts. */
export const stay = z.object({
  stage: z.string(),
  name: z.string(),
  /** Null while no stage's condition held. */
  super: superStage.nullable(),
  from: z.iso.datetime(),
  to: z.iso.datetime().nullable(),
  because: z.enum(['event', 'clock']),
})

/** One condition with the customer's own numbers, or a group of conditions. */
export type Reason = { sentence: string; holds: boolean; actual: string | null; parts: Reason[]; group: 'all' | 'any' | null }
export const reason: z.ZodType<Reason> = z.lazy(() =>
  z.object({
    sentence: z.string(),
    holds: z.boolean(),
    actual: z.string().nullable(),
    parts: z.array(reason),
    group: z.enum(['all', 'any']).nullable(),
  }),
)

export const explanation = z.object({
  customer: z.string(),
  at: z.iso.datetime(),
  model: z.string(),
  version: z.int(),
  /** Null: not assigned, or not yet a customer at that instant (then `since` is null too). */
  stage: stageView.nullable(),
  since: z.iso.datetime().nullable(),
  /** The stages in the order in which they are tried, up to the one that held. */
  tried: z.array(z.object({ id: z.string(), name: z.string(), super: superStage, holds: z.boolean(), reason })),
  facts: z.array(z.object({ id: z.string(), name: z.string(), value: z.string() })),
  /** What happens by itself if the customer does nothing more. */
  next: z.object({ at: z.iso.datetime(), stage: stageView.nullable(), reason: reason.nullable() }).nullable(),
})
export type Explanation = z.infer<typeof explanation>
export const staysOfCustomer = z.object({ model: z.string(), version: z.int(), items: z.array(stay) })
export type StaysOfCustomer = z.infer<typeof staysOfCustomer>
