import { exponentOf } from '../../company/contract.ts'
import { type OrderLine } from '../contract.ts'
import { type Decimal, readAmount, toUnits } from '../imports/amounts.ts'
import { isCurrency } from '../imports/currency.ts'
import { type Trouble } from './reasons.ts'
import { type Bag } from './values.ts'

// Sums of a million such orders are still exact.
const UNITS_MAX = 1e12

/**
 * What an order is worth, and what was paid back of it: the first of these that is told.
 *
 * 1. `total`: all that was paid, with shipping and tax, after discounts. First, because that is what a refund is told in (Segment's `Order Refunded` has
 *    no `revenue`): an order counted without shipping and tax would be worth less than nothing once all of it is paid back.
 * 2. `revenue`, then `value`: as said. By the specification without shipping and tax, in practice often with them, so nothing is added.
 * 3. `subtotal` + `shipping` + `tax`: a subtotal is after discounts, so that `discount` is not taken off again.
 * 4. The products, where all have a price: price × quantity − `discount` + `shipping` + `tax`; of a refund the products alone.
 *
 * None of them: an order's worth is unknown, and a refund is of all of it. Coupons are named, and change no amount.
 */
const AS_SAID = ['total', 'revenue', 'value'] as const

/** Minor units of `currency`; null when nothing is told. */
export function moneyIn(
  properties: Bag,
  currency: string,
  lines: readonly OrderLine[],
  isRefund: boolean,
): number | null | Trouble {
  const field = AS_SAID.find(name => isGiven(properties[name]))
  if (field !== undefined) {
    const amount = unitsOf(properties[field], currency)
    // Some tell a refund as less than nothing.
    if (amount !== null && isRefund) return Math.abs(amount)
    return amount === null || amount < 0 ? { reason: 'bad_amount', field: `properties.${field}` } : amount
  }
  const base = isGiven(properties.subtotal) ? 'subtotal' : pricedSum(lines, properties.products)
  if (base === null) return null
  const parts = (isRefund && base !== 'subtotal' ? [] : base === 'subtotal' ? OVER_SUBTOTAL : OVER_PRODUCTS).map(
    ([name, sign]) => [name, isGiven(properties[name]) ? unitsOf(properties[name], currency) : 0, sign] as const,
  )
  const unreadable = parts.find(([, units]) => units === null)
  if (unreadable !== undefined) return { reason: 'bad_amount', field: `properties.${unreadable[0]}` }
  const amount = parts.reduce((sum, [, units, sign]) => sum + sign * (units ?? 0), base === 'subtotal' ? 0 : base)
  if (isRefund) return Math.abs(amount)
  return amount < 0 ? { reason: 'bad_amount', field: 'properties' } : amount
}

const OVER_SUBTOTAL = [
  ['subtotal', 1],
  ['shipping', 1],
  ['tax', 1],
] as const
const OVER_PRODUCTS = [
  ['discount', -1],
  ['shipping', 1],
  ['tax', 1],
] as const

/** What the products come to; null unless every one of them has a price. */
function pricedSum(lines: readonly OrderLine[], products: unknown): number | null {
  if (lines.length === 0 || !Array.isArray(products) || lines.length < products.length) return null
  const prices = lines.map(({ price, quantity }) => (price === undefined ? null : Math.round(price * quantity)))
  const sum = prices.reduce<number | null>((all, price) => (all === null || price === null ? null : all + price), 0)
  return sum === null || Math.abs(sum) > UNITS_MAX ? null : sum
}

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** The code in capitals; the usual one where none is told; null when it is no currency. */
export function currencyIn(value: unknown, usual: string): string | null {
  if (!isGiven(value)) return usual
  const code = typeof value === 'string' ? value.trim().toUpperCase() : ''
  return isCurrency(code) ? code : null
}

/** A number or a text with a decimal point as minor units of `currency`; null when it is no amount. */
export function unitsOf(value: unknown, currency: string): number | null {
  const decimal = decimalOf(value)
  const units = decimal && toUnits(decimal, exponentOf(currency))
  return units === null || Math.abs(units) > UNITS_MAX ? null : units
}

function decimalOf(value: unknown): Decimal | null {
  // Fifteen digits are what a double holds for sure: 0.1 + 0.2 is thirty cents.
  const text = typeof value === 'number' ? String(Number(value.toPrecision(15))) : typeof value === 'string' ? value.trim() : ''
  const read = readAmount(text, '.')
  return read === null || read.sign !== '' ? null : read.value
}

/** A text, or a number that stands for one; null when there is nothing to read. */
export function wordOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' ? null : text
}
