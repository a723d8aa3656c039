import { expect, test } from 'vitest'
import { type PopulationOver } from '../../src/lifecycle/contract.ts'
import { bandAt, bandStep, began } from './history-band.ts'

const point = (day: string, total: number) => ({ day, at: `${day}T23:00:00.000Z`, counts: [total], unassigned: 0, total })
const history: PopulationOver = {
  model: 'm',
  version: 1,
  by: 'week',
  stages: ['all'],
  points: [point('2024-01-07', 0), point('2024-01-14', 0), point('2024-01-21', 3), point('2024-01-28', 5)],
}

test('between two counted days the earlier one is shown', () => {
  expect(bandAt(history, '2024-01-24')?.total).toBe(3)
  expect(bandAt(history, '2024-01-28')?.total).toBe(5)
  expect(bandAt(history, '2030-01-01')?.total).toBe(5)
  expect(bandAt(history, '2024-01-01')).toBeUndefined()
})

test('the band begins just before the first customer', () => {
  expect(began(history)).toBe('2024-01-14')
  expect(began({ ...history, points: [] })).toBeUndefined()
})

test('days, weeks or months: never more points than can be seen', () => {
  expect(bandStep('2024-01-01', '2025-12-31')).toBe('day')
  expect(bandStep('2014-01-01', '2025-12-31')).toBe('week')
  expect(bandStep('1990-01-01', '2025-12-31')).toBe('month')
})
