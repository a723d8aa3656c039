import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, addMonths, dayAt, daysBetween, isDay } from './days.ts'
import { COMPARISONS, choose, defaultLast, endingOn, PRESETS, periodSearch, type Span } from './period.ts'

const aDay = fc.integer({ min: 0, max: 25_000 }).map(days => addDays('1970-01-01', days))
const aSpan = fc.tuple(aDay, fc.nat(3000), fc.nat(3000)).map(([first, long, since]): Span => {
  const last = addDays(first, long)
  return { first, last, today: addDays(last, since), isEmpty: false }
})

test('a month later is the same day, or the last one where the month is shorter', () => {
  expect(addMonths('2024-01-31', 1)).toBe('2024-02-29')
  expect(addMonths('2023-03-31', -1)).toBe('2023-02-28')
  expect(addMonths('2024-02-29', -12)).toBe('2023-02-28')
  expect(addMonths('2024-11-15', 3)).toBe('2025-02-15')
})

test('the day depends on whose clock is asked', () => {
  const newYear = Date.UTC(2024, 11, 31, 23, 30)
  expect(dayAt(newYear, 'UTC')).toBe('2024-12-31')
  expect(dayAt(newYear, 'Europe/Berlin')).toBe('2025-01-01')
})

test('counting days there and back leads to the same day', () => {
  fc.assert(
    fc.property(aDay, fc.integer({ min: -9000, max: 9000 }), (day, by) => {
      expect(addDays(addDays(day, by), -by)).toBe(day)
      expect(daysBetween(day, addDays(day, by))).toBe(by)
    }),
  )
})

test('nonsense in the address is left out, never an error', () => {
  expect(periodSearch({ period: '3y', from: '2024-02-30', to: 7, compare: 'x' })).toEqual({})
  expect(isDay('2024-02-29')).toBe(true)
  expect(isDay('2023-02-29')).toBe(false)
})

test('twelve months end on the chosen day and are compared with the twelve before', () => {
  const span: Span = { first: '1997-01-01', last: '1998-06-30', today: '2026-01-01', isEmpty: false }
  const chosen = choose({}, span)
  expect(chosen).toMatchObject({ preset: '12m', first: '1997-07-01', last: '1998-06-30', before: '1997-06-30', days: 365 })
  expect(chosen.against).toMatchObject({ first: '1996-07-01', last: '1997-06-30' })
})

test('data that ended long ago is looked at on its last day, fresh data today', () => {
  expect(defaultLast({ first: '1997-01-01', last: '1998-06-30', today: '2026-01-01', isEmpty: false })).toBe('1998-06-30')
  expect(defaultLast({ first: '2025-01-01', last: '2025-12-20', today: '2026-01-01', isEmpty: false })).toBe('2026-01-01')
})

test('a period never ends before it begins, and the one before it touches it without a gap', () => {
  fc.assert(
    fc.property(
      aSpan,
      fc.constantFrom(...PRESETS),
      fc.constantFrom(...COMPARISONS),
      fc.option(aDay),
      (span, period, compare, to) => {
        const chosen = choose({ period, compare, ...(to ? { to } : {}) }, span)
        expect(chosen.first <= chosen.last).toBe(true)
        expect(daysBetween(chosen.before, chosen.last)).toBe(chosen.days)
        if (compare === 'previous' && chosen.against && period !== '12m') {
          expect(addDays(chosen.against.last, 1)).toBe(chosen.first)
          expect(chosen.against.days).toBe(chosen.days)
        }
      },
    ),
  )
})

test('moving the end of chosen days keeps how many they are', () => {
  fc.assert(
    fc.property(aSpan, aDay, fc.nat(400), aDay, (span, from, long, to) => {
      const search = { from, to: addDays(from, long) }
      const chosen = choose(search, span)
      expect(choose(endingOn(search, chosen, to), span)).toMatchObject({ last: to, days: chosen.days })
    }),
  )
})
