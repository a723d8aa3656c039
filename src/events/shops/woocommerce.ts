import {
  type Bag,
  bagOr,
  bagsOr,
  currencyOf,
  emailIn,
  given,
  idOf,
  instant,
  instantOrNull,
  isGiven,
  linesOf,
  money,
  phoneIn,
  unsigned,
  whoIs,
  wordOf,
} from './fields.ts'
import { type Heard, type OrderWord, type RefundWord, type Setting, Unclear } from './words.ts'

/** The shop waits for the payment, or was told that it failed: not an order yet. */
const UNPAID = new Set(['pending', 'failed', 'checkout-draft', 'auto-draft', 'draft'])

/** What a webhook of WooCommerce says (REST API, version 3). */
export function woocommerce(topic: string, body: Bag, setting: Setting): Heard {
  if (topic === 'order.deleted') return { is: 'words', words: [gone(body, setting)] }
  if (['order.created', 'order.updated', 'order.restored'].includes(topic)) return order(topic, body, setting)
  if (topic === 'customer.created' || topic === 'customer.updated') return customer(body, setting)
  return { is: 'unused', because: 'topic' }
}

function order(topic: string, body: Bag, setting: Setting): Heard {
  const { receivedAt } = setting
  const key = idOf(body, 'id')
  const status = wordOf(body.status)?.replace(/^wc-/, '') ?? ''
  const currency = currencyOf(body.currency, setting.currency, 'currency')
  const createdAt = instant(body.date_created_gmt, 'date_created_gmt', receivedAt)
  const at = instantOrNull(body.date_modified_gmt, 'date_modified_gmt', receivedAt) ?? createdAt
  const paidAt = instantOrNull(body.date_paid_gmt, 'date_paid_gmt', receivedAt)
  const isOff = status === 'cancelled' || status === 'trash'
  // Cancelled before it was paid: it was an order only if an earlier word says so.
  const isPlaced = !UNPAID.has(status) && (!isOff || paidAt !== null)
  const worth = {
    amount: money(body.total, currency, 'total'),
    lines: linesOf(bagsOr(body.line_items).map(product), currency),
    properties: about(body),
  }
  return {
    is: 'words',
    words: [
      {
        is: 'order',
        key,
        orderId: wordOf(body.number) ?? key,
        currency,
        who: whoOrdered(body, setting),
        at,
        placedAt: isPlaced ? createdAt : null,
        worth: isPlaced ? worth : null,
        cancelledAt: isOff ? at : null,
        // As of a deletion, it is not told when it was taken back.
        ...(topic === 'order.restored' && { stateAt: receivedAt }),
        refunds: refundsOf(body, status, currency, at),
      },
    ],
  }
}

const product = (line: Bag): Bag => ({
  sku: line.sku,
  product_id: wordOf(line.variation_id) === '0' ? line.product_id : (line.variation_id ?? line.product_id),
  name: line.name,
  quantity: line.quantity,
  price: line.price,
})

const about = (body: Bag): Record<string, unknown> =>
  given({
    shop_order_id: body.id,
    shipping: body.shipping_total,
    tax: body.total_tax,
    discount: body.discount_total,
    coupon: bagsOr(body.coupon_lines)
      .map(one => wordOf(one.code))
      .filter(Boolean)
      .join(', '),
    payment: body.payment_method,
    channel: body.created_via,
  })

function whoOrdered(body: Bag, { connectionId }: Setting) {
  const billing = bagOr(body.billing)
  return whoIs({
    email: emailIn(billing.email),
    phone: phoneIn(billing.phone, bagOr(body.shipping).phone),
    // 0 is every guest.
    own: own(body.customer_id, connectionId),
    traits: person(billing, {}),
  })
}

/** Shops count their customers from one, so the connection stands before the number. */
const own = (id: unknown, connectionId: number) => {
  const number = wordOf(id)
  return number === null || number === '0' ? null : { kind: 'woocommerce', value: `${connectionId}:${number}` }
}

const person = (billing: Bag, customer: Bag): Bag => ({
  firstName: isGiven(customer.first_name) ? customer.first_name : billing.first_name,
  lastName: isGiven(customer.last_name) ? customer.last_name : billing.last_name,
  city: billing.city,
  country: billing.country,
})

/** An order tells its refunds without their time: it is that of the version that first has them. */
function refundsOf(body: Bag, status: string, currency: string, at: number): RefundWord[] {
  const refunds = bagsOr(body.refunds).map(refund => ({
    id: idOf(refund, 'id'),
    at,
    amount: money(unsigned(refund.total), currency, 'refunds.total'),
  }))
  return refunds.length === 0 && status === 'refunded' ? [{ id: 'all', at, amount: null }] : refunds
}

/** Of a deleted order nothing is told but its id, not even when. */
const gone = (body: Bag, { receivedAt }: Setting): OrderWord => ({
  is: 'order',
  key: idOf(body, 'id'),
  orderId: null,
  currency: null,
  who: { identities: [], traits: {} },
  at: receivedAt,
  placedAt: null,
  worth: null,
  cancelledAt: receivedAt,
  refunds: [],
})

function customer(body: Bag, { connectionId, receivedAt }: Setting): Heard {
  const id = idOf(body, 'id')
  const billing = bagOr(body.billing)
  const at = instant(body.date_modified_gmt ?? body.date_created_gmt, 'date_modified_gmt', receivedAt)
  const { identities, traits } = whoIs({
    email: emailIn(body.email, billing.email),
    phone: phoneIn(billing.phone),
    own: own(id, connectionId),
    traits: person(billing, body),
  })
  if (identities.length === 0) throw new Unclear('no_identity')
  return {
    is: 'words',
    words: [{ is: 'event', id: `customer:${id}:${at}`, envelope: { identities, name: 'Identified', at, traits } }],
  }
}
