import { z } from 'zod'

/** An amount in minor units (cents) of its own currency. Amounts of different currencies are never added. */
export const money = z.object({ amount: z.int(), currency: z.string() })
export type Money = z.infer<typeof money>

export const customerRow = z.object({
  id: z.string(),
  /** Best name to show: name, else email, else external id, else “Anonymous”. */
  label: z.string(),
  email: z.string().nullable(),
  /** In the asked model, at the asked time. */
  stage: z.string().nullable(),
  since: z.iso.datetime().nullable(),
  orders: z.int(),
  lastOrderAt: z.iso.datetime().nullable(),
  revenue: z.array(money),
  firstSeenAt: z.iso.datetime(),
  /** When something was last heard of them: their own events, files, and what colleagues changed. */
  lastSeenAt: z.iso.datetime(),
  phone: z.string().nullable(),
  externalId: z.string().nullable(),
  /** Those that were asked for (`traits=`) and that they have. */
  traits: z.record(z.string(), z.string()),
})
export type CustomerRow = z.infer<typeof customerRow>
export const customerPage = z.object({ items: z.array(customerRow), next: z.string().nullable() })
export type CustomerPage = z.infer<typeof customerPage>

export const customerProfile = z.object({
  id: z.string(),
  label: z.string(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  traits: z.array(z.object({ name: z.string(), value: z.string() })),
  orders: z.int(),
  lastOrderAt: z.iso.datetime().nullable(),
  revenue: z.array(money),
})
export type CustomerProfile = z.infer<typeof customerProfile>

export const orderLine = z.object({
  name: z.string().nullable(),
  sku: z.string().nullable(),
  quantity: z.number(),
  price: z.int().nullable(),
})

/** Everything that happened to one customer, newest first. */
export const timelineItem = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(['order', 'refund', 'cancellation', 'visit', 'message', 'move', 'note', 'event']),
  /** Event name for `event`; for a move the stage entered; for a note its text. */
  title: z.string(),
  orderId: z.string().nullable(),
  money: money.nullable(),
  lines: z.array(orderLine),
  from: z.string().nullable(),
  to: z.string().nullable(),
  because: z.enum(['event', 'clock']).nullable(),
  source: z.string().nullable(),
  /** Says more when it is opened (`GET /api/customers/:id/events/:event`), to those who may see what events say. */
  hasMore: z.boolean(),
})
export type TimelineItem = z.infer<typeof timelineItem>
export const timelinePage = z.object({ items: z.array(timelineItem), next: z.string().nullable() })
export type TimelinePage = z.infer<typeof timelinePage>

/** What a timeline may be narrowed to. `order` has refunds and cancellations with it. */
export const TIMELINE_KINDS = ['order', 'visit', 'message', 'move', 'note', 'other'] as const
export const timelineKind = z.enum(TIMELINE_KINDS)
export type TimelineKind = z.infer<typeof timelineKind>

/** GET /api/customers/:id/events/:event — one event as it was told. */
export const eventDetail = z.object({
  id: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  source: z.string().nullable(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
  traits: z.array(z.object({ name: z.string(), value: z.string() })),
})
export type EventDetail = z.infer<typeof eventDetail>

/** GET /api/customers/:id/traits — each trait with the event that last told it. */
export const toldTraits = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      at: z.iso.datetime().nullable(),
      source: z.string().nullable(),
      /** Not shown to this role. */
      isHidden: z.boolean(),
    }),
  ),
})
export type ToldTraits = z.infer<typeof toldTraits>
