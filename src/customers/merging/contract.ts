import { z } from 'zod'

const someone = z.object({ id: z.string(), label: z.string() })
const by = z.object({ kind: z.string(), value: z.string() })

/** GET /api/customers/:id/merges — who is read as this customer and why, who was, and who may be the same person. */
export const customerMerges = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      /** The two that became one: what `other` did is told as done by `customer`. */
      customer: someone,
      other: someone,
      because: z.enum(['same_event', 'alias', 'colleague']),
      /** The id that both were called by; null when a colleague joined them. */
      by: by.nullable(),
      colleague: z.string().nullable(),
      at: z.iso.datetime(),
      undoneAt: z.iso.datetime().nullable(),
      undoneBy: z.string().nullable(),
    }),
  ),
  doubts: z.array(
    z.object({
      customer: someone,
      /** Why they were not joined: both are known otherwise, one has too many already, or a colleague took them apart. */
      reason: z.enum(['shared_id', 'too_many', 'apart']),
      by,
      times: z.int(),
      lastAt: z.iso.datetime(),
    }),
  ),
  /** Something of this is being done right now: ask again. */
  isWorking: z.boolean(),
})
export type CustomerMerges = z.infer<typeof customerMerges>

export const joinRequest = z.object({
  customer: z.string().min(1).max(400).describe('Who is the same person: an id, or `external:ID`, or `email:ADDRESS`.'),
})
