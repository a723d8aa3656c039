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
import { type EventWord, type Heard, type OrderWord, type RefundWord, type Setting, Unclear, type Who } from './words.ts'

const ORDER_TOPICS = new Set(
  ['create', 'updated', 'paid', 'cancelled', 'fulfilled', 'partially_fulfilled'].map(topic => `orders/${topic}`),
)
const CUSTOMER_TOPICS = new Set(['create', 'update', 'enable', 'disable'].map(topic => `customers/${topic}`))

/** What a webhook of Shopify's Admin API says (REST resources, as they are in all versions so far). */
export function shopify(topic: string, body: Bag, setting: Setting): Heard {
  if (topic === 'app/uninstalled') return { is: 'ended' }
  if (ORDER_TOPICS.has(topic)) return order(body, setting)
  if (topic === 'orders/delete') return words(gone(body, setting))
  if (topic === 'refunds/create') return words(refundOnly(body, setting))
  if (CUSTOMER_TOPICS.has(topic)) return customer(body, setting)
  if (topic === 'checkouts/create' || topic === 'checkouts/update') return checkout(body, setting)
  return { is: 'unused', because: 'topic' }
}

const words = (...said: (OrderWord | EventWord)[]): Heard => ({ is: 'words', words: said })

function order(body: Bag, setting: Setting): Heard {
  if (body.test === true && !setting.takesTests) return { is: 'test' }
  const { receivedAt } = setting
  const key = idOf(body, 'id')
  const currency = currencyOf(body.currency, setting.currency, 'currency')
  const placedAt = instant(body.created_at, 'created_at', receivedAt)
  const at = instantOrNull(body.updated_at, 'updated_at', receivedAt) ?? placedAt
  // A payment that was called off before it was collected; the order is not fulfilled any more.
  const isVoided = body.financial_status === 'voided'
  return words({
    is: 'order',
    key,
    // Its name is what people, and the shop's own export of orders, call it by.
    orderId: wordOf(body.name) ?? key,
    currency,
    who: whoOrdered(body),
    at,
    placedAt,
    worth: {
      // Before returns; these are told apart, as refunds.
      amount: money(body.total_price, currency, 'total_price'),
      lines: linesOf(bagsOr(body.line_items).map(product), currency),
      properties: about(body),
    },
    cancelledAt: instantOrNull(body.cancelled_at, 'cancelled_at', receivedAt) ?? (isVoided ? at : null),
    refunds: bagsOr(body.refunds).flatMap(refund => refundIn(refund, currency, setting)),
  })
}

const product = (line: Bag): Bag => ({
  sku: line.sku,
  product_id: line.product_id,
  name: line.title ?? line.name,
  brand: line.vendor,
  variant: line.variant_title,
  category: line.product_type,
  quantity: line.quantity,
  price: line.price,
})

const about = (body: Bag): Record<string, unknown> =>
  given({
    shop_order_id: body.id,
    subtotal: body.subtotal_price,
    shipping: bagOr(bagOr(body.total_shipping_price_set).shop_money).amount,
    tax: body.total_tax,
    discount: body.total_discounts,
    coupon: bagsOr(body.discount_codes)
      .map(code => wordOf(code.code))
      .filter(Boolean)
      .join(', '),
    channel: body.source_name,
    landing_page: body.landing_site,
    referrer: body.referring_site,
    tags: body.tags,
  })

function whoOrdered(body: Bag): Who {
  const customer = bagOr(body.customer)
  const address = [customer.default_address, body.billing_address, body.shipping_address].map(bagOr)
  return whoIs({
    email: emailIn(body.email, body.contact_email, customer.email),
    phone: phoneIn(body.phone, customer.phone, ...address.map(one => one.phone)),
    own: own(customer.id),
    traits: person(customer, address),
  })
}

/** Numbers of customers are unique over all of Shopify's shops. */
const own = (id: unknown) => (wordOf(id) === null ? null : { kind: 'shopify', value: wordOf(id) ?? '' })

const first = (bags: Bag[], field: string): unknown => bags.map(bag => bag[field]).find(isGiven)

const person = (customer: Bag, address: Bag[]): Bag => ({
  firstName: first([customer, ...address], 'first_name'),
  lastName: first([customer, ...address], 'last_name'),
  city: first(address, 'city'),
  country: first(address, 'country_code'),
})

/** A refund without its order around it: whose it is, is remembered from the order. */
function refundOnly(body: Bag, setting: Setting): OrderWord {
  const key = idOf(body, 'order_id')
  const [transaction] = transactionsOf(body)
  const told = shopCurrencyIn(body) ?? transaction?.currency
  const currency = currencyOf(told, setting.currency, 'transactions.currency')
  return { ...blank(key), at: refundedAt(body, setting), refunds: refundIn(body, currency, setting) }
}

/** The shop's own currency, as the refunded lines tell it: a payment may have been in another. */
const shopCurrencyIn = (refund: Bag): unknown =>
  [
    ...bagsOr(refund.refund_line_items).map(line => line.subtotal_set),
    ...bagsOr(refund.order_adjustments).map(one => one.amount_set),
  ]
    .map(set => bagOr(bagOr(set).shop_money).currency_code)
    .find(isGiven)

const transactionsOf = (refund: Bag): Bag[] =>
  bagsOr(refund.transactions).filter(({ kind, status }) => kind === 'refund' && status === 'success')

const refundedAt = (refund: Bag, { receivedAt }: Setting): number =>
  instant(refund.processed_at ?? refund.created_at, 'created_at', receivedAt)

/** What was paid back. Nothing was, when goods only came back or the payment is still under way: then there will be another word on it. */
function refundIn(refund: Bag, currency: string, setting: Setting): RefundWord[] {
  const transactions = transactionsOf(refund)
  if (transactions.length === 0) return []
  // A customer who pays in another currency is paid back in that; the lines tell it in the shop's own.
  const isOwn = transactions.every(one => !isGiven(one.currency) || one.currency === currency)
  const amount = isOwn ? sum(transactions, ['amount'], currency) : refundInShopMoney(refund, currency)
  return amount > 0 ? [{ id: idOf(refund, 'id'), at: refundedAt(refund, setting), amount }] : []
}

const sum = (bags: Bag[], fields: string[], currency: string): number =>
  bags.reduce(
    (all, bag) => fields.reduce((so, field) => so + (isGiven(bag[field]) ? money(bag[field], currency, field) : 0), all),
    0,
  )

function refundInShopMoney(refund: Bag, currency: string): number {
  const lines = sum(bagsOr(refund.refund_line_items), ['subtotal', 'total_tax'], currency)
  // Shipping that is paid back stands there as less than nothing.
  const others = bagsOr(refund.order_adjustments).map(one => ({
    amount: unsigned(one.amount ?? 0),
    tax_amount: unsigned(one.tax_amount ?? 0),
  }))
  return lines + sum(others, ['amount', 'tax_amount'], currency)
}

/** Of a deleted order nothing is told but its id, not even when. */
const gone = (body: Bag, { receivedAt }: Setting): OrderWord => ({
  ...blank(idOf(body, 'id')),
  at: receivedAt,
  cancelledAt: receivedAt,
})

const blank = (key: string) => ({
  is: 'order' as const,
  key,
  orderId: null,
  currency: null,
  who: { identities: [], traits: {} },
  placedAt: null,
  worth: null,
  refunds: [],
})

function customer(body: Bag, { receivedAt }: Setting): Heard {
  const address = [bagOr(body.default_address)]
  const id = idOf(body, 'id')
  const { identities, traits } = whoIs({
    email: emailIn(body.email),
    phone: phoneIn(body.phone, ...address.map(one => one.phone)),
    own: own(id),
    traits: {
      ...person(body, address),
      tags: body.tags,
      emailConsent: bagOr(body.email_marketing_consent).state,
      smsConsent: bagOr(body.sms_marketing_consent).state,
    },
  })
  const at = instant(body.updated_at ?? body.created_at, 'updated_at', receivedAt)
  return words({ is: 'event', id: `customer:${id}:${at}`, envelope: { identities, name: 'Identified', at, traits } })
}

function checkout(body: Bag, setting: Setting): Heard {
  const token = wordOf(body.token) ?? wordOf(body.id)
  if (token === null) throw new Unclear('no_id', 'token')
  const { identities, traits } = whoOrdered(body)
  // The address is typed in the first step; until then nobody is named.
  if (identities.length === 0) return { is: 'unused', because: 'nobody' }
  const currency = currencyOf(body.currency, setting.currency, 'currency')
  const products = bagsOr(body.line_items).map(product).map(given)
  const properties = given({
    checkout_id: token,
    value: body.total_price,
    currency,
    products,
    url: body.abandoned_checkout_url,
    landing_page: body.landing_site,
    referrer: body.referring_site,
  })
  return words({
    is: 'event',
    id: `checkout:${token}`,
    envelope: {
      identities,
      name: 'Checkout Started',
      at: instant(body.created_at, 'created_at', setting.receivedAt),
      currency,
      lines: linesOf(products, currency),
      traits,
      properties,
    },
  })
}
