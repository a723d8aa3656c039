import { z } from 'zod'
import { worth } from '../company/contract.ts'

const money = z.object({ amount: z.int(), currency: z.string() })

/**
 * `placed`, or `changed` since; `partly_refunded`: something of it is left; `refunded`: nothing is; `cancelled`;
 * `unknown`: a refund or cancellation of an order that was never told.
 */
export const ORDER_STATES = ['placed', 'changed', 'partly_refunded', 'refunded', 'cancelled', 'unknown'] as const
export const orderState = z.enum(ORDER_STATES)
export type OrderState = z.infer<typeof orderState>

/** One order, as all events with its number tell it together. Amounts are null for those who may not see money. */
export const customerOrder = z.object({
  /** Tells it from the customer's other orders; also where it has no number. */
  id: z.string(),
  /** As people know it; null where it came without. */
  number: z.string().nullable(),
  state: orderState,
  /** Whether it counts as an order: it was placed, was not called off, and something of its worth is left. */
  counts: z.boolean(),
  placedAt: z.iso.datetime().nullable(),
  /** When it was last changed, refunded or cancelled. */
  lastAt: z.iso.datetime(),
  amount: money.nullable(),
  refunds: z.array(z.object({ at: z.iso.datetime(), money: money.nullable() })),
  /** What it brought after refunds, by currency; and in the company's currency at the rate of its day. */
  net: z.array(money),
  worth: worth.nullable(),
  lines: z.array(
    z.object({
      sku: z.string().nullable(),
      name: z.string().nullable(),
      category: z.string().nullable(),
      variant: z.string().nullable(),
      quantity: z.number(),
      price: money.nullable(),
    }),
  ),
  /** What was said of it, the first word first: ids of events of the customer's timeline. */
  events: z.array(z.object({ id: z.string(), name: z.string(), at: z.iso.datetime(), source: z.string().nullable() })),
})
export type CustomerOrder = z.infer<typeof customerOrder>

export const customerOrders = z.object({
  items: z.array(customerOrder),
  next: z.string().nullable(),
  /** How many there are, and how many of them count. */
  total: z.int(),
  counting: z.int(),
  /** What all of them brought together; null for those who may not see money. */
  worth: worth.nullable(),
})
export type CustomerOrders = z.infer<typeof customerOrders>

/** What the orders of several customers brought, each order at the rate of its day. */
export const worths = z.object({ items: z.array(z.object({ id: z.string(), worth })) })
export type Worths = z.infer<typeof worths>
