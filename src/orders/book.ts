import { ORDER_EVENTS } from '../events/contract.ts'
import { KEY_LENGTH, orderKey } from './key.ts'
import { counts, netOf, type Order, type OrderEvent, refundedOf, told, UNHEARD } from './order.ts'

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
export const isOrderEvent = (event: { name: string; orderId: string }): boolean => event.orderId !== '' && NAMES.has(event.name)

/**
 * What an event did to the orders: nothing; one more that counts, later than or as late as all others where they are told in time;
 * something else; or it means something only together with the whole history.
 */
export const [NOTHING, ONE_MORE, CHANGED, UNCLEAR] = [0, 1, 2, 3] as const
export type Effect = typeof NOTHING | typeof ONE_MORE | typeof CHANGED | typeof UNCLEAR

/** Up to so many ids, looking at each is quicker than a set. */
const FEW = 12

/**
 * The orders of one customer, told event by event. Opened empty it knows everything, and what it says does not depend on the order of telling;
 * opened from facts it knows only that much, and says so (`false`) when that is not enough.
 *
 * Most orders are heard of once. They are held as plain columns, so that telling one makes nothing; the first second word makes
 * exact orders of them all. `clear` and `resume` make the same book ready for the next customer.
 */
export class OrderBook {
  orders = 0
  /** NaN while there is none. */
  firstOrderAt = Number.NaN
  lastOrderAt = Number.NaN
  readonly #currencies: string[] = []
  readonly #sums: number[] = []
  /** Where the whole history is told: each order heard of once, by column. */
  readonly #ids: string[] = []
  readonly #words: Word[] = []
  #count = 0
  #idSet: Set<string> | null = null
  /** All orders, once one was heard of twice. */
  #exact: Map<string, Order> | null = null
  #isWhole = true
  /** Short keys of the ids; of the columns those before `#keyed` are in it. */
  #keys = ''
  #keyed = 0
  #facts: OrderFacts | null = NO_ORDERS

  /** A book that will be told the whole history. */
  static empty(): OrderBook {
    return new OrderBook()
  }

  /** A book that continues from `facts`. Where these are of nobody's orders yet, it is as good as an empty one. */
  static from(facts: OrderFacts): OrderBook {
    const book = new OrderBook()
    book.resume(facts)
    return book
  }

  clear(): void {
    this.orders = 0
    this.firstOrderAt = Number.NaN
    this.lastOrderAt = Number.NaN
    this.#currencies.length = 0
    this.#sums.length = 0
    this.#count = 0
    this.#idSet = null
    this.#exact = null
    this.#isWhole = true
    this.#keys = ''
    this.#keyed = 0
    this.#facts = NO_ORDERS
  }

  resume(facts: OrderFacts): void {
    this.clear()
    this.orders = facts.orders
    this.firstOrderAt = facts.firstOrderAt ?? Number.NaN
    this.lastOrderAt = facts.lastOrderAt ?? Number.NaN
    for (const currency in facts.revenue) this.#add(currency, facts.revenue[currency] ?? 0)
    this.#keys = facts.keys
    this.#isWhole = facts.keys === ''
    this.#facts = facts
  }

  /** Every order that is known, by its id; null in a book that continues from facts. */
  get orderMap(): ReadonlyMap<string, Order> | null {
    return this.#isWhole ? this.#exactly() : null
  }

  get facts(): OrderFacts {
    this.#facts ??= {
      orders: this.orders,
      firstOrderAt: Number.isNaN(this.firstOrderAt) ? null : this.firstOrderAt,
      lastOrderAt: Number.isNaN(this.lastOrderAt) ? null : this.lastOrderAt,
      revenue: this.#revenue(),
      keys: this.#allKeys(),
    }
    return this.#facts
  }

  /** Takes an event in. False: only the whole history can tell what it means (a second word on an order seen before). Nothing has changed then. */
  tell(event: OrderEvent): boolean {
    return this.hear(event) !== UNCLEAR
  }

  /** Takes an event in, and says what that did. */
  hear(event: OrderEvent): Effect {
    if (!isOrderEvent(event)) return NOTHING
    const isPlain = event.name === ORDER_EVENTS.completed || event.name === ORDER_EVENTS.updated
    if (!this.#isWhole) {
      const key = isPlain ? orderKey(event.orderId) : ''
      if (!isPlain || hasKey(this.#keys, key)) return UNCLEAR
      this.#keys += key
      return this.#plain(event)
    }
    if (this.#exact === null && isPlain && !this.#isHeard(event.orderId)) {
      this.#keep(event)
      return this.#plain(event)
    }
    return this.#tellExactly(this.#exactly(), event)
  }

  /** The orders that count, as they were placed: when, and what is left of each that was paid in a currency (NaN: of others, and where nobody told). Null in a book that continues from facts. */
  counting(currency: string): { at: number; amount: number }[] | null {
    if (!this.#isWhole) return null
    const found: { at: number; amount: number }[] = []
    for (const order of this.#exactly().values()) {
      if (!counts(order) || order.placedAt === null) continue
      const { worth } = order
      found.push({
        at: order.placedAt,
        amount: worth === null || worth.currency !== currency ? Number.NaN : worth.amount - refundedOf(order),
      })
    }
    return found.sort((a, b) => a.at - b.at || a.amount - b.amount)
  }

  /** An order that was not heard of before, and is told for what it is. */
  #plain({ at, amount, currency }: OrderEvent): Effect {
    this.#facts = null
    if (amount !== null) this.#add(currency, amount)
    if (amount !== null && amount <= 0) return NOTHING
    this.orders++
    // Written so that NaN is replaced.
    if (!(this.firstOrderAt <= at)) this.firstOrderAt = at
    if (!(this.lastOrderAt >= at)) this.lastOrderAt = at
    return ONE_MORE
  }

  #isHeard(id: string): boolean {
    if (this.#idSet !== null) return this.#idSet.has(id)
    if (this.#count > FEW) {
      this.#idSet = new Set(this.#ids.slice(0, this.#count))
      return this.#idSet.has(id)
    }
    for (let i = 0; i < this.#count; i++) if (this.#ids[i] === id) return true
    return false
  }

  #keep({ name, at, orderId, amount, currency }: OrderEvent): void {
    const i = this.#count++
    this.#ids[i] = orderId
    this.#idSet?.add(orderId)
    const word = this.#words[i]
    if (word === undefined) this.#words[i] = { name, at, amount, currency }
    else {
      word.name = name
      word.at = at
      word.amount = amount
      word.currency = currency
    }
  }

  #exactly(): Map<string, Order> {
    if (this.#exact !== null) return this.#exact
    const orders = new Map<string, Order>()
    for (let i = 0; i < this.#count; i++) {
      const [orderId, word] = [this.#ids[i] ?? '', this.#words[i]]
      if (word !== undefined) orders.set(orderId, told(UNHEARD, { ...word, orderId }))
    }
    this.#exact = orders
    return orders
  }

  #tellExactly(orders: Map<string, Order>, event: OrderEvent): Effect {
    if (!orders.has(event.orderId)) {
      const i = this.#count++
      this.#ids[i] = event.orderId
    }
    const before = orders.get(event.orderId) ?? UNHEARD
    // Refunds are added to in place, so what it came to before is asked first.
    const [was, net] = [counts(before) ? before.placedAt : null, netOf(before)]
    const after = told(before, event)
    orders.set(event.orderId, after)
    this.#facts = null
    const is = counts(after) ? after.placedAt : null
    this.orders += (is === null ? 0 : 1) - (was === null ? 0 : 1)
    if (was !== null && was !== is && (was === this.firstOrderAt || was === this.lastOrderAt)) this.#measure(orders)
    else if (is !== null) {
      if (!(this.firstOrderAt <= is)) this.firstOrderAt = is
      if (!(this.lastOrderAt >= is)) this.lastOrderAt = is
    }
    const now = netOf(after)
    for (const currency in net) this.#add(currency, -(net[currency] ?? 0))
    for (const currency in now) this.#add(currency, now[currency] ?? 0)
    return was === is && isSame(net, now) ? NOTHING : CHANGED
  }

  /** When the first and the last of the orders that count were placed. */
  #measure(orders: ReadonlyMap<string, Order>): void {
    this.firstOrderAt = Number.NaN
    this.lastOrderAt = Number.NaN
    for (const order of orders.values()) {
      if (!counts(order) || order.placedAt === null) continue
      if (!(this.firstOrderAt <= order.placedAt)) this.firstOrderAt = order.placedAt
      if (!(this.lastOrderAt >= order.placedAt)) this.lastOrderAt = order.placedAt
    }
  }

  /** Whole numbers, so that adding and taking away cannot drift. */
  #add(currency: string, amount: number): void {
    for (let i = 0; i < this.#currencies.length; i++)
      if (this.#currencies[i] === currency) {
        this.#sums[i] = (this.#sums[i] ?? 0) + amount
        return
      }
    this.#currencies.push(currency)
    this.#sums.push(amount)
  }

  /** Sorted by currency and without what comes to nothing, so that the same money is also the same text. */
  #revenue(): OrderFacts['revenue'] {
    const sums = this.#currencies.map((currency, i) => [currency, this.#sums[i] ?? 0] as const).filter(([, sum]) => sum !== 0)
    return Object.fromEntries(sums.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #allKeys(): string {
    for (; this.#keyed < this.#count; this.#keyed++) {
      const key = orderKey(this.#ids[this.#keyed] ?? '')
      if (!hasKey(this.#keys, key)) this.#keys += key
    }
    return this.#keys
  }
}

type Word = Pick<OrderEvent, 'name' | 'at' | 'amount' | 'currency'>

function hasKey(keys: string, key: string): boolean {
  for (let at = keys.indexOf(key); at >= 0; at = keys.indexOf(key, at + 1)) if (at % KEY_LENGTH === 0) return true
  return false
}

type Sums = Readonly<Record<string, number>>

function isSame(a: Sums, b: Sums): boolean {
  for (const currency in a) if ((a[currency] ?? 0) !== (b[currency] ?? 0)) return false
  for (const currency in b) if ((a[currency] ?? 0) !== (b[currency] ?? 0)) return false
  return true
}
