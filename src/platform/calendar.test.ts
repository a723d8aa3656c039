import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { dayOf, endOfDay, isDay, lastDays, nextDay, startOfDay } from './calendar.ts'

const day = fc.integer({ min: 0, max: 40_000 }).map(n => Temporal.PlainDate.from('1950-01-01').add({ days: n }).toString())
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Australia/Lord_Howe')

test('every instant of a day lies in it, and the next one begins where it ends, also where clocks are changed', () => {
  fc.assert(
    fc.property(day, zone, (one, timeZone) => {
      // Apia had no 30 December 2011.
      fc.pre(!(timeZone === 'Pacific/Apia' && one === '2011-12-30'))
      expect(dayOf(startOfDay(one, timeZone), timeZone)).toBe(one)
      expect(startOfDay(one, timeZone)).toBe(Temporal.PlainDate.from(one).toZonedDateTime(timeZone).epochMilliseconds)
      expect(endOfDay(one, timeZone) + 1).toBe(startOfDay(nextDay(one), timeZone))
      expect(nextDay(one)).toBe(Temporal.PlainDate.from(one).add({ days: 1 }).toString())
    }),
  )
})

test('weeks end on Sundays, months on their last day, and the last one where the period ends', () => {
  expect(lastDays('2025-12-30', '2026-01-02', 'day')).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02'])
  expect(lastDays('2025-12-30', '2026-01-14', 'week')).toEqual(['2026-01-04', '2026-01-11', '2026-01-14'])
  expect(lastDays('2024-01-15', '2024-03-10', 'month')).toEqual(['2024-01-31', '2024-02-29', '2024-03-10'])
  expect(lastDays('2024-02-29', '2024-02-29', 'month')).toEqual(['2024-02-29'])
})

test('a day is only what stands in a calendar', () => {
  expect(['2024-02-29', '2023-02-29', '2024-2-9', 'today', '2024-13-01'].map(isDay)).toEqual([true, false, false, false, false])
})
