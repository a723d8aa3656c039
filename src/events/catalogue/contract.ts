import { z } from 'zod'
import { action, PERSONAL } from '../rules/contract.ts'

/** No more names, and no more properties of one name, are listed one by one; what comes beyond is counted together. */
export const NAMES_MAX = 1_000
export const PROPERTIES_MAX = 100

/** What a value can be. */
export const TYPES = ['text', 'number', 'yes_no', 'time', 'list', 'object', 'nothing'] as const
export type Type = (typeof TYPES)[number]

export const eventView = z.object({
  id: z.string(),
  /** Null: all the names for which there was no room, together. */
  name: z.string().nullable(),
  description: z.string(),
  owner: z.string(),
  isVerified: z.boolean(),
  /** A rule refuses it at the door; `blocked` of it came all the same. */
  isBlocked: z.boolean(),
  blocked: z.int(),
  /** Ever, and in the last 30 days, today in UTC included. */
  events: z.int(),
  events30Days: z.int(),
  /** The last 30 days one by one. */
  days: z.array(z.int()),
  firstAt: z.iso.datetime().nullable(),
  lastAt: z.iso.datetime().nullable(),
  sources: z.array(z.object({ id: z.string(), name: z.string() })),
})
export type EventView = z.infer<typeof eventView>

/** GET /api/data/events : the most frequent of the last 30 days first. */
export const eventQuery = z.object({
  search: z.string().max(200).default(''),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const eventPage = z.object({
  items: z.array(eventView),
  next: z.string().nullable(),
  /** How many names are listed, and how many can be. */
  names: z.int(),
  namesMax: z.int(),
})
export type EventPage = z.infer<typeof eventPage>

export const propertyView = z.object({
  path: z.string(),
  types: z.array(z.object({ type: z.enum(TYPES), count: z.int() })),
  /** Of the events that were looked into, how many had it: 0 … 1. */
  share: z.number(),
  /** Values that at least two customers have in common; letters and digits blotted out where `isShape`. */
  examples: z.array(z.string()),
  isShape: z.boolean(),
  /** What looks personal in it. */
  personal: z.array(z.enum(PERSONAL)),
  /** What becomes of it now. */
  action,
})
/** GET /api/data/events/:id */
export const eventDetail = eventView.extend({
  observed: z.int(),
  properties: z.array(propertyView),
  /** Sightings of properties for which there was no room. */
  unlisted: z.int(),
})
export type EventDetail = z.infer<typeof eventDetail>
export const eventParams = z.object({ id: z.coerce.number().int().min(0).max(2_147_483_647) })
/** PATCH /api/data/events/:id : what colleagues say of it. */
export const eventChange = z.object({
  description: z.string().trim().max(2_000).optional(),
  owner: z.string().trim().max(200).optional(),
  isVerified: z.boolean().optional(),
})
export type EventChange = z.infer<typeof eventChange>
