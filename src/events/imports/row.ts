import { hash } from 'node:crypto'
import { exponentOf } from '../../company/contract.ts'
import { type Identity, type OrderLine } from '../contract.ts'
import { currencyBeside, type Decimal, productUnits, readAmount, toUnits } from './amounts.ts'
import { type Field, type Mapping } from './contract.ts'
import { isCurrency } from './currency.ts'
import { type DateTrouble, readDate } from './dates.ts'
import { type RecordTrouble } from './records.ts'
import { type OrderStatus, orderStatus } from './status.ts'
import { wallClock } from './zone.ts'

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
/** `code` is a key `reason.<code>` of messages/en/imports.json. */
export type Reject = { row: number; code: RejectCode; params: Record<string, string | number>; cells: string[] }

export const REJECT_CODES = [
  'quote',
  'too_long',
  'cell_too_long',
  'ragged',
  'nul',
  'encoding',
  'customer_missing',
  'customer_placeholder',
  'customer_too_long',
  'email_invalid',
  'number_shortened',
  'date_missing',
  'date_unreadable',
  'date_impossible',
  'date_other_format',
  'date_future',
  'date_too_old',
  'amount_missing',
  'amount_unreadable',
  'amount_too_large',
  'currency_unknown',
  'quantity_unreadable',
  'price_unreadable',
  'refund_unreadable',
  'unpaid',
  'continues_rejected',
  'conflict_amount',
  'conflict_currency',
  'conflict_date',
] as const
export type RejectCode = (typeof REJECT_CODES)[number]

const CELL_CHARS_MAX = 100_000
const ID_CHARS_MAX = 256
const TRAIT_CHARS_MAX = 500
/** A hundred thousand million of a currency with cents: beyond it a column has been misread. */
const AMOUNT_MAX = 1e13
const WORTH_PLACES = 4
const DAY_MS = 86_400_000

// What stands in an id's place when there was none. Taken at their word they would make one customer of thousands.
const PLACEHOLDERS = new Set([
  'null',
  'nil',
  'none',
  'undefined',
  'nan',
  'n/a',
  '#n/a',
  'na',
  'n.a.',
  '-',
  '--',
  '—',
  '.',
  '?',
  'unknown',
  'anonymous',
  'guest',
  'gast',
  'invite',
  'invitado',
  'ospite',
  '(not set)',
  '(none)',
  '(blank)',
  '[object object]',
  'distinct_id',
  'true',
  'false',
  'test@example.com',
  'noreply@example.com',
  '#ref!',
  '#value!',
  '#name?',
])
const isPlaceholder = (text: string): boolean => {
  // Most ids begin with a digit, and no placeholder does.
  const first = text.charCodeAt(0)
  return (
    !(first >= 48 && first <= 57) &&
    (PLACEHOLDERS.has(text.toLowerCase()) || /^\{\{.*\}\}$|^\{%.*%\}$|^\$\{.*\}$|^<.*>$/.test(text))
  )
}
// 3.16254E+10: a spreadsheet has thrown the last digits away.
const SHORTENED = /^\d[.,]\d+E\+\d{1,2}$/i
const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/

class Refused {
  readonly code: RejectCode
  readonly params: Record<string, string | number>
  constructor(code: RejectCode, params: Record<string, string | number> = {}) {
    this.code = code
    this.params = params
  }
}

/** The row above, when it has an order id; without its content when it was refused. */
type Above = { orderId: string; row: GoodRow | null } | null

/** A mapping in which nothing is left open. */
export type Settled = Mapping & { dateOrder: NonNullable<Mapping['dateOrder']>; decimal: NonNullable<Mapping['decimal']> }

/**
 * Reads the records of one file, in their order: a row may leave out what the row above said of the same order (as in Shopify's export).
 * Pure but for that memory; `now` is when the import began, so that reading again gives the same.
 */
export class RowReader {
  readonly #mapping: Settled
  /** Columns whose cells must be readable. */
  readonly #used: readonly number[]
  readonly #width: number
  readonly #now: number
  readonly #instant: (wall: number) => number
  readonly #needed: number
  #above: Above = null

  constructor(mapping: Settled, width: number, now: number) {
    this.#mapping = mapping
    this.#width = width
    this.#now = now
    this.#instant = wallClock(mapping.timeZone)
    this.#used = [...new Set(Object.values(mapping.columns))]
    this.#needed = 1 + Math.max(...this.#used, 0)
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): GoodRow | Reject {
    const orderId = trouble ? '' : this.#id('order_id', cells)
    const good = trouble ? new Refused(trouble) : this.#good(cells, row, orderId)
    const isGood = !(good instanceof Refused)
    this.#above = orderId === '' ? null : { orderId, row: isGood ? good : null }
    return isGood ? good : { row, code: good.code, params: good.params, cells }
  }

  #good(cells: string[], row: number, orderId: string): GoodRow | Refused {
    const shape = this.#shape(cells)
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

  #shape(cells: string[]): Refused | null {
    const { length } = cells
    if (length !== this.#width) {
      // Spreadsheets leave out empty cells at the end of a line, or add some.
      const isHarmless =
        length < this.#width ? length >= this.#needed : cells.slice(this.#width).every(cell => cell.trim() === '')
      if (!isHarmless) return new Refused('ragged', { found: length, expected: this.#width })
    }
    for (let i = 0; i < length; i++) {
      const cell = cells[i] ?? ''
      if (cell.length > CELL_CHARS_MAX) return new Refused('cell_too_long', { column: i + 1, length: cell.length })
    }
    for (const column of this.#used) {
      const cell = cells[column] ?? ''
      if (cell.includes('\0')) return new Refused('nul', { column: column + 1 })
      if (cell.includes('\ufffd')) return new Refused('encoding', { column: column + 1 })
    }
    return null
  }

  #cell(field: Field, cells: string[]): string {
    const column = this.#mapping.columns[field]
    return column === undefined ? '' : (cells[column] ?? '').trim()
  }

  /** An id without the apostrophe that keeps a spreadsheet from calculating with it; empty when it is no id. */
  #id(field: Field, cells: string[]): string {
    const text = unquoted(this.#cell(field, cells))
    return isPlaceholder(text) ? '' : text
  }

  #customer(cells: string[], above: Above): Pick<GoodRow, 'customer' | 'identities'> | Refused {
    const external = this.#id('customer_id', cells)
    const email = this.#id('email', cells).toLowerCase()
    const phone = this.#id('phone', cells).replace(/[^\d+]/g, '')
    if (external.length > ID_CHARS_MAX || email.length > ID_CHARS_MAX)
      return new Refused('customer_too_long', { length: Math.max(external.length, email.length) })
    if (SHORTENED.test(external)) return new Refused('number_shortened', { value: external })
    const hasEmail = EMAIL.test(email)
    const identities: Identity[] = []
    // WooCommerce writes 0 for every guest; beside an email it says nothing.
    if (external !== '' && !(external === '0' && hasEmail)) identities.push({ kind: 'external', value: external })
    if (hasEmail) identities.push({ kind: 'email', value: email })
    if (identities.length === 0 && email === '' && phone.length >= 7) identities.push({ kind: 'phone', value: phone })
    const [first] = identities
    if (first) return { customer: `${first.kind}:${first.value}`, identities }
    if (email !== '') return new Refused('email_invalid', { value: shown(email) })
    const written = this.#cell('customer_id', cells) || this.#cell('email', cells)
    if (written !== '') return new Refused('customer_placeholder', { value: shown(written) })
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
    const at = this.#instantOf(text)
    if (typeof at === 'string') return new Refused(`date_${at}`, { value: shown(text) })
    if (at > this.#now + DAY_MS) return new Refused('date_future', { value: shown(text) })
    return at < 0 ? new Refused('date_too_old', { value: shown(text) }) : at
  }

  #instantOf(text: string): number | DateTrouble {
    const read = readDate(unquoted(text), this.#mapping.dateOrder)
    if (typeof read === 'string') return read
    return read.offsetMinutes === null ? this.#instant(read.wall) : read.wall - read.offsetMinutes * 60_000
  }

  /** When an order that is called cancelled was; a date nobody can read is the order's own. */
  #cancelledAt(cells: string[], orderedAt: number): number | null {
    const text = this.#cell('cancelled_at', cells)
    if (text === '' || isPlaceholder(text)) return null
    const at = this.#instantOf(text)
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
    const exponent = exponentOf(currency)
    const amount = read ? toUnits(read.value, exponent) : null
    const worth = price && quantity ? productUnits(price.value, quantity, exponent + WORTH_PLACES) : null
    if ((read && (amount === null || Math.abs(amount) > AMOUNT_MAX)) || (price && quantity && worth === null))
      return new Refused('amount_too_large', { value: shown(text || priceText) })
    // Without an order id there is no other row that could have the amount.
    if (amount === null && worth === null && this.#id('order_id', cells) === '') return new Refused('amount_missing')
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
    const units = price && toUnits(price, exponentOf(currency))
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

const unquoted = (text: string): string => (text.startsWith("'") && /^'[\d=+@#-]/.test(text) ? text.slice(1) : text)
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

export const isGood = (row: GoodRow | Reject): row is GoodRow => !('code' in row)
