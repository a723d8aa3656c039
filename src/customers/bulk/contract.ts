import { z } from 'zod'
import { columns, question } from '../filters/contract.ts'

const customerId = z.string().regex(/^\d{1,15}$/)
/** Picked one by one, or all whom a question is about while the work is being done. */
export const PICKED_MAX = 5_000
export const selection = z.union([z.object({ ids: z.array(customerId).min(1).max(PICKED_MAX) }), z.object({ question })])
export type Selection = z.infer<typeof selection>

/** Ids, and what makes them: told by the customer or a system, never by hand for many at once. */
const NOT_BY_HAND = new Set(['email', 'phone', 'claimed_email', 'claimed_phone'])
const stored = (text: string) => !text.includes('\0') && text.isWellFormed()
const traitName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine(stored, 'holds characters that cannot be stored')
  .refine(name => !NOT_BY_HAND.has(name), 'is an id of one customer, and cannot be the same for many')
const traitValue = z.union([
  z.string().trim().min(1).max(1_000).refine(stored, 'holds characters that cannot be stored'),
  z.number(),
  z.boolean(),
])

export const BULK_KINDS = ['trait', 'list_add', 'list_remove', 'export'] as const
export const bulkRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('trait'), selection, trait: traitName, value: traitValue }),
  z.object({ kind: z.enum(['list_add', 'list_remove']), selection, list: customerId }),
  z.object({
    kind: z.literal('export'),
    selection,
    columns,
    /** Begins with the mark by which Excel knows UTF-8. */
    hasMark: z.boolean().default(true),
  }),
])
export type BulkRequest = z.infer<typeof bulkRequest>

export const bulkView = z.object({
  id: z.string(),
  kind: z.enum(BULK_KINDS),
  /** What is done, in words: the list, the trait and its value, or the file. */
  about: z.string(),
  state: z.enum(['working', 'done', 'failed', 'cancelled']),
  /** Whom it is about; an estimate (and then only for the progress) until it is done. */
  total: z.int().nullable(),
  done: z.int(),
  /** Of those, how many it changed. */
  changed: z.int(),
  progress: z.number().nullable(),
  secondsLeft: z.int().nullable(),
  error: z.string().nullable(),
  /** Of an export, while it is kept. */
  file: z.object({ name: z.string(), bytes: z.int() }).nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  finishedAt: z.iso.datetime().nullable(),
})
export type BulkView = z.infer<typeof bulkView>
/** One's own, the newest first. */
export const bulkViews = z.object({ items: z.array(bulkView), next: z.string().nullable() })
export type BulkViews = z.infer<typeof bulkViews>
