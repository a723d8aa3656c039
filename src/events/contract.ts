/** Ids by which a sender may call a customer, strongest first. */
export const IDENTITY_KINDS = ['external', 'email', 'phone', 'anonymous'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]
/** `kind` is one of these, or a kind of the sender's own (`loyalty_card`), which counts for more than an anonymous id and less than a phone. */
export type Identity = { kind: string; value: string }

/**
 * A line of an order or a cart, or the one product that an event is about. `sku` is the number by which the product is known:
 * the sender's sku, else their product id; `productId` is there when it is another one. `price` in minor units for one piece.
 */
export type OrderLine = {
  sku?: string
  productId?: string
  name?: string
  category?: string
  brand?: string
  variant?: string
  coupon?: string
  quantity: number
  price?: number
}

/**
 * What a front door hands in and the inbox keeps: one thing that a customer did.
 * `messageId` makes it repeatable: the same id again changes nothing.
 * Names follow the Segment specification: `Order Completed`, `Order Refunded`, `Order Cancelled`, `Identified`, …
 */
export type Envelope = {
  messageId: string
  identities: Identity[]
  /** Further ids that are the same person's on the word of a sender who is believed: also of somebody who is known already. */
  alsoKnownAs?: Identity[]
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
  /** The customer it was taken for when it came in, where that is another one: both have been joined since. */
  persona?: number
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

/** What somebody said to being addressed. */
export const CONSENT_EVENTS = {
  granted: 'Consent Granted',
  denied: 'Consent Denied',
  withdrawn: 'Consent Withdrawn',
} as const
export type ConsentStatus = keyof typeof CONSENT_EVENTS
/** What for: each is asked for and withdrawn by itself. */
export const CONSENT_PURPOSES = ['marketing', 'profiling', 'open_tracking', 'click_tracking', 'sharing'] as const
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number]
/** By what way; `any` where a purpose knows no ways. */
export const CONSENT_CHANNELS = ['email', 'sms', 'phone', 'whatsapp', 'push', 'post', 'any'] as const
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number]

/** Somebody belongs to a company, and no longer does: `properties.groupId` says which, `properties.traits` what it is like. */
export const COMPANY_EVENTS = { joined: 'Group Joined', left: 'Group Left' } as const

/** A colleague told a trait. It is about the customer and not by them: nobody was there because of it. */
export const TRAIT_SET = 'Trait Set'

// No sender's order id begins so, but by intent; and then it is only not shown.
const MADE_UP = 'unnumbered:'

/** An order id for an order that came without a number, made from what tells it from others. */
export const madeUpOrderId = (from: string): string => `${MADE_UP}${from}`

/** The number of an order as people know it; null for one that we made up, which tells nobody anything, and where there is no order. */
export const orderNumberOf = (orderId: string): string | null => (orderId === '' || orderId.startsWith(MADE_UP) ? null : orderId)

/**
 * The one order in which a history is read: by time, then by id. When and in what batch we heard of something plays no part,
 * so that what follows from a history is the same for every order of arrival.
 */
export const inTime = (a: { at: number; id: string }, b: { at: number; id: string }): number =>
  a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
