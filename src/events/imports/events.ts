import { ORDER_EVENTS } from '../contract.ts'
import { Numbered } from './fold.ts'
import { type OrderFold, OrdersFold } from './orders.ts'
import { type GoodRow } from './row.ts'

// So many orders of one customer are sorted by time; beyond that they are handed over in pieces, which is only slower.
const CUSTOMER_ORDERS_MAX = 20_000

/**
 * Folds rows that come sorted by customer, order id and row into numbered events: customer by customer, each in the order of time.
 * What is ready is taken out in pieces, so that memory does not grow with the file.
 */
export class EventsFold extends Numbered {
  readonly #orders: OrdersFold
  #ofCustomer: OrderFold[] = []
  #customer: string | null = null

  constructor(amountPer: 'order' | 'row', noAmount = false) {
    super(({ name }) => name === ORDER_EVENTS.completed)
    this.#orders = new OrdersFold(
      amountPer,
      (order, customer) => this.#order(order, customer),
      conflict => this.conflict(conflict),
      noAmount,
    )
  }

  add(row: GoodRow): void {
    this.#orders.add(row)
  }

  end(): void {
    this.#orders.end()
    this.#release()
  }

  #order(order: OrderFold, customer: string): void {
    const isNext = customer !== this.#customer
    if (isNext || this.#ofCustomer.length >= CUSTOMER_ORDERS_MAX) this.#release()
    if (isNext) this.customer()
    this.#customer = customer
    this.#ofCustomer.push(order)
  }

  #release(): void {
    for (const order of this.#ofCustomer.sort((a, b) => a.at - b.at))
      for (const envelope of order.envelopes()) this.emit(envelope)
    this.#ofCustomer = []
  }
}
