import { type OrderLine } from '../contract.ts'
import { isPlaceholder } from './ids.ts'
import { isGiven, unitsOf, wordOf } from './money.ts'
import { type Bag, isBag } from './values.ts'

// Both are keys of an index in Postgres, or words to choose from; whatever is longer is no number and no name.
const ID_CHARS_MAX = 256
const WORD_CHARS_MAX = 500

/** The products of an order, a cart or a list that say enough to be one; what else they say stays in the properties. */
export const linesIn = (products: unknown, currency: string | null): OrderLine[] =>
  Array.isArray(products) ? products.filter(isBag).flatMap(product => lineIn(product, currency) ?? []) : []

/** One product as a line, or null when it has neither a number nor a name. Without a currency that can be read it has no price. */
export function lineIn(product: Bag, currency: string | null): OrderLine | null {
  const quantity = isGiven(product.quantity) ? Number(wordOf(product.quantity) ?? Number.NaN) : 1
  if (!Number.isFinite(quantity)) return null
  const productId = numberIn(product.product_id ?? product.productId)
  const sku = numberIn(product.sku) ?? productId
  const name = word(product.name)
  if (sku === null && name === null) return null
  const price = isGiven(product.price) && currency !== null ? unitsOf(product.price, currency) : null
  const [category, brand, variant, coupon] = [product.category, product.brand, product.variant, product.coupon].map(word)
  return {
    ...(sku !== null && { sku }),
    ...(productId !== null && productId !== sku && { productId }),
    ...(name !== null && { name }),
    ...(category && { category }),
    ...(brand && { brand }),
    ...(variant && { variant }),
    ...(coupon && { coupon }),
    quantity,
    ...(price !== null && price >= 0 && { price }),
  }
}

function numberIn(value: unknown): string | null {
  const text = wordOf(value)
  // `0` is a placeholder for a person and a fine number for a product.
  return text === null || text.length > ID_CHARS_MAX || (text !== '0' && isPlaceholder(text)) ? null : text
}

function word(value: unknown): string | null {
  const text = wordOf(value)
  // Not in the middle of a surrogate pair.
  return text === null ? null : text.slice(0, WORD_CHARS_MAX).toWellFormed()
}
