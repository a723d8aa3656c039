import { exponentOf } from '../../company/contract.ts'
import { type OrderLine } from '../contract.ts'
import { type Decimal, readAmount, toUnits } from '../imports/amounts.ts'
import { isCurrency } from '../imports/currency.ts'
import { type Trouble } from './reasons.ts'
import { type Bag, isBag } from './values.ts'

// Sums of a million such orders are still exact.
const UNITS_MAX = 1e12

/**
 * What an order is worth. `total` first, because that is what a refund is told in (Segment's `Order Refunded` has no `revenue`):
 * an order counted without shipping and tax would be worth less than nothing once all of it is paid back.
 */
const AMOUNTS = ['total', 'revenue', 'value'] as const

export type OrderMoney = { amount?: number; currency: string; lines: OrderLine[] }

/** Amount, currency and lines of an order event. Without any amount there is none: an order's worth is then unknown. */
export function moneyIn(properties: Bag, usual: string): OrderMoney | Trouble {
  const currency = currencyIn(properties.currency, usual)
  if (currency === null) return { reason: 'bad_currency', field: 'properties.currency' }
  const lines = linesIn(properties.products, currency)
  const field = AMOUNTS.find(name => isGiven(properties[name]))
  if (field === undefined) return { currency, lines }
  const amount = unitsOf(properties[field], currency)
  if (amount === null || amount < 0) return { reason: 'bad_amount', field: `properties.${field}` }
  return { amount, currency, lines }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

function currencyIn(value: unknown, usual: string): string | null {
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

/** The products that say enough to be a line; what else they say stays in the properties. */
function linesIn(products: unknown, currency: string): OrderLine[] {
  if (!Array.isArray(products)) return []
  return products.filter(isBag).flatMap(product => {
    const quantity = isGiven(product.quantity) ? Number(product.quantity) : 1
    if (!Number.isFinite(quantity)) return []
    const sku = wordOf(product.sku) ?? wordOf(product.product_id) ?? wordOf(product.productId)
    const name = wordOf(product.name)
    if (sku === null && name === null) return []
    const price = isGiven(product.price) ? unitsOf(product.price, currency) : null
    return [{ ...(sku !== null && { sku }), ...(name !== null && { name }), quantity, ...(price !== null && { price }) }]
  })
}

/** A text, or a number that stands for one; null when there is nothing to read. */
export function wordOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return text === '' ? null : text
}
