import { type Envelope, madeUpOrderId, ORDER_EVENTS } from '../contract.ts'
import { isPlaceholder } from './ids.ts'
import { currencyIn, isGiven, moneyIn, wordOf } from './money.ts'
import { lineIn, linesIn } from './products.ts'
import { isTrouble, type Trouble } from './reasons.ts'
import { type Bag } from './values.ts'

/** Events of Segment's e-commerce specification, version 2, that are about one product, told in the event's own properties. */
const ABOUT_A_PRODUCT = [
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
  'Product Shared',
  'Product Reviewed',
]
/** Those that tell several, as a list `products`. */
const ABOUT_PRODUCTS = [
  'Product List Viewed',
  'Product List Filtered',
  'Cart Viewed',
  'Cart Shared',
  'Checkout Started',
  'Checkout Step Viewed',
  'Checkout Step Completed',
  'Payment Info Entered',
]
const OTHERS = [
  'Products Searched',
  'Promotion Viewed',
  'Promotion Clicked',
  'Coupon Entered',
  'Coupon Applied',
  'Coupon Denied',
  'Coupon Removed',
]
const OF_ORDERS = Object.values(ORDER_EVENTS)

/** The same in the words of the specification's first version. */
const FIRST_VERSION: Readonly<Record<string, string>> = {
  'Completed Order': 'Order Completed',
  'Updated Order': 'Order Updated',
  'Refunded Order': 'Order Refunded',
  'Cancelled Order': 'Order Cancelled',
  'Order Canceled': 'Order Cancelled',
  'Viewed Product': 'Product Viewed',
  'Clicked Product': 'Product Clicked',
  'Added Product': 'Product Added',
  'Removed Product': 'Product Removed',
  'Viewed Product Category': 'Product List Viewed',
  'Viewed Cart': 'Cart Viewed',
  'Started Checkout': 'Checkout Started',
}

// "order_completed", "Order-Completed", "orderCompleted" are one name.
const bare = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

const SPELT = new Map(
  [
    ...[...OF_ORDERS, ...ABOUT_A_PRODUCT, ...ABOUT_PRODUCTS, ...OTHERS].map(name => [name, name] as const),
    ...Object.entries(FIRST_VERSION),
  ].map(([told, name]) => [bare(told), name]),
)

/** The name of an event as the specification spells it, where it is one of its own; else as it was sent. */
export const spelt = (name: string): string => SPELT.get(bare(name)) ?? name

const [orders, single, several] = [OF_ORDERS, ABOUT_A_PRODUCT, ABOUT_PRODUCTS].map(names => new Set<string>(names))

type Commerce = Pick<Envelope, 'orderId' | 'amount' | 'currency' | 'lines'>

/** What an event says of an order and of products. Only what is said of an order can make an event unusable: it is money. */
export function commerceIn(name: string, properties: Bag, messageId: string, usual: string): Commerce | Trouble {
  if (orders?.has(name)) return orderIn(name, properties, messageId, usual)
  const isSingle = single?.has(name)
  if (!isSingle && !several?.has(name)) return {}
  const currency = currencyIn(properties.currency, usual)
  const one = isSingle ? lineIn(properties, currency) : null
  const lines = one === null ? linesIn(properties.products, currency) : [one]
  if (lines.length === 0) return {}
  return { lines, ...(currency !== null && lines.some(line => line.price !== undefined) && { currency }) }
}

const ORDER_ID_CHARS_MAX = 500

function orderIn(name: string, properties: Bag, messageId: string, usual: string): Commerce | Trouble {
  const given = [properties.order_id, properties.orderId].find(isGiven)
  const word = wordOf(given)
  if (word !== null && word.length > ORDER_ID_CHARS_MAX) return { reason: 'too_large', field: 'properties.order_id' }
  const number = word === null || isPlaceholder(word) ? null : word
  // An order without a number is one of its own, as in a file of orders; a change to an order has to say which.
  if (number === null && name !== ORDER_EVENTS.completed) return { reason: 'no_order', field: 'properties.order_id' }
  const currency = currencyIn(properties.currency, usual)
  if (currency === null) return { reason: 'bad_currency', field: 'properties.currency' }
  const lines = linesIn(properties.products, currency)
  const amount = moneyIn(properties, currency, lines, name === ORDER_EVENTS.refunded)
  if (typeof amount === 'object' && amount !== null && isTrouble(amount)) return amount
  return {
    orderId: number ?? madeUpOrderId(messageId),
    ...(amount !== null && { amount }),
    currency,
    ...(lines.length > 0 && { lines }),
  }
}
