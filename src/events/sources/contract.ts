import { z } from 'zod'

/**
 * How a source is, in one word. `never`: nothing was ever heard of it. `silent`: for longer than usual. `aside`: much of what it sends is set aside.
 * `file`: read once, nothing more is awaited. `ended`: its key was revoked, or what it brought was undone.
 */
export const STATES = ['never', 'silent', 'aside', 'healthy', 'file', 'ended'] as const
export const state = z.enum(STATES)
export type SourceState = z.infer<typeof state>

/** What arrives now, and what usually does; `usual` is null while too little is known to call anything usual. */
const rate = z.object({ now: z.number(), usual: z.number().nullable() })

export const sourceView = z.object({
  /** Null: a key that has not handed anything in yet. */
  id: z.string().nullable(),
  keyId: z.string().nullable(),
  importId: z.string().nullable(),
  /** `tracking`, `shop`, `import.orders` … */
  kind: z.string(),
  name: z.string(),
  state,
  createdAt: z.iso.datetime(),
  lastAt: z.iso.datetime().nullable(),
  /** The longest it is usually silent, and how long it is now, in milliseconds. */
  usualSilenceMs: z.int().nullable(),
  silentMs: z.int().nullable(),
  perMinute: rate,
  perHour: rate,
  perDay: rate,
  /** In the last 24 hours. */
  events: z.int(),
  quarantined: z.int(),
  blocked: z.int(),
  /** The last 24 hours, by the hour, the present one last. */
  hours: z.array(z.int()),
})
export type SourceView = z.infer<typeof sourceView>

/** GET /api/data/sources : the newest first; keys that were never used are on the first page. */
export const sourceQuery = z.object({
  /** `live`: keys and connections; `files`: what came once, from files and from colleagues. */
  of: z.enum(['all', 'live', 'files']).default('all'),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})
export const sourcePage = z.object({ items: z.array(sourceView), next: z.string().nullable() })
export const sourceParams = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

/** How much came in a piece of time that begins at `at`. */
const piece = z.object({ at: z.iso.datetime(), events: z.int(), quarantined: z.int(), blocked: z.int() })
export type Piece = z.infer<typeof piece>

/** GET /api/data/sources/:id */
export const sourceDetail = z.object({
  source: sourceView,
  hours: z.array(piece),
  /** The last 30 days on the company's clock, today last. */
  days: z.array(z.object({ day: z.string(), events: z.int(), quarantined: z.int(), blocked: z.int() })),
  /** What it sends, the most first; no more than 200 names. */
  names: z.array(
    z.object({
      id: z.string(),
      /** Null: those for which the catalogue had no room. */
      name: z.string().nullable(),
      events: z.int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    }),
  ),
})
export type SourceDetail = z.infer<typeof sourceDetail>
