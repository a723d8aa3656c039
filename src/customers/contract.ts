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
  kind: z.enum(['order', 'refund', 'cancellation', 'move', 'event']),
  /** Event name for `event`; for a move the stage entered. */
  title: z.string(),
  orderId: z.string().nullable(),
  money: money.nullable(),
  lines: z.array(orderLine),
  from: z.string().nullable(),
  to: z.string().nullable(),
  because: z.enum(['event', 'clock']).nullable(),
  source: z.string().nullable(),
})
export type TimelineItem = z.infer<typeof timelineItem>
export const timelinePage = z.object({ items: z.array(timelineItem), next: z.string().nullable() })
export type TimelinePage = z.infer<typeof timelinePage>
