import { expect, test } from 'vitest'
import { byCurrency } from './months.ts'

const item = (when: string, channel: string, amount: number, currency = 'EUR') => ({
  when,
  channel,
  campaign: null,
  amount,
  currency,
})

test('months have no gaps, the dearest channel comes first, and cents add up', () => {
  const [euro, yen] = byCurrency({
    items: [
      item('2024-11', 'Search', 10),
      item('2024-11', 'Social', 20),
      item('2025-01', 'Search', 1030),
      item('2024-12', 'Search', 500, 'JPY'),
    ],
  })
  expect(euro).toEqual({
    currency: 'EUR',
    months: ['2024-11', '2024-12', '2025-01'],
    channels: ['Search', 'Social'],
    amounts: [
      [0.1, 0.2],
      [0, 0],
      [10.3, 0],
    ],
    totals: [0.3, 0, 10.3],
  })
  expect(yen).toMatchObject({ currency: 'JPY', months: ['2024-12'], totals: [500] })
})

test('nothing is nothing', () => expect(byCurrency({ items: [] })).toEqual([]))
