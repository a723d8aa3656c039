import { type Envelope, ORDER_EVENTS } from '../contract.ts'
import { type Conflict, type OrderFold, OrdersFold } from './orders.ts'
import { type GoodRow } from './row.ts'

export type NumberedEvent = { seq: number; envelope: Envelope }

// So many orders of one customer are sorted by time; beyond that they are handed over in pieces, which is only slower.
const CUSTOMER_ORDERS_MAX = 20_000

/**
 * Folds rows that come sorted by customer, order id and row into numbered events: customer by customer, each in the order of time.
 * What is ready is taken out in pieces, so that memory does not grow with the file.
 */
export class EventsFold {
  readonly #orders: OrdersFold
  #ofCustomer: OrderFold[] = []
  #customer: string | null = null
  #seq = 0
  #ready: NumberedEvent[] = []
  #conflicts: Conflict[] = []
  readonly #totals = new Map<string, number>()
  readonly #counts = { orders: 0, customers: 0, conflicts: 0 }
  #firstAt: number | null = null
  #lastAt: number | null = null

  constructor(amountPer: 'order' | 'row') {
    this.#orders = new OrdersFold(
      amountPer,
      (order, customer) => this.#order(order, customer),
      conflict => {
        this.#counts.conflicts++
        this.#conflicts.push(conflict)
      },
    )
  }

  add(row: GoodRow): void {
    this.#orders.add(row)
  }

  end(): void {
    this.#orders.end()
    this.#release()
  }

  /** How many events and conflicts wait to be taken. */
  get waiting(): number {
    return this.#ready.length + this.#conflicts.length
  }

  takeEvents(): NumberedEvent[] {
    const taken = this.#ready
    this.#ready = []
    return taken
  }

  takeConflicts(): Conflict[] {
    const taken = this.#conflicts
    this.#conflicts = []
    return taken
  }

  /** What it has all come to so far. `totals`: orders less refunds, by currency. */
  get made() {
    return { ...this.#counts, events: this.#seq, firstAt: this.#firstAt, lastAt: this.#lastAt, totals: this.#totals }
  }

  #order(order: OrderFold, customer: string): void {
    const isNext = customer !== this.#customer
    if (isNext || this.#ofCustomer.length >= CUSTOMER_ORDERS_MAX) this.#release()
    if (isNext) this.#counts.customers++
    this.#customer = customer
    this.#ofCustomer.push(order)
  }

  #release(): void {
    for (const order of this.#ofCustomer.sort((a, b) => a.at - b.at))
      for (const envelope of order.envelopes()) {
        this.#seq++
        this.#count(envelope)
        this.#ready.push({ seq: this.#seq, envelope })
      }
    this.#ofCustomer = []
  }

  #count({ name, at, amount = 0, currency = '' }: Envelope): void {
    if (name === ORDER_EVENTS.completed) this.#counts.orders++
    if (name === ORDER_EVENTS.cancelled) return
    this.#firstAt = Math.min(this.#firstAt ?? at, at)
    this.#lastAt = Math.max(this.#lastAt ?? at, at)
    const sum = this.#totals.get(currency) ?? 0
    this.#totals.set(currency, sum + (name === ORDER_EVENTS.refunded ? -amount : amount))
  }
}
