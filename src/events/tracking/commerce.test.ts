import { expect, test } from 'vitest'
import { orderNumberOf } from '../contract.ts'
import { commerceIn, spelt } from './commerce.ts'

const told = (name: string, properties: object) => commerceIn(name, { ...properties }, 'message-1', 'EUR')
const completed = (properties: object) => told('Order Completed', { order_id: 'o1', ...properties })
const refunded = (properties: object) => told('Order Refunded', { order_id: 'o1', ...properties })

test('the order of the specification’s own example is understood whole', () => {
  expect(
    completed({
      checkout_id: 'fksdjfsdjfisjf9sdfjsd9f',
      order_id: '50314b8e9bcf000000000000',
      affiliation: 'Google Store',
      total: 27.5,
      subtotal: 22.5,
      revenue: 25.0,
      shipping: 3,
      tax: 2,
      discount: 2.5,
      coupon: 'hasbros',
      currency: 'USD',
      products: [
        {
          product_id: '507f1f77bcf86cd799439011',
          sku: '45790-32',
          name: 'Monopoly: 3rd Edition',
          price: 19,
          quantity: 1,
          category: 'Games',
          url: 'https://www.example.com/product/path',
        },
        {
          product_id: '505bd76785ebb509fc183733',
          name: 'Uno Card Game',
          price: 3,
          quantity: 2,
          category: 'Games',
          brand: 'Mattel',
          variant: '200 pieces',
          coupon: 'UNO',
        },
      ],
    }),
  ).toEqual({
    orderId: '50314b8e9bcf000000000000',
    amount: 2750,
    currency: 'USD',
    lines: [
      {
        sku: '45790-32',
        productId: '507f1f77bcf86cd799439011',
        name: 'Monopoly: 3rd Edition',
        category: 'Games',
        quantity: 1,
        price: 1900,
      },
      {
        sku: '505bd76785ebb509fc183733',
        name: 'Uno Card Game',
        category: 'Games',
        brand: 'Mattel',
        variant: '200 pieces',
        coupon: 'UNO',
        quantity: 2,
        price: 300,
      },
    ],
  })
})

const GAME = { sku: 'g', price: '9.99', quantity: 3 }
const PEN = { sku: 'p', price: 0.5 }
test.each<[string, object, number | undefined]>([
  ['the total, whatever else is told', { total: 27.5, revenue: 25, subtotal: 22.5 }, 2750],
  ['the revenue as it is said', { revenue: '25.00', shipping: 3, tax: 2 }, 2500],
  ['the value', { value: 12 }, 1200],
  ['a subtotal with shipping and tax, and its discount not twice', { subtotal: 22.5, shipping: 3, tax: 2, discount: 2.5 }, 2750],
  [
    'its products less the discount, with shipping and tax',
    { products: [GAME, PEN], discount: 1, shipping: 3, tax: '0.03' },
    3250,
  ],
  ['unknown where a product has no price', { products: [GAME, { sku: 'x' }] }, undefined],
  ['unknown where nothing is told', { discount: 3 }, undefined],
])('an order is worth %s', (_, properties, amount) => {
  expect(completed(properties)).toMatchObject({ orderId: 'o1', currency: 'EUR' })
  expect((completed(properties) as { amount?: number }).amount).toBe(amount)
})

test.each<[string, object, number | undefined]>([
  ['its total', { total: 10, products: [GAME] }, 1000],
  ['its total, also where that is less than nothing', { total: -10 }, 1000],
  ['its products alone', { products: [GAME], shipping: 3, discount: 1 }, 2997],
  ['all of the order where no sum is told', { products: [{ sku: 'g', quantity: 3 }] }, undefined],
])('a refund is of %s', (_, properties, amount) => {
  expect((refunded(properties) as { amount?: number }).amount).toBe(amount)
})

test('an order without a number, or with a placeholder for one, is one of its own, and its number is nobody’s to see', () => {
  for (const order_id of [undefined, null, '', 'undefined', '{{ order.id }}']) {
    const order = told('Order Completed', { order_id, total: 1 }) as { orderId: string }
    expect(order.orderId).toContain('message-1')
    expect(orderNumberOf(order.orderId)).toBeNull()
    expect(told('Order Cancelled', { order_id })).toEqual({ reason: 'no_order', field: 'properties.order_id' })
  }
  expect(completed({ order_id: 1001 })).toMatchObject({ orderId: '1001' })
  expect(orderNumberOf('1001')).toBe('1001')
})

test('an event about one product tells it in its own properties, and one about several in a list', () => {
  const shirt = { product_id: 'p1', sku: 's1', name: 'Shirt', category: 'Clothes', price: 20, currency: 'USD', position: 3 }
  const line = { sku: 's1', productId: 'p1', name: 'Shirt', category: 'Clothes', quantity: 1, price: 2000 }
  for (const name of ['Product Viewed', 'Product Added', 'Product Removed', 'Product Clicked', 'Product Added to Wishlist'])
    expect(told(name, shirt)).toEqual({ lines: [line], currency: 'USD' })
  for (const name of ['Cart Viewed', 'Checkout Started', 'Product List Viewed'])
    expect(told(name, { cart_id: 'c', currency: 'USD', products: [shirt, 7, {}] })).toEqual({ lines: [line], currency: 'USD' })
  // A view is worth keeping also where its money cannot be read; that of an order is not guessed at.
  expect(told('Product Viewed', { ...shirt, currency: 'euros' })).toEqual({
    lines: [{ ...line, price: undefined }].map(({ price: _, ...rest }) => rest),
  })
  expect(told('Product Viewed', { name: 7, sku: 'null' })).toEqual({ lines: [{ name: '7', quantity: 1 }] })
  expect(told('Song Played', shirt)).toEqual({})
})

test('names are the specification’s, however they are spelt, and others stay as they are', () => {
  expect(['order_completed', 'Order Completed', 'orderCompleted', 'Completed Order', 'ORDER-COMPLETED'].map(spelt)).toEqual(
    Array.from({ length: 5 }, () => 'Order Completed'),
  )
  expect(['Viewed Product', 'order canceled', 'checkout_started', 'Order completed by phone', 'Reordered'].map(spelt)).toEqual([
    'Product Viewed',
    'Order Cancelled',
    'Checkout Started',
    'Order completed by phone',
    'Reordered',
  ])
})

test('a quantity that is no number costs its line, and nothing else', () => {
  const products = [
    { sku: 'A', quantity: { toString: 1 } },
    { sku: 'B', quantity: ' 2 ' },
  ]
  expect(commerceIn('Order Completed', { order_id: 1, total: 5, products }, 'm', 'EUR')).toMatchObject({
    lines: [{ sku: 'B', quantity: 2 }],
  })
})
