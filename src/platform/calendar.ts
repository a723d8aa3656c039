import { Temporal } from 'temporal-polyfill'

/** Days are written 2026-01-31 and cut in the time zone that is handed in. Instants are milliseconds since 1970. */
export type Day = string

const plain = (day: Day) => Temporal.PlainDate.from(day)

/** The first instant of a day. */
export const startOfDay = (day: Day, timeZone: string): number => plain(day).toZonedDateTime(timeZone).epochMilliseconds

/** The last millisecond of a day: 23, 24 or 25 hours after its first. */
export const endOfDay = (day: Day, timeZone: string): number => startOfDay(plain(day).add({ days: 1 }).toString(), timeZone) - 1

export const dayOf = (at: number, timeZone: string): Day =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()

export type Step = 'day' | 'week' | 'month'

/** The last day of the day, week (Sunday) or month that a day lies in. */
export function lastDayOf(day: Day, by: Step): Day {
  const date = plain(day)
  if (by === 'day') return day
  if (by === 'week') return date.add({ days: 7 - date.dayOfWeek }).toString()
  return date.with({ day: date.daysInMonth }).toString()
}

/** The ends of every day, week or month from `first` to `last`; the last one is `last` itself even in the middle of its week or month. */
export function lastDays(first: Day, last: Day, by: Step): Day[] {
  const days: Day[] = []
  for (let day = lastDayOf(first, by); day < last; day = lastDayOf(nextDay(day), by)) days.push(day)
  return [...days, last]
}

export const nextDay = (day: Day): Day => plain(day).add({ days: 1 }).toString()
export const previousDay = (day: Day): Day => plain(day).subtract({ days: 1 }).toString()

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
