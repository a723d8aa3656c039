/** Ids by which a sender may call a customer, strongest first. */
export const IDENTITY_KINDS = ['external', 'email', 'phone', 'anonymous'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]
export type Identity = { kind: IdentityKind; value: string }

/** A line of an order: price in minor units for one piece. */
export type OrderLine = { sku?: string; name?: string; quantity: number; price?: number }

/**
 * What a front door hands in and the inbox keeps: one thing that a customer did.
 * `messageId` makes it repeatable: the same id again changes nothing.
 * Names follow the Segment specification: `Order Completed`, `Order Refunded`, `Order Cancelled`, `Identified`, …
 */
export type Envelope = {
  messageId: string
  identities: Identity[]
  name: string
  /** Milliseconds since 1970. */
  at: number
  orderId?: string
  /** Minor units of `currency`; an order's value after discounts, or what was refunded. */
  amount?: number
  currency?: string
  lines?: OrderLine[]
  traits?: Record<string, string | number | boolean | null>
  properties?: Record<string, unknown>
}

/** An envelope whose customer is known: a row of the log. `id` is a UUID made from the message id. */
export type LogEvent = {
  id: string
  customerId: number
  name: string
  at: number
  receivedAt: number
  sourceId: number
  /** The sender named the customer by more than an anonymous id. */
  identified: boolean
  orderId: string
  amount: number | null
  currency: string
  lines: OrderLine[]
  traits: Record<string, string | number | boolean | null>
  properties: Record<string, unknown>
}

export const ORDER_EVENTS = {
  completed: 'Order Completed',
  updated: 'Order Updated',
  refunded: 'Order Refunded',
  cancelled: 'Order Cancelled',
} as const

/** The one order in which a history is read: by time, then by when we heard of it, then by id, so that nothing is left to chance. */
export const inTime = (
  a: { at: number; receivedAt: number; id: string },
  b: { at: number; receivedAt: number; id: string },
): number => a.at - b.at || a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
