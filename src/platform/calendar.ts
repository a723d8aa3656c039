import { Temporal } from 'temporal-polyfill'

/** Days are written 2026-01-31 and cut in the time zone that is handed in. Instants are milliseconds since 1970. */
export type Day = string

const plain = (day: Day) => Temporal.PlainDate.from(day)

// Two years of days are asked for with every chart, and Temporal takes some 50 µs for each.
const starts = new Map<string, number>()

/** The first instant of a day. */
export function startOfDay(day: Day, timeZone: string): number {
  const key = `${timeZone} ${day}`
  const known = starts.get(key)
  if (known !== undefined) return known
  if (starts.size > 20_000) starts.clear()
  const start = plain(day).toZonedDateTime(timeZone).epochMilliseconds
  starts.set(key, start)
  return start
}

// Days without a time zone are all 24 hours long, so plain arithmetic will do.
const daysFrom = (day: Day, count: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)

/** The last millisecond of a day: 23, 24 or 25 hours after its first. */
export const endOfDay = (day: Day, timeZone: string): number => startOfDay(nextDay(day), timeZone) - 1

export const dayOf = (at: number, timeZone: string): Day =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()

export type Step = 'day' | 'week' | 'month'

/** The last day of the day, week (Sunday) or month that a day lies in. */
export function lastDayOf(day: Day, by: Step): Day {
  if (by === 'day') return day
  const date = plain(day)
  if (by === 'week') return daysFrom(day, 7 - date.dayOfWeek)
  return date.with({ day: date.daysInMonth }).toString()
}

/** The ends of every day, week or month from `first` to `last`; the last one is `last` itself even in the middle of its week or month. */
export function lastDays(first: Day, last: Day, by: Step): Day[] {
  const days: Day[] = []
  for (let day = lastDayOf(first, by); day < last; day = lastDayOf(nextDay(day), by)) days.push(day)
  return [...days, last]
}

export const nextDay = (day: Day): Day => daysFrom(day, 1)

export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  try {
    plain(text)
    return true
  } catch {
    return false
  }
}

/** A day as people read it, such as 31 January 2026. */
export function dayInWords(at: number, timeZone: string, locale = 'en-GB'): string {
  return new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long', year: 'numeric' }).format(at)
}
