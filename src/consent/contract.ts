import { z } from 'zod'
import { CONSENT_CHANNELS, CONSENT_PURPOSES } from '../events/contract.ts'

export const CONSENT_STATUSES = ['granted', 'denied', 'withdrawn'] as const
const purpose = z.enum(CONSENT_PURPOSES)
const channel = z.enum(CONSENT_CHANNELS)
const status = z.enum(CONSENT_STATUSES)

/** One entry of the ledger. */
export const consentEntry = z.object({
  id: z.string(),
  purpose,
  channel,
  status,
  /** When it was said. */
  at: z.iso.datetime(),
  /** When we heard of it. */
  recordedAt: z.iso.datetime(),
  /** What brought it in: a file, a key. */
  source: z.string(),
  /** Where it was said, in the sender's words; null when they did not say. */
  saidIn: z.string().nullable(),
  proof: z.string().nullable(),
})
export type ConsentEntry = z.infer<typeof consentEntry>

/** GET /api/customers/:id/consents */
export const customerConsents = z.object({
  /** What counts now: one for each purpose and channel that anything is known of. */
  now: z.array(z.object({ purpose, channel, status, since: z.iso.datetime() })),
  /** The whole ledger, the newest first. */
  entries: z.array(consentEntry),
})
export type CustomerConsents = z.infer<typeof customerConsents>
