import { hash } from 'node:crypto'
import { exponentOf } from '../../company/contract.ts'
import { type Identity, type OrderLine } from '../contract.ts'
import { currencyBeside, type Decimal, productUnits, readAmount, toUnits } from './amounts.ts'
import { Cells, type Person, type Settled } from './cells.ts'
import { type Field, type Mapping } from './contract.ts'
import { isCurrency } from './currency.ts'
import { ID_CHARS_MAX, isPlaceholder, unquoted } from './ids.ts'
import { type RecordTrouble } from './records.ts'
import { isReject, Refused, type Reject, rejected, shown } from './reject.ts'
import { type OrderStatus, orderStatus } from './status.ts'

/** A row that can go in: an order, or a line of one. */
export type GoodRow = {
  row: number
  /** The strongest identity: rows of one order have it in common. */
  customer: string
  identities: Identity[]
  /** The file's own id of the order, or for a row without one the hash of what it says. */
  orderId: string
  hasOrderId: boolean
  at: number
  /** Minor units of `currency`. */
  amount: number | null
  /** Quantity × price in ten-thousandths of a minor unit, so that a sum of lines is rounded once. */
  worth: number | null
  currency: string
  status: OrderStatus
  cancelledAt: number | null
  refunded: number | null
  line: OrderLine | null
  traits: Record<string, string>
}
const TRAIT_CHARS_MAX = 500
/** A hundred thousand million of a currency with cents: beyond it a column has been misread. */
export const AMOUNT_MAX = 1e13
const WORTH_PLACES = 4
const DAY_MS = 86_400_000

/** The row above, when it has an order id; without its content when it was refused. */
type Above = { orderId: string; row: GoodRow | null } | null

/**
 * Reads the records of one file, in their order: a row may leave out what the row above said of the same order (as in Shopify's export).
 * Pure but for that memory; `now` is when the import began, so that reading again gives the same.
 */
export class RowReader {
  readonly #cells: Cells
  readonly #mapping: Settled
  readonly #now: number
  #above: Above = null

  constructor(mapping: Settled, width: number, now: number) {
    this.#cells = new Cells(mapping, width, now)
    this.#mapping = mapping
    this.#now = now
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): GoodRow | Reject {
    const orderId = trouble ? '' : this.#id('order_id', cells)
    const good = trouble ? new Refused(trouble) : this.#good(cells, row, orderId)
    const isGood = !(good instanceof Refused)
    this.#above = orderId === '' ? null : { orderId, row: isGood ? good : null }
    return isGood ? good : rejected(row, good, cells)
  }

  #good(cells: string[], row: number, orderId: string): GoodRow | Refused {
    const shape = this.#cells.shape(cells)
    if (shape) return shape
    const above = this.#above !== null && orderId !== '' && this.#above.orderId === orderId ? this.#above : null
    const customer = this.#customer(cells, above)
    if (customer instanceof Refused) return customer
    const at = this.#time(cells, above)
    if (at instanceof Refused) return at
    const paid = this.#money(cells, above)
    if (paid instanceof Refused) return paid
    const { money, quantity, price } = paid
    const status = orderStatus(this.#cell('status', cells))
    if (status === 'unpaid') return new Refused('unpaid', { status: this.#cell('status', cells) })
    const good: GoodRow = {
      row,
      ...customer,
      orderId,
      hasOrderId: orderId !== '',
      at,
      ...money,
      status,
      cancelledAt: this.#cancelledAt(cells, at),
      line: this.#line(cells, quantity, price, money.currency),
      traits: this.#traits(cells),
    }
    if (orderId === '') good.orderId = this.#contentId(good, cells)
    return good
  }

  #cell(field: Field, cells: string[]): string {
    return this.#cells.cell(field, cells)
  }

  #id(field: Field, cells: string[]): string {
    return this.#cells.id(field, cells)
  }

  #customer(cells: string[], above: Above): Person | Refused {
    const person = this.#cells.person(cells)
    if (person !== null) return person
    if (above === null) return new Refused('customer_missing')
    return above.row
      ? { customer: above.row.customer, identities: above.row.identities }
      : new Refused('continues_rejected', { order: above.orderId })
  }

  #time(cells: string[], above: Above): number | Refused {
    const text = this.#cell('ordered_at', cells)
    if (text === '') {
      if (above === null) return new Refused('date_missing')
      return above.row ? above.row.at : new Refused('continues_rejected', { order: above.orderId })
    }
    return this.#cells.past(text)
  }

  /** When an order that is called cancelled was; a date nobody can read is the order's own. */
  #cancelledAt(cells: string[], orderedAt: number): number | null {
    const text = this.#cell('cancelled_at', cells)
    if (text === '' || isPlaceholder(text)) return null
    const at = this.#cells.instantOf(text)
    return typeof at === 'string' || at < orderedAt || at > this.#now + DAY_MS ? orderedAt : at
  }

  #money(
    cells: string[],
    above: Above,
  ):
    | { money: Pick<GoodRow, 'amount' | 'worth' | 'currency' | 'refunded'>; quantity: Decimal | null; price: Decimal | null }
    | Refused {
    const { decimal } = this.#mapping
    const own = this.#cell('currency', cells).toUpperCase()
    if (own !== '' && !isCurrency(own)) return new Refused('currency_unknown', { value: shown(own) })
    const usual = own || above?.row?.currency || this.#mapping.currency
    const text = this.#cell('amount', cells)
    const read = text === '' ? null : readAmount(unquoted(text), decimal)
    if (text !== '' && !read) return new Refused('amount_unreadable', { value: shown(text), mark: decimal })
    const priceText = this.#cell('line_price', cells)
    const price = priceText === '' ? null : readAmount(unquoted(priceText), decimal)
    if (priceText !== '' && !price) return new Refused('price_unreadable', { value: shown(priceText), mark: decimal })
    const quantity = this.#quantity(cells)
    if (quantity === 'unreadable') return new Refused('quantity_unreadable', { value: shown(this.#cell('line_quantity', cells)) })
    const sign = read?.sign || price?.sign || ''
    const beside = currencyBeside(sign, usual)
    if (beside === null) return new Refused('currency_unknown', { value: shown(sign) })
    const currency = own || beside
    const exponent = exponentFor(this.#mapping, currency)
    const amount = read ? toUnits(read.value, exponent) : null
    const worth = price && quantity ? productUnits(price.value, quantity, exponent + WORTH_PLACES) : null
    if (this.#mapping.amountUnit === 'minor' && [read, price].some(one => one !== null && !isWhole(one.value)))
      return new Refused('amount_not_whole', { value: shown(text || priceText) })
    if ((read && (amount === null || Math.abs(amount) > AMOUNT_MAX)) || (price && quantity && worth === null))
      return new Refused('amount_too_large', { value: shown(text || priceText) })
    // Without an order id there is no other row that could have the amount.
    if (amount === null && worth === null && !this.#mapping.noAmount && this.#id('order_id', cells) === '')
      return new Refused('amount_missing')
    const refundText = this.#cell('refunded_amount', cells)
    const refund = refundText === '' ? null : readAmount(unquoted(refundText), decimal)
    if (refundText !== '' && !refund) return new Refused('refund_unreadable', { value: shown(refundText), mark: decimal })
    const refunded = refund ? Math.abs(toUnits(refund.value, exponent) ?? 0) : 0
    return {
      money: { amount, worth, currency, refunded: refunded === 0 ? null : refunded },
      quantity,
      price: price?.value ?? null,
    }
  }

  /** How many; one when the file does not say, because there is no such column. */
  #quantity(cells: string[]): Decimal | null | 'unreadable' {
    if (this.#mapping.columns.line_quantity === undefined) return { digits: 1, scale: 0 }
    const text = this.#cell('line_quantity', cells)
    return text === '' ? null : (readAmount(unquoted(text), this.#mapping.decimal)?.value ?? 'unreadable')
  }

  #line(cells: string[], quantity: Decimal | null, price: Decimal | null, currency: string): OrderLine | null {
    const sku = this.#id('line_sku', cells).slice(0, ID_CHARS_MAX)
    const name = this.#id('line_name', cells).slice(0, TRAIT_CHARS_MAX)
    if (sku === '' && name === '') return null
    const units = price && toUnits(price, exponentFor(this.#mapping, currency))
    const line: OrderLine = { quantity: quantity === null ? 1 : quantity.digits / 10 ** quantity.scale }
    if (sku !== '') line.sku = sku
    if (name !== '') line.name = name
    if (units !== null) line.price = units
    return line
  }

  #traits(cells: string[]): Record<string, string> {
    const traits: Record<string, string> = {}
    for (const trait of ['name', 'phone', 'country', 'city'] as const) {
      const value = this.#id(trait, cells).slice(0, TRAIT_CHARS_MAX)
      if (value !== '') traits[trait] = value
    }
    return traits
  }

  /** For a row without an order id: the same for the same purchase, also when the customer has moved or the order was refunded since. */
  #contentId(row: GoodRow, cells: string[]): string {
    const parts = [
      row.customer,
      row.at,
      row.amount,
      row.worth,
      row.currency,
      ...(['line_sku', 'line_name', 'line_quantity', 'line_price'] as const).map(field => this.#cell(field, cells)),
    ]
    return hash('sha256', JSON.stringify(parts)).slice(0, 16)
  }
}

/** How many decimals of the written number are minor units of the currency: none where the file writes minor units. */
export const exponentFor = ({ amountUnit }: Mapping, currency: string): number =>
  amountUnit === 'minor' ? 0 : exponentOf(currency)

export const isWhole = ({ digits, scale }: Decimal): boolean => scale === 0 || digits % 10 ** scale === 0

export const isGood = (row: GoodRow | Reject): row is GoodRow => !isReject(row)
