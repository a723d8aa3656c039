import { z } from 'zod'

// U+0000 and halves of characters fit into no database.
const words = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(text => !text.includes('\0') && text.isWellFormed(), 'holds characters that cannot be stored')
const day = z.iso.date()
const days = z.int().min(0).max(36_500)
const ids = z.array(words(60)).min(1).max(50)

const byStage = z.object({ field: z.enum(['stage', 'super']), op: z.enum(['in', 'not_in']), values: ids })
const byOrders = z.object({
  field: z.literal('orders'),
  op: z.enum(['is', 'at_least', 'at_most']),
  value: z.int().min(0).max(1_000_000_000),
})
const TIMES = ['last_order', 'first_seen', 'last_event'] as const
/** `before` a day; `since` a day, that day with it; in the company's time zone. */
const byDay = z.object({ field: z.enum(TIMES), op: z.enum(['before', 'since']), day })
/** `within` the last days, counted from now; `beyond`: longer ago than that. */
const byAge = z.object({ field: z.enum(TIMES), op: z.enum(['within', 'beyond']), days })
const withoutOrder = z.object({ field: z.literal('last_order'), op: z.literal('never') })
const byReach = z.object({ field: z.enum(['email', 'phone']), op: z.enum(['known', 'unknown']) })
const byList = z.object({ field: z.enum(['list', 'company']), op: z.enum(['in', 'not_in']), id: z.string().regex(/^\d{1,15}$/) })
const trait = words(200)
const byTrait = z.object({ field: z.literal('trait'), trait, op: z.enum(['is', 'is_not', 'contains']), value: words(500) })
/** Of traits that are a number, or words that read as one. */
const byTraitSize = z.object({ field: z.literal('trait'), trait, op: z.enum(['less', 'more']), value: z.number() })
/** Of traits that begin with a day such as 2026-01-31, taken as written. */
const byTraitDay = z.object({ field: z.literal('trait'), trait, op: z.enum(['before', 'since']), day })
const byTraitAtAll = z.object({ field: z.literal('trait'), trait, op: z.enum(['known', 'unknown']) })

/** One thing that customers are asked to be. Several of them all have to hold. */
export const condition = z.union([
  byStage,
  byOrders,
  byDay,
  byAge,
  withoutOrder,
  byReach,
  byList,
  byTrait,
  byTraitSize,
  byTraitDay,
  byTraitAtAll,
])
export type Condition = z.infer<typeof condition>
export const CONDITIONS_MAX = 20
export const conditions = z.array(condition).max(CONDITIONS_MAX)

export const SORTS = ['newest', 'last_event', 'first_seen', 'orders', 'last_order', 'name'] as const
export const sort = z.enum(SORTS)
export type Sort = z.infer<typeof sort>
/** `usual`: the newest, the most, the beginning of the alphabet first. Whoever has nothing to be sorted by stands at the end either way. */
export const direction = z.enum(['usual', 'reverse'])
export type Direction = z.infer<typeof direction>

/** What the list may show. Traits are `trait:` and their name. */
export const COLUMNS = [
  'stage',
  'since',
  'orders',
  'last_order',
  'revenue',
  'email',
  'phone',
  'external',
  'first_seen',
  'last_event',
] as const
export const column = z.union([z.enum(COLUMNS), z.string().max(206).startsWith('trait:')])
export const columns = z.array(column).max(30)

/** Which customers: what a list shows and what is done to all of them. Empty: everybody. */
export const question = z.object({
  search: z.string().max(200).optional(),
  where: conditions.default([]),
  model: z.string().max(60).optional(),
})
export type Question = z.infer<typeof question>

export const customerCount = z.object({
  count: z.int(),
  /** False: estimated from a sample, right to within `margin` in 19 of 20 cases. */
  isExact: z.boolean(),
  margin: z.int(),
})
export type CustomerCount = z.infer<typeof customerCount>

/** Traits that customers have, as a sample of the latest shows, the most common ones first. */
export const traitNames = z.object({ items: z.array(z.object({ name: z.string(), examples: z.array(z.string()) })) })
export type TraitNames = z.infer<typeof traitNames>
