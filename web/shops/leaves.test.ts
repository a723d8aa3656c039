import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PATH } from '../../src/events/shops/contract.ts'
import { valueAt } from '../../src/events/shops/paths.ts'
import { draftOf, EMPTY, mappingOf } from './draft.ts'
import { leavesOf, placesIn } from './leaves.ts'

test('every place that is offered is a path that leads there', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(json, sample => {
      for (const { path, value, isList } of leavesOf(sample)) {
        if (path.includes('[""]') || /\["[^"]{201,}"\]/.test(path) || path.length > 300) continue
        expect(path).toMatch(PATH)
        const found = valueAt(path, sample, sample)
        if (!path.includes('["') && !isList) expect(String(found).slice(0, 40)).toBe(value)
      }
    }),
  )
})

test('with a list of events the places of an element are offered, and those of the whole from its beginning', () => {
  const sample = { card: 7, events: [{ no: 'a', lines: [{ sku: 'x' }] }] }
  expect(placesIn(sample, 'events').map(({ path }) => path)).toEqual([
    'no',
    'lines',
    'lines[0].sku',
    '$.card',
    '$.events',
    '$.events[0].no',
    '$.events[0].lines',
    '$.events[0].lines[0].sku',
  ])
})

test('a draft without a name or a customer is no mapping yet; with both it comes back as it was', () => {
  expect(mappingOf(EMPTY)).toBeNull()
  const draft = {
    ...EMPTY,
    name: 'Order Completed',
    customer: [
      { kind: 'email', path: 'mail' },
      { kind: 'loyalty_card', path: 'card' },
    ],
    orderId: 'no',
    amount: 'sum',
    currencyFrom: 'path' as const,
    currencyPath: 'cur',
    lines: { ...EMPTY.lines, path: 'items', sku: 'sku' },
    properties: [{ name: 'till', path: 'till' }],
  }
  const made = mappingOf(draft)
  expect(made && draftOf(made)).toEqual(draft)
})
