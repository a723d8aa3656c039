import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LogEvent } from '../events/contract.ts'
import { latest, type Words, wordsIn } from './words.ts'

const HOUR = 3_600_000
const event = (fields: Partial<LogEvent>): LogEvent => ({
  id: '1',
  customerId: 1,
  name: 'Product Viewed',
  at: HOUR,
  receivedAt: 0,
  sourceId: 1,
  identified: false,
  orderId: '',
  amount: null,
  currency: 'EUR',
  lines: [],
  traits: {},
  properties: {},
  ...fields,
})

const viewed = fc.record({
  at: fc.integer({ min: 0, max: 6 }).map(days => days * 24 * HOUR * 1.5),
  name: fc.constantFrom('Shirt', 'Blouse', undefined),
  category: fc.constantFrom('Tops', 'Clothes', undefined),
  price: fc.constantFrom(1_000, 2_000, undefined),
})

test('the later word on a product counts, whatever came in first and in however many batches', () => {
  fc.assert(
    fc.property(fc.array(viewed, { minLength: 1, maxLength: 8 }), fc.nat({ max: 8 }), (views, cut) => {
      const events = views.map(({ at, ...line }) =>
        event({
          at,
          lines: [{ sku: 's', quantity: 1, ...Object.fromEntries(Object.entries(line).filter(([, v]) => v !== undefined)) }],
        }),
      )
      const heard = (batches: LogEvent[][]) =>
        batches.reduce<Words>((known, batch) => latest(known, wordsIn(batch).get('s') ?? {}) ?? known, {})
      const all = heard([events])
      expect(heard([events.slice(cut), events.slice(0, cut)])).toEqual(all)
      expect(heard(events.toReversed().map(one => [one]))).toEqual(all)
    }),
    { numRuns: 2_000 },
  )
})

test('where a product can be seen is an address of the web, or nothing', () => {
  const line = { sku: 's', quantity: 1 }
  const said = (properties: Record<string, unknown>, name = 'Product Viewed') =>
    wordsIn([event({ name, lines: [line], properties })]).get('s')
  expect(said({ url: 'https://shop.example/s', image_url: 'https://shop.example/s.png' })).toEqual({
    url: ['https://shop.example/s', HOUR],
    imageUrl: ['https://shop.example/s.png', HOUR],
  })
  expect(said({ url: 'javascript:alert(1)', image_url: 'data:image/png;base64,AA' })).toEqual({})
  expect(said({ products: [{ product_id: 's', url: 'https://shop.example/s' }] }, 'Cart Viewed')).toEqual({
    url: ['https://shop.example/s', HOUR],
  })
})

test('a number that is no number, whatever it answers when it is asked to be text, is nobody’s', () => {
  const odd = { toString: 1, constructor: null }
  const lines = [{ sku: 'A', quantity: 1 }]
  const products = [{ sku: odd, product_id: odd, url: 'https://x.example/a' }]
  expect([...wordsIn([event({ lines, properties: { products } })]).keys()]).toEqual(['A'])
})
