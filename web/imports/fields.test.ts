import { expect, test } from 'vitest'
import { type Mapping } from '../../src/events/imports/contract.ts'
import { meaningOf, NOT_USED, withMeaning } from './fields.ts'

const mapping: Mapping = {
  columns: { email: 0, ordered_at: 1, amount: 2 },
  delimiter: ',',
  encoding: 'utf-8',
  hasHeader: true,
  dateOrder: 'ymd',
  decimal: '.',
  timeZone: 'UTC',
  currency: 'EUR',
}

test('a meaning belongs to one column, and a column has one meaning', () => {
  const changed = withMeaning(mapping, 3, 'amount')
  expect(changed.columns).toEqual({ email: 0, ordered_at: 1, amount: 3 })
  expect(withMeaning(changed, 0, 'customer_id').columns).toEqual({ ordered_at: 1, amount: 3, customer_id: 0 })
  expect(withMeaning(mapping, 2, NOT_USED).columns).toEqual({ email: 0, ordered_at: 1 })
})

test('the meaning of a column is found by its place', () => {
  expect(meaningOf(mapping, 1)).toBe('ordered_at')
  expect(meaningOf(mapping, 9)).toBeUndefined()
})
