import { type LogEvent, TRAIT_SET } from '../events/contract.ts'
import { CHANGED, NO_ORDERS, NOTHING, ONE_MORE, OrderBook, type OrderEvent, type OrderFacts, UNCLEAR } from '../orders/index.ts'
import { type Accumulator, accumulator, type Saved } from './accumulate.ts'
import { type Fact, type Model } from './model.ts'

/**
 * What conditions may ask about one customer at an instant. Times in milliseconds since 1970.
 * `own`: the facts that the model declares, in its order, as they are kept; absent where it declares none.
 */
export type Facts = OrderFacts & {
  identified: boolean
  firstSeenAt: number | null
  lastSeenAt: number | null
  own?: readonly Saved[]
}

export const NO_FACTS: Facts = { ...NO_ORDERS, identified: false, firstSeenAt: null, lastSeenAt: null }

export type FactEvent = OrderEvent &
  Pick<LogEvent, 'id' | 'receivedAt'> & { identifies: boolean; properties?: Record<string, unknown> }

const DAY_MS = 86_400_000
/** No event has this name. */
const ANYTHING = ' '

/** One declared fact that is made of events: which of them, and which number of each. */
type Hearer = { to: Accumulator; where: readonly { property: string; is: ReadonlySet<string> }[]; property: string | null }

/**
 * Facts of one customer while their events are told in the order of `inTime`. Nothing is made anew with an event;
 * `clear` and `load` make it ready for the next customer. Unknown is NaN.
 */
export class FactFold {
  readonly book = new OrderBook()
  identified = false
  firstSeenAt = Number.NaN
  lastSeenAt = Number.NaN
  /** The facts that the model declares, in its order. */
  readonly own: readonly Accumulator[]
  /** Where the model keeps when conditions turn. */
  readonly turns: Float64Array
  readonly #ofOrders: readonly Accumulator[]
  readonly #ofAnything: readonly Hearer[]
  readonly #ofEvents: ReadonlyMap<string, readonly Hearer[]>
  readonly #currency: string
  readonly #isLastSeenAsked: boolean

  constructor(model: Model, isLastSeenAsked: boolean, turns: number) {
    this.turns = new Float64Array(turns)
    const facts = model.facts ?? []
    this.own = facts.map(fact => accumulator(fact, model))
    this.#ofOrders = this.own.filter((_, i) => facts[i]?.of === 'orders')
    const all = hearers(facts, this.own)
    this.#ofAnything = all.get(ANYTHING) ?? []
    all.delete(ANYTHING)
    this.#ofEvents = all
    this.#currency = model.currency ?? ''
    this.#isLastSeenAsked = isLastSeenAsked
  }

  clear(): void {
    this.book.clear()
    this.identified = false
    this.firstSeenAt = Number.NaN
    this.lastSeenAt = Number.NaN
    for (const one of this.own) one.clear()
  }

  load(facts: Facts): void {
    this.clear()
    this.book.resume(facts)
    this.identified = facts.identified
    this.firstSeenAt = facts.firstSeenAt ?? Number.NaN
    this.lastSeenAt = facts.lastSeenAt ?? Number.NaN
    facts.own?.forEach((saved, i) => {
      this.own[i]?.load(saved)
    })
  }

  /** What is known now, as it is kept. */
  get facts(): Facts {
    const { orders, firstOrderAt, lastOrderAt, revenue, keys } = this.book.facts
    return {
      orders,
      firstOrderAt,
      lastOrderAt,
      revenue,
      keys,
      identified: this.identified,
      firstSeenAt: known(this.firstSeenAt),
      lastSeenAt: known(this.lastSeenAt),
      ...(this.own.length > 0 && { own: this.own.map(one => one.save()) }),
    }
  }

  /** Takes an event in. `UNCLEAR`, and nothing changed: it means something only together with the whole history. `NOTHING`: no condition can tell. */
  hear(event: FactEvent): number {
    const effect = this.book.hear(event)
    if (effect === UNCLEAR) return UNCLEAR
    let did: number = effect
    if (effect !== NOTHING && this.#ofOrders.length > 0) this.#tellOrders(event, effect)
    if (event.identifies && !this.identified) {
      this.identified = true
      did = CHANGED
    }
    // Written so that NaN is replaced.
    if (!(this.firstSeenAt <= event.at)) {
      this.firstSeenAt = event.at
      did = CHANGED
    }
    if (event.name !== TRAIT_SET) {
      this.lastSeenAt = event.at
      if (this.#isLastSeenAsked) did = CHANGED
      if (this.#ofAnything.length > 0 && this.#tellEvent(this.#ofAnything, event)) did = CHANGED
    }
    if (this.#ofEvents.size === 0) return did
    const hearers = this.#ofEvents.get(event.name)
    return hearers !== undefined && this.#tellEvent(hearers, event) ? CHANGED : did
  }

  #tellOrders(event: FactEvent, effect: number): void {
    const isInCurrency = event.amount !== null && event.currency === this.#currency
    if (effect === ONE_MORE) for (const one of this.#ofOrders) one.hear(event.at, isInCurrency ? (event.amount ?? 0) : Number.NaN)
    else {
      const orders = this.book.counting(this.#currency) ?? []
      for (const one of this.#ofOrders) {
        one.clear()
        for (const order of orders) one.hear(order.at, order.amount)
      }
    }
  }

  #tellEvent(found: readonly Hearer[], event: FactEvent): boolean {
    let isHeard = false
    for (const { to, where, property } of found) {
      if (!where.every(one => one.is.has(String(event.properties?.[one.property])))) continue
      to.hear(event.at, property === null ? this.#amountOf(event) : numberOf(event.properties?.[property]))
      isHeard = true
    }
    return isHeard
  }

  #amountOf({ amount, currency }: FactEvent): number {
    return amount === null || currency !== this.#currency ? Number.NaN : amount
  }
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value)

const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN

function hearers(facts: readonly Fact[], own: readonly Accumulator[]): Map<string, readonly Hearer[]> {
  const found = new Map<string, readonly Hearer[]>()
  facts.forEach(({ of, take }, i) => {
    const to = own[i]
    if (of === 'orders' || to === undefined) return
    const value = typeof take !== 'object' ? undefined : Object.values(take).find(one => typeof one === 'object')
    const where = of === 'anything' ? [] : (of.where ?? [])
    const hearer = {
      to,
      where: where.map(({ property, is }) => ({ property, is: new Set(is.map(String)) })),
      property: value?.property ?? null,
    }
    for (const name of of === 'anything' ? [ANYTHING] : of.events) found.set(name, [...(found.get(name) ?? []), hearer])
  })
  return found
}

/** Mean days between orders: their own rhythm. Two orders are one gap, which is an accident; three are a rhythm. */
export const gapDays = ({ orders, firstOrderAt, lastOrderAt }: OrderBook): number =>
  orders < 3 ? Number.NaN : (lastOrderAt - firstOrderAt) / (orders - 1) / DAY_MS
