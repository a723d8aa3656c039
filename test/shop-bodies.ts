import { createHmac } from 'node:crypto'

// What shops send, as far as we read it, written from their documentation; and the signatures they put on it.

const iso = (at: number, zone = '+02:00'): string => new Date(at + 7_200_000).toISOString().slice(0, 19) + zone
const gmt = (at: number): string => new Date(at).toISOString().slice(0, 19)

type Line = { sku: string; name: string; quantity: number; price: string }
export const LINES: Line[] = [
  { sku: 'FERN-1', name: 'Fern', quantity: 2, price: '10.00' },
  { sku: 'POT-9', name: 'Clay pot', quantity: 1, price: '4.50' },
]

export const shopifyOrder = (at: number, updatedAt: number, more: object = {}) => ({
  id: 450_789_469,
  name: '#1001',
  email: 'Ann@Example.com',
  test: false,
  currency: 'EUR',
  total_price: '24.50',
  total_tax: '3.91',
  created_at: iso(at),
  updated_at: iso(updatedAt),
  cancelled_at: null,
  financial_status: 'pending',
  source_name: 'web',
  customer: { id: 207_119_551, first_name: 'Ann', last_name: 'Fern', default_address: { city: 'Graz', country_code: 'AT' } },
  line_items: LINES.map((line, i) => ({ id: i, title: line.name, product_id: 900 + i, ...line })),
  refunds: [],
  ...more,
})

export const shopifyRefund = (at: number, amount: string, id = 509_562_969) => ({
  id,
  order_id: 450_789_469,
  created_at: iso(at),
  refund_line_items: [],
  order_adjustments: [],
  transactions: [{ id: 1, kind: 'refund', status: 'success', amount, currency: 'EUR' }],
})

export const wooOrder = (at: number, modifiedAt: number, more: object = {}) => ({
  id: 727,
  number: '727',
  status: 'processing',
  currency: 'EUR',
  total: '24.50',
  total_tax: '3.91',
  customer_id: 5,
  date_created_gmt: gmt(at),
  date_modified_gmt: gmt(modifiedAt),
  date_paid_gmt: gmt(at),
  billing: {
    first_name: 'Ann',
    last_name: 'Fern',
    email: 'ann@example.com',
    phone: '+43 660 1234567',
    city: 'Graz',
    country: 'AT',
  },
  line_items: LINES.map(line => ({ product_id: 93, variation_id: 0, ...line, price: Number(line.price) })),
  refunds: [],
  ...more,
})

export const stripeEvent = (type: string, at: number, object: object, more: object = {}) => ({
  id: `evt_${type}_${at}`,
  object: 'event',
  type,
  livemode: true,
  created: at / 1000,
  data: { object, ...more },
})

export const charge = (at: number, more: object = {}) => ({
  id: 'ch_1',
  object: 'charge',
  amount: 2450,
  amount_captured: 2450,
  amount_refunded: 0,
  captured: true,
  paid: true,
  currency: 'eur',
  created: at / 1000,
  customer: 'cus_1',
  payment_intent: 'pi_1',
  billing_details: { email: 'ann@example.com', name: 'Ann Fern', address: { city: 'Graz', country: 'AT' } },
  ...more,
})

const hmac = (secret: string, body: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', secret).update(body).digest(encoding)

let sent = 0
/** The headers of a request from each shop, signed with `secret`. */
export const signed = {
  shopify: (secret: string, body: string, topic: string, id = `event-${++sent}`) => ({
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': 'fern.myshopify.com',
    'x-shopify-event-id': id,
    'x-shopify-hmac-sha256': hmac(secret, body, 'base64'),
  }),
  woocommerce: (secret: string, body: string, topic: string, id = `delivery-${++sent}`) => ({
    'content-type': 'application/json',
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-delivery-id': id,
    'x-wc-webhook-signature': hmac(secret, body, 'base64'),
  }),
  stripe: (secret: string, body: string, at: number) => {
    const t = Math.floor(at / 1000)
    return { 'content-type': 'application/json', 'stripe-signature': `t=${t},v1=${hmac(secret, `${t}.${body}`, 'hex')}` }
  },
  generic: (secret: string, body: string, prefix = 'sha256=') => ({
    'content-type': 'application/json',
    'x-signature': `${prefix}${hmac(secret, body, 'hex')}`,
  }),
}
