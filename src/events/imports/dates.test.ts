import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { dateEvidence, readDate } from './dates.ts'
import { wallClock } from './zone.ts'

const iso = (text: string, order: 'ymd' | 'dmy' | 'mdy' = 'ymd') => {
  const read = readDate(text, order)
  if (typeof read === 'string') return read
  const wall = new Date(read.wall).toISOString().slice(0, -1)
  return read.offsetMinutes === null ? wall : `${wall} ${read.offsetMinutes}`
}

describe('dates', () => {
  it.each([
    ['2025-10-07', 'ymd', '2025-10-07T00:00:00.000'],
    ['2025-10-07 09:50', 'ymd', '2025-10-07T09:50:00.000'],
    ['2025-10-07 09:50:26 +0200', 'ymd', '2025-10-07T09:50:26.000 120'],
    ['2025-10-07T09:50:26.123Z', 'ymd', '2025-10-07T09:50:26.123 0'],
    ['2025-10-07T09:50:26-05:30', 'ymd', '2025-10-07T09:50:26.000 -330'],
    ['2019-10-01 00:00:00 UTC', 'ymd', '2019-10-01T00:00:00.000 0'],
    ['2025/1/7', 'dmy', '2025-01-07T00:00:00.000'],
    ['2025.01.07', 'mdy', '2025-01-07T00:00:00.000'],
    ['19970101', 'ymd', '1997-01-01T00:00:00.000'],
    ['20250107095026', 'ymd', '2025-01-07T09:50:26.000'],
    ['1736236800', 'ymd', '2025-01-07T08:00:00.000 0'],
    ['1736236800000', 'ymd', '2025-01-07T08:00:00.000 0'],
    ['07.01.2025', 'dmy', '2025-01-07T00:00:00.000'],
    ['07/01/2025', 'mdy', '2025-07-01T00:00:00.000'],
    ['12/1/10 8:26', 'mdy', '2010-12-01T08:26:00.000'],
    ['1-2-99', 'dmy', '1999-02-01T00:00:00.000'],
    ['07/01/2025, 3:05 PM', 'mdy', '2025-07-01T15:05:00.000'],
    ['07/01/2025 12:05 a.m.', 'mdy', '2025-07-01T00:05:00.000'],
    ['7 January 2025', 'ymd', '2025-01-07T00:00:00.000'],
    ['Jan 7, 2025', 'ymd', '2025-01-07T00:00:00.000'],
    ['January 7th, 2025 10:00 AM', 'ymd', '2025-01-07T10:00:00.000'],
    ['07-Jan-25', 'ymd', '2025-01-07T00:00:00.000'],
    ['7. März 2025', 'ymd', '2025-03-07T00:00:00.000'],
    ['7 février 2025', 'ymd', '2025-02-07T00:00:00.000'],
    ['7 de enero de 2025', 'ymd', '2025-01-07T00:00:00.000'],
    ['7 maggio 2025', 'ymd', '2025-05-07T00:00:00.000'],
    ['7 mrt. 2025', 'ymd', '2025-03-07T00:00:00.000'],
    ['Tue, 07 Jan 2025 09:50:26 GMT', 'ymd', '2025-01-07T09:50:26.000 0'],
    ['2024-02-29', 'ymd', '2024-02-29T00:00:00.000'],
    ['2025-02-29', 'ymd', 'impossible'],
    ['2025-13-01', 'ymd', 'impossible'],
    ['2025-01-01 25:00', 'ymd', 'impossible'],
    ['31/12/2025', 'mdy', 'impossible'],
    ['07/01/2025', 'ymd', 'other_format'],
    ['yesterday', 'ymd', 'unreadable'],
    ['', 'ymd', 'unreadable'],
    ['12.34', 'ymd', 'unreadable'],
    ['7 Foo 2025', 'ymd', 'unreadable'],
    ['2025-01-07 later', 'ymd', 'unreadable'],
    ['0000-00-00', 'ymd', 'impossible'],
  ] as const)('reads %s (%s) as %s', (text, order, expected) => {
    expect(iso(text, order)).toBe(expected)
  })

  it('reads back every day written in every order', () => {
    const day = fc.date({ min: new Date(0), max: new Date('2069-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(day, fc.constantFrom('-', '/', '.'), fc.boolean(), (date, mark, isPadded) => {
        const pad = (n: number) => (isPadded ? String(n).padStart(2, '0') : String(n))
        const [y, m, d] = [date.getUTCFullYear(), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())]
        const expected = `${date.toISOString().slice(0, 10)}T00:00:00.000`
        expect(iso([d, m, y].join(mark), 'dmy')).toBe(expected)
        expect(iso([m, d, y].join(mark), 'mdy')).toBe(expected)
        expect(iso([y, m, d].join(mark), 'dmy')).toBe(expected)
      }),
    )
  })

  it.each([
    ['2025-01-02', 'self'],
    ['3 Jan 2025', 'self'],
    ['13/01/2025', 'dmy'],
    ['01/13/2025', 'mdy'],
    ['03/04/2025', 'either'],
    ['03.04.2025', 'either'],
    ['05/05/2025', 'none'],
    ['13/13/2025', 'none'],
    ['abc', 'none'],
  ] as const)('%s says %s about the order of day and month', (text, evidence) => {
    expect(dateEvidence(text)).toBe(evidence)
  })
})

describe('wall clocks', () => {
  it('agree with the time zone database at every quarter of an hour around a change', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata']) {
      const instant = wallClock(zone)
      for (let wall = Date.UTC(2025, 2, 28); wall < Date.UTC(2025, 3, 8); wall += 900_000) {
        const expected = Temporal.Instant.fromEpochMilliseconds(wall)
          .toZonedDateTimeISO('UTC')
          .toPlainDateTime()
          .toZonedDateTime(zone).epochMilliseconds
        expect(instant(wall)).toBe(expected)
      }
    }
  })
})
