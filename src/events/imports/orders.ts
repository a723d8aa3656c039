import { type Envelope, type Identity, madeUpOrderId, ORDER_EVENTS, type OrderLine } from '../contract.ts'
import { rounded } from './amounts.ts'
import { type Conflict, withMessageId } from './fold.ts'
import { type RejectCode } from './reject.ts'
import { type GoodRow } from './row.ts'

/** More lines than this are counted, not kept: no order that a person placed has so many, a mistaken order id has millions. */
const LINES_MAX = 1_000
const DAY_MS = 86_400_000
const WORTH_PLACES = 4

/**
 * Gathers the rows of one order, in the order of the file, in bounded memory.
 * What the first row says stands; a row that contradicts it is listed and left out.
 */
export class OrderFold {
  readonly #first: GoodRow
  readonly #id: string
  readonly #amountPer: 'order' | 'row'
  readonly #noAmount: boolean
  #at: number
  #amount: number | null = null
  #worth: number | null = null
  #refunded: number | null = null
  #cancelledAt: number | null = null
  #isRefunded = false
  #lines: OrderLine[] = []
  #lineCount = 0
  #unpriced: number[] = []
  #identities: Identity[]
  #traits: Record<string, string> = {}
  rows = 0

  /** `orderId`: the id under which the order goes into the log. `noAmount`: what it was worth may stay unknown. */
  constructor(first: GoodRow, orderId: string, amountPer: 'order' | 'row', noAmount = false) {
    this.#noAmount = noAmount
    this.#first = first
    this.#id = orderId
    this.#amountPer = amountPer
    this.#at = first.at
    this.#identities = first.identities
    this.add(first)
  }

  get at(): number {
    return this.#at
  }

  /** Takes a row in, or answers why it contradicts the others. */
  add(row: GoodRow): Conflict | null {
    const conflict = this.#conflict(row)
    if (conflict) return { row: row.row, code: conflict, params: { order: this.#id, first: this.#first.row } }
    this.rows++
    this.#at = Math.min(this.#at, row.at)
    if (row.amount !== null) this.#amount = this.#amountPer === 'row' ? (this.#amount ?? 0) + row.amount : row.amount
    if (row.worth !== null) this.#worth = (this.#worth ?? 0) + row.worth
    if (this.#amount === null && this.#worth === null && this.#unpriced.length < LINES_MAX) this.#unpriced.push(row.row)
    this.#refunded = row.refunded ?? this.#refunded
    this.#cancelledAt ??= row.cancelledAt ?? (row.status === 'cancelled' ? row.at : null)
    this.#isRefunded ||= row.status === 'refunded'
    if (row.identities.length > this.#identities.length) this.#identities = row.identities
    this.#traits = { ...row.traits, ...this.#traits }
    if (row.line) {
      this.#lineCount++
      if (this.#lines.length < LINES_MAX) this.#lines.push(row.line)
    }
    return null
  }

  #conflict(row: GoodRow): RejectCode | null {
    if (this.rows === 0) return null
    if (row.currency !== this.#first.currency) return 'conflict_currency'
    if (this.#amountPer === 'order' && this.#amount !== null && row.amount !== null && row.amount !== this.#amount)
      return 'conflict_amount'
    return Math.abs(row.at - this.#first.at) > DAY_MS ? 'conflict_date' : null
  }

  /** What happened, as the log will have it; nothing when no row says what the order was worth, and one should. */
  envelopes(): Envelope[] {
    const total = this.#amount ?? (this.#worth === null ? null : rounded(this.#worth, WORTH_PLACES))
    if (total === null && !this.#noAmount) return []
    const isRefund = total !== null && total < 0
    const what = { orderId: this.#id, currency: this.#first.currency }
    const who = { identities: this.#identities }
    const email = this.#identities.find(({ kind }) => kind === 'email')
    const bag = email ? { email: email.value, ...this.#traits } : this.#traits
    const traits = Object.keys(bag).length > 0 ? { traits: bag } : {}
    const lines = this.#lines.length > 0 ? { lines: this.#lines } : {}
    const properties = this.#lineCount > LINES_MAX ? { properties: { line_count: this.#lineCount } } : {}
    const main = {
      ...who,
      name: isRefund ? ORDER_EVENTS.refunded : ORDER_EVENTS.completed,
      at: this.#at,
      ...what,
      ...(total !== null && { amount: Math.abs(total) }),
      ...lines,
      ...traits,
      ...properties,
    }
    const envelopes: Omit<Envelope, 'messageId'>[] = [main]
    const refunded = this.#refunded ?? (this.#isRefunded ? total : null)
    if (!isRefund && refunded !== null && refunded > 0)
      // What a file says was paid back is all of it so far: a later file's word takes its place.
      envelopes.push({
        ...who,
        name: ORDER_EVENTS.refunded,
        at: this.#at,
        ...what,
        amount: refunded,
        properties: { refund_id: 'file' },
      })
    // Of an order whose worth nobody knows all of it.
    if (total === null && refunded === null && this.#isRefunded)
      envelopes.push({ ...who, name: ORDER_EVENTS.refunded, at: this.#at, ...what, properties: { refund_id: 'file' } })
    if (!isRefund && this.#cancelledAt !== null)
      envelopes.push({ ...who, name: ORDER_EVENTS.cancelled, at: Math.max(this.#cancelledAt, this.#at), ...what })
    return envelopes.map(withMessageId)
  }

  /** Rows of an order whose worth no row tells. */
  get unpriced(): readonly number[] {
    return this.#amount === null && this.#worth === null && !this.#noAmount ? this.#unpriced : []
  }
}

/**
 * Folds rows that come sorted by customer, order id and row into orders. Rows without an order id are orders of their own:
 * the same row twice is two orders, told apart by their count.
 */
export class OrdersFold {
  readonly #amountPer: 'order' | 'row'
  readonly #noAmount: boolean
  readonly #onOrder: (order: OrderFold, customer: string) => void
  readonly #onConflict: (conflict: Conflict) => void
  #open: { fold: OrderFold; last: GoodRow; repeated: number } | null = null

  constructor(
    amountPer: 'order' | 'row',
    onOrder: (order: OrderFold, customer: string) => void,
    onConflict: (conflict: Conflict) => void,
    noAmount = false,
  ) {
    this.#noAmount = noAmount
    this.#amountPer = amountPer
    this.#onOrder = onOrder
    this.#onConflict = onConflict
  }

  add(row: GoodRow): void {
    const open = this.#open
    const isSame =
      open !== null &&
      open.last.customer === row.customer &&
      open.last.orderId === row.orderId &&
      open.last.hasOrderId === row.hasOrderId
    // Staged twice by a worker that was killed in between.
    if (isSame && open.last.row === row.row) return
    if (isSame && row.hasOrderId) {
      const conflict = open.fold.add(row)
      open.last = row
      if (conflict) this.#onConflict(conflict)
      return
    }
    const repeated = isSame ? open.repeated + 1 : 0
    this.#close()
    const orderId = row.hasOrderId ? row.orderId : madeUpOrderId(repeated === 0 ? row.orderId : `${row.orderId}-${repeated + 1}`)
    this.#open = { fold: new OrderFold(row, orderId, this.#amountPer, this.#noAmount), last: row, repeated }
  }

  end(): void {
    this.#close()
    this.#open = null
  }

  #close(): void {
    if (!this.#open) return
    const { fold, last } = this.#open
    for (const row of fold.unpriced) this.#onConflict({ row, code: 'amount_missing', params: {} })
    if (fold.unpriced.length === 0) this.#onOrder(fold, last.customer)
  }
}
