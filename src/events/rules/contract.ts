import { z } from 'zod'

/** What becomes of a property. `block` is for a whole event name. */
export const ACTIONS = ['allow', 'deny', 'hash', 'redact', 'shorten', 'block'] as const
export const action = z.enum(ACTIONS)
export type Action = z.infer<typeof action>

/** What looks personal in a value. */
export const PERSONAL = ['email', 'phone', 'card'] as const
export type Personal = (typeof PERSONAL)[number]

export const RULES_MAX = 500

const eventName = z.string().trim().min(1).max(500)
/** Segments with dots between them, from the top of the event: `properties.email`, `context.ip`, `traits`, `userId`. Lists are passed through. */
const path = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^.\s[\]][^.[\]]*(\[\])?(\.[^.[\]]+(\[\])?)*$/)

/** A rule as it is made; the same event and path again replaces it. */
export const newRule = z
  .object({ event: eventName.nullable().default(null), path: path.nullable().default(null), action })
  .refine(rule => (rule.action === 'block') === (rule.path === null), {
    path: ['path'],
    message: 'a blocked event has no path, every other rule has one',
  })
  .refine(rule => rule.action !== 'block' || rule.event !== null, { path: ['event'], message: 'which event is blocked' })
export type NewRule = z.infer<typeof newRule>

export const ruleView = z.object({
  id: z.string(),
  event: z.string().nullable(),
  path: z.string().nullable(),
  action,
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** Of a blocked name: events that came all the same, and when last. */
  hits: z.int(),
  lastHitAt: z.iso.datetime().nullable(),
})
export type RuleView = z.infer<typeof ruleView>
/** GET /api/data/rules : all of them; there is no second page. */
export const ruleList = z.object({ items: z.array(ruleView), next: z.null() })
export const ruleParams = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

/** POST /api/data/rules/test : what would become of an event, with the rules as they are and, if given, one more. */
export const ruleTest = z.object({ event: z.record(z.string(), z.unknown()), rule: newRule.optional() })
export const ruleTested = z.object({
  outcome: z.enum(['accepted', 'quarantined', 'blocked']),
  /** Why it would be set aside. */
  why: z.string().nullable(),
  /** As it would be kept; null when it is blocked. */
  after: z.record(z.string(), z.unknown()).nullable(),
  changes: z.array(z.object({ path: z.string(), action })),
})
export type RuleTested = z.infer<typeof ruleTested>

/** GET /api/data/suggestions : what arrived and looks as if a rule should be made for it. */
export const suggestion = z.object({
  /** In which events, the one with most of it first. */
  events: z.array(z.string()),
  path: z.string(),
  kinds: z.array(z.enum(PERSONAL)),
  /** Of the events that were looked into, those with this property, and those of them in which it looked personal. */
  seen: z.int(),
  hits: z.int(),
  action,
})
export type Suggestion = z.infer<typeof suggestion>
export const suggestionList = z.object({ items: z.array(suggestion), next: z.null() })
export const dismissal = z.object({ events: z.array(eventName).min(1).max(1_000), path: z.string().min(1).max(300) })
