import { type LogEvent, ORDER_EVENTS } from '../events/contract.ts'
import { orderKey } from './key.ts'

/** What is known of one customer's orders at an instant. Revenue is net, in minor units by currency. */
export type OrderFacts = {
  orders: number
  firstOrderAt: number | null
  lastOrderAt: number | null
  revenue: Record<string, number>
  /** Short keys of every order id seen, so that a repeated one is noticed without the history. */
  keys: string
}

export const NO_ORDERS: OrderFacts = { orders: 0, firstOrderAt: null, lastOrderAt: null, revenue: {}, keys: '' }

/** `placedAt` is null while only a refund or a cancellation of it has been seen. */
type Order = { placedAt: number | null; amount: number | null; currency: string; refunded: number; isVoid: boolean }

export type OrderEvent = Pick<LogEvent, 'name' | 'at' | 'orderId' | 'amount' | 'currency'>

const NAMES = new Set<string>(Object.values(ORDER_EVENTS))
export const isOrderEvent = (event: { name: string; orderId: string }): boolean => NAMES.has(event.name) && event.orderId !== ''

/**
 * The orders of one customer, told event by event, in the order of `inTime`.
 * Opened empty it knows everything; opened from facts it knows only that much, and says so (`false`) when that is not enough.
 */
export class OrderBook {
  facts: OrderFacts
  readonly #orders: Map<string, Order> | null
  readonly #keys: Set<string>

  private constructor(facts: OrderFacts, orders: Map<string, Order> | null) {
    this.facts = facts
    this.#orders = orders
    this.#keys = new Set(facts.keys.match(/.{8}/g) ?? [])
  }

  /** A book that will be told the whole history. */
  static empty(): OrderBook {
    return new OrderBook(NO_ORDERS, new Map())
  }

  /** A book that continues from `facts`. Where these are of nobody's orders yet, it is as good as an empty one. */
  static from(facts: OrderFacts): OrderBook {
    return new OrderBook(facts, facts.keys === '' ? new Map() : null)
  }

  /** Takes the next event. False: only the whole history can tell what it means (a second word on an order seen before). Nothing has changed then. */
  tell(event: OrderEvent): boolean {
    if (!isOrderEvent(event)) return true
    const key = orderKey(event.orderId)
    const isNew = !this.#keys.has(key)
    const isPlain = isNew && (event.name === ORDER_EVENTS.completed || event.name === ORDER_EVENTS.updated)
    if (this.#orders === null && !isPlain) return false
    this.#keys.add(key)
    this.facts = { ...this.facts, keys: isNew ? this.facts.keys + key : this.facts.keys }
    if (isPlain) this.#place(event)
    else this.#amend(event)
    return true
  }

  #place(event: OrderEvent): void {
    const order: Order = { placedAt: event.at, amount: event.amount, currency: event.currency, refunded: 0, isVoid: false }
    this.#orders?.set(event.orderId, order)
    this.facts = counted(this.facts, order)
  }

  #amend(event: OrderEvent): void {
    const orders = this.#orders ?? new Map<string, Order>()
    const order = orders.get(event.orderId) ?? {
      placedAt: null,
      amount: null,
      currency: event.currency,
      refunded: 0,
      isVoid: false,
    }
    orders.set(event.orderId, amended(order, event))
    // Counting again from all orders is slower than adjusting, and cannot drift.
    const placed = [...orders.values()].sort((a, b) => (a.placedAt ?? 0) - (b.placedAt ?? 0))
    this.facts = placed.reduce(counted, { ...NO_ORDERS, keys: this.facts.keys })
  }
}

function amended(order: Order, event: OrderEvent): Order {
  switch (event.name) {
    case ORDER_EVENTS.cancelled:
      return { ...order, isVoid: true }
    case ORDER_EVENTS.refunded:
      // A refund without an amount is of all that was paid.
      return event.amount === null ? { ...order, isVoid: true } : { ...order, refunded: order.refunded + event.amount }
    default:
      // Events come in their order (inTime), so this is the newest word on what the order is worth.
      return { ...order, placedAt: order.placedAt ?? event.at, amount: event.amount, currency: event.currency }
  }
}

/** The facts with one more order: it counts while something of its value is left; its money counts also when it does not. */
function counted(facts: OrderFacts, order: Order): OrderFacts {
  const counts = order.placedAt !== null && !order.isVoid && (order.amount === null || order.amount - order.refunded > 0)
  const net = order.isVoid ? 0 : (order.amount ?? 0) - order.refunded
  return {
    orders: facts.orders + (counts ? 1 : 0),
    firstOrderAt: counts ? (facts.firstOrderAt ?? order.placedAt) : facts.firstOrderAt,
    lastOrderAt: counts ? order.placedAt : facts.lastOrderAt,
    revenue: net === 0 ? facts.revenue : { ...facts.revenue, [order.currency]: (facts.revenue[order.currency] ?? 0) + net },
    keys: facts.keys,
  }
}
