import { type LogEvent, ORDER_EVENTS } from '../events/contract.ts'
import { type OrderState } from './contract.ts'

/** `refundId`: the sender's own number of a refund, or nothing. */
export type OrderEvent = Pick<LogEvent, 'name' | 'at' | 'orderId' | 'amount' | 'currency'> & { refundId?: string }

/** What an event of the log says about an order. */
export const orderEventOf = ({ name, at, orderId, amount, currency, properties }: LogEvent): OrderEvent => ({
  name,
  at,
  orderId,
  amount,
  currency,
  refundId: name === ORDER_EVENTS.refunded ? refundIdOf(properties) : '',
})

/** The sender's own number of a refund, or nothing. */
export const refundIdOf = (properties: Record<string, unknown>): string => wordOf(properties.refund_id ?? properties.refundId)

const wordOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '')

/** What was said of an order's worth, and when. */
type Worth = { at: number; rank: number; amount: number; currency: string }
export type Refund = { at: number; amount: number; currency: string }

/**
 * What all events with one order id say together. Every part of it is a set, a sum over a set, an earliest or a latest:
 * so it is the same in whatever order they are told, and a second telling of the same thing changes nothing.
 */
export type Order = {
  /** The earliest word that it was placed; null while only a refund or a cancellation of it has been seen. */
  placedAt: number | null
  worth: Worth | null
  /** By what tells one refund from another. Belongs to the order and is added to: an order may have thousands. */
  refunds: Map<string, Refund>
  /** The sum of the refunds, by currency. */
  paidBack: Readonly<Record<string, number>>
  cancelledAt: number | null
  /** When all of it was paid back, without an amount. */
  refundedAt: number | null
  /** When it was last said anew what it is. */
  changedAt: number | null
}

export const UNHEARD: Order = {
  placedAt: null,
  worth: null,
  refunds: new Map(),
  paidBack: {},
  cancelledAt: null,
  refundedAt: null,
  changedAt: null,
}

/** The order with one more word on it; the order before is not to be used any more. */
export function told(order: Order, event: OrderEvent): Order {
  const { at, amount, currency } = event
  switch (event.name) {
    case ORDER_EVENTS.cancelled:
      return { ...order, cancelledAt: earlier(order.cancelledAt, at) }
    case ORDER_EVENTS.refunded:
      return amount === null
        ? { ...order, refundedAt: earlier(order.refundedAt, at) }
        : withRefund(order, event.refundId, { at, amount, currency })
    default: {
      const isChange = event.name === ORDER_EVENTS.updated
      const word = amount === null ? null : { at, rank: isChange ? 1 : 0, amount, currency }
      return {
        ...order,
        placedAt: earlier(order.placedAt, at),
        worth: latest(order.worth, word),
        changedAt: isChange ? Math.max(order.changedAt ?? at, at) : order.changedAt,
      }
    }
  }
}

const earlier = (a: number | null, b: number): number => (a === null ? b : Math.min(a, b))

/** The later word; of two at one instant a change before the first telling, then the one that says more: never the one that came in last. */
function latest(a: Worth | null, b: Worth | null): Worth | null {
  if (a === null || b === null) return a ?? b
  const order = a.at - b.at || a.rank - b.rank || a.amount - b.amount || (a.currency < b.currency ? -1 : 1)
  return order >= 0 ? a : b
}

/**
 * One refund more, or another word on one that is there. The sender's own id tells refunds apart; without one, the same sum
 * at the same instant is the same refund sent twice.
 */
function withRefund(order: Order, id: string | undefined, refund: Refund): Order {
  const key = id ? `id ${id}` : `${refund.at} ${refund.amount} ${refund.currency}`
  const refunds = order.refunds === UNHEARD.refunds ? new Map<string, Refund>() : order.refunds
  const before = refunds.get(key)
  const kept = before === undefined ? refund : (latest({ ...before, rank: 0 }, { ...refund, rank: 0 }) ?? refund)
  refunds.set(key, { at: kept.at, amount: kept.amount, currency: kept.currency })
  const paidBack = { ...order.paidBack }
  if (before !== undefined) paidBack[before.currency] = (paidBack[before.currency] ?? 0) - before.amount
  paidBack[kept.currency] = (paidBack[kept.currency] ?? 0) + kept.amount
  return { ...order, refunds, paidBack }
}

const isVoid = (order: Order): boolean => order.cancelledAt !== null || order.refundedAt !== null

/** What was paid back of it in the currency it was paid in. */
export const refundedOf = ({ worth, paidBack }: Order): number => (worth === null ? 0 : (paidBack[worth.currency] ?? 0))

/** Whether it counts as an order: it was placed, was not called off, and something of its worth is left, or its worth was never told. */
export const counts = (order: Order): boolean =>
  order.placedAt !== null && !isVoid(order) && (order.worth === null || order.worth.amount - refundedOf(order) > 0)

const NOTHING: Readonly<Record<string, number>> = {}

/** What it brought, in minor units by currency: nothing when it was called off; less than nothing where a refund is all that is known, or was larger. */
export function netOf(order: Order): Readonly<Record<string, number>> {
  // Of an order whose worth nobody told, nothing was counted that a refund could take away.
  if (isVoid(order) || (order.placedAt !== null && order.worth === null)) return NOTHING
  const net: Record<string, number> = {}
  if (order.worth !== null) net[order.worth.currency] = order.worth.amount
  if (order.refunds.size > 0)
    for (const [currency, amount] of Object.entries(order.paidBack)) net[currency] = (net[currency] ?? 0) - amount
  return net
}

/** In a word; `unknown`: a refund or cancellation of an order that we have not heard of. */
export function stateOf(order: Order): OrderState {
  if (order.cancelledAt !== null) return 'cancelled'
  if (order.placedAt === null) return 'unknown'
  if (!counts(order)) return order.refundedAt !== null || order.refunds.size > 0 ? 'refunded' : 'placed'
  if (order.refunds.size > 0) return 'partly_refunded'
  return order.changedAt === null ? 'placed' : 'changed'
}

/** What it brought, as amounts of the time at which it was placed: so that an order that was paid back is worth nothing at any rate. */
export function amountsOf(order: Order): { amount: number; currency: string; at: number }[] {
  const at = order.placedAt ?? Math.min(...[...order.refunds.values()].map(refund => refund.at))
  return Object.entries(netOf(order)).map(([currency, amount]) => ({ amount, currency, at }))
}
