import { z } from 'zod'

/** What an event was: usable and on its way to its customer, or set aside. */
export const OUTCOMES = ['accepted', 'quarantined'] as const

const sourceId = z.coerce.number().int().min(1).max(2_147_483_647)

/** GET /api/tracking/live?after= : what arrived lately at this server, newest first. `after` is the `latest` of an earlier answer. */
export const liveEvent = z.object({
  /** Of this answer's order; grows with every event. */
  seq: z.int(),
  receivedAt: z.iso.datetime(),
  source: z.string(),
  outcome: z.enum(OUTCOMES),
  name: z.string().nullable(),
  /** When it happened; null when it was set aside. */
  at: z.iso.datetime().nullable(),
  /** As far as who asks may see them. */
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  messageId: z.string().nullable(),
  /** Why it was set aside, as a code and as a sentence. */
  reason: z.string().nullable(),
  why: z.string().nullable(),
  field: z.string().nullable(),
  /** What it said, as JSON; null for who may not see contact details. */
  content: z.string().nullable(),
})
export type LiveEvent = z.infer<typeof liveEvent>
export const liveQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  source: sourceId.optional(),
})
export const live = z.object({
  items: z.array(liveEvent),
  latest: z.int(),
  /** Since this server started. */
  counts: z.object({ accepted: z.int(), quarantined: z.int() }),
})
export type Live = z.infer<typeof live>

/** GET /api/tracking/quarantine?cursor= : newest first. */
export const quarantined = z.object({
  id: z.string(),
  source: z.string(),
  reason: z.string(),
  why: z.string(),
  field: z.string().nullable(),
  name: z.string().nullable(),
  /** The event as JSON; null for who may not see contact details. */
  raw: z.string().nullable(),
  /** `raw` is not all of it: it cannot be replayed without being corrected. */
  isCut: z.boolean(),
  /** How often exactly this came. */
  times: z.int(),
  receivedAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
})
export type Quarantined = z.infer<typeof quarantined>
export const quarantineQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  source: sourceId.optional(),
  reason: z.string().max(40).optional(),
})
export const quarantinePage = z.object({ items: z.array(quarantined), next: z.string().nullable() })

const id = z.string().regex(/^\d{1,15}$/)
export const quarantineParams = z.object({ id })
/** POST /api/tracking/quarantine/:id/replay : the event as it should have been; without one it is tried again as it is. */
export const replay = z.object({ event: z.record(z.string(), z.unknown()).optional() })
export const replayed = z.object({ messageId: z.string() })
/** DELETE /api/tracking/quarantine : all of them, or all with one reason. */
export const emptyQuery = z.object({ reason: z.string().max(40).optional() })
export const emptied = z.object({ removed: z.int() })

/** The answer of the tracking API itself, as the SDKs expect it. */
export const success = z.object({ success: z.literal(true) })

export const userSecret = z.object({ secret: z.string() })
export type UserSecret = z.infer<typeof userSecret>
