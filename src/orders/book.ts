import { ORDER_EVENTS } from '../events/contract.ts'
import { orderKey } from './key.ts'
import { counts, netOf, type Order, type OrderEvent, told, UNHEARD } from './order.ts'

/** What is known of one customer's orders at an instant. Revenue is net, in minor units by currency; a currency that comes to nothing is left out. */
export type OrderFacts = {
  orders: number
  firstOrderAt: number | null
  lastOrderAt: number | null
  revenue: Record<string, number>
  /** Short keys of every order id seen, so that a repeated one is noticed without the history. */
  keys: string
}

export const NO_ORDERS: OrderFacts = { orders: 0, firstOrderAt: null, lastOrderAt: null, revenue: {}, keys: '' }

const NAMES = new Set<string>(Object.values(ORDER_EVENTS))
export const isOrderEvent = (event: { name: string; orderId: string }): boolean => NAMES.has(event.name) && event.orderId !== ''

/**
 * The orders of one customer, told event by event. Opened empty it knows everything, and what it says does not depend on the order of telling;
 * opened from facts it knows only that much, and says so (`false`) when that is not enough.
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

  /** Every order that is known, by its id; null in a book that continues from facts. */
  get orders(): ReadonlyMap<string, Order> | null {
    return this.#orders
  }

  /** Takes an event in. False: only the whole history can tell what it means (a second word on an order seen before). Nothing has changed then. */
  tell(event: OrderEvent): boolean {
    if (!isOrderEvent(event)) return true
    const key = orderKey(event.orderId)
    const isNew = !this.#keys.has(key)
    const isPlain = isNew && (event.name === ORDER_EVENTS.completed || event.name === ORDER_EVENTS.updated)
    if (this.#orders === null && !isPlain) return false
    this.#keys.add(key)
    const before = this.#orders?.get(event.orderId) ?? UNHEARD
    const after = told(before, event)
    this.#orders?.set(event.orderId, after)
    this.facts = { ...this.#adjusted(before, after), keys: isNew ? this.facts.keys + key : this.facts.keys }
    return true
  }

  /** The facts with `after` in place of `before`. Whole numbers, so that adding and taking away cannot drift. */
  #adjusted(before: Order, after: Order): Omit<OrderFacts, 'keys'> {
    const { orders, firstOrderAt, lastOrderAt, revenue } = this.facts
    const [was, is] = [counts(before) ? before.placedAt : null, counts(after) ? after.placedAt : null]
    const span =
      was !== null && was !== is && (was === firstOrderAt || was === lastOrderAt)
        ? spanOf(this.#orders?.values() ?? [])
        : widened({ firstOrderAt, lastOrderAt }, is)
    return {
      orders: orders + (is === null ? 0 : 1) - (was === null ? 0 : 1),
      ...span,
      revenue: exchanged(revenue, netOf(before), netOf(after)),
    }
  }
}

type Span = Pick<OrderFacts, 'firstOrderAt' | 'lastOrderAt'>

const widened = ({ firstOrderAt, lastOrderAt }: Span, at: number | null): Span =>
  at === null
    ? { firstOrderAt, lastOrderAt }
    : { firstOrderAt: Math.min(firstOrderAt ?? at, at), lastOrderAt: Math.max(lastOrderAt ?? at, at) }

/** When the first and the last of the orders that count were placed. */
function spanOf(orders: Iterable<Order>): Span {
  let span: Span = { firstOrderAt: null, lastOrderAt: null }
  for (const order of orders) if (counts(order)) span = widened(span, order.placedAt)
  return span
}

type Sums = Readonly<Record<string, number>>

function exchanged(revenue: OrderFacts['revenue'], less: Sums, more: Sums): OrderFacts['revenue'] {
  let sums = revenue
  for (const currency in less) sums = added(sums, currency, -(less[currency] ?? 0))
  for (const currency in more) sums = added(sums, currency, more[currency] ?? 0)
  return sums
}

/** Sorted by currency and without what comes to nothing, so that the same money is also the same text. */
function added(sums: OrderFacts['revenue'], currency: string, amount: number): OrderFacts['revenue'] {
  const before = sums[currency]
  const sum = (before ?? 0) + amount
  if (before !== undefined && sum !== 0) return { ...sums, [currency]: sum }
  const others = Object.entries(sums).filter(([other]) => other !== currency)
  if (sum === 0) return Object.fromEntries(others)
  return Object.fromEntries([...others, [currency, sum] as const].sort(([a], [b]) => (a < b ? -1 : 1)))
}
