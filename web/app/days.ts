/** Calendar days as words such as 1998-01-31. They sort as text and belong to no time zone. */
export type Day = string

const instant = (day: Day) => new Date(`${day}T00:00:00Z`)
const named = (date: Date): Day => date.toISOString().slice(0, 10)

export function addDays(day: Day, days: number): Day {
  const date = instant(day)
  date.setUTCDate(date.getUTCDate() + days)
  return named(date)
}

/** The same day in another month; the last one where the month is shorter. */
export function addMonths(day: Day, months: number): Day {
  const date = instant(day)
  const wanted = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(wanted, last))
  return named(date)
}

/** Days from one to the other: 0 for the same day. */
export const daysBetween = (from: Day, to: Day) => Math.round((instant(to).getTime() - instant(from).getTime()) / 86_400_000)

export const isDay = (text: unknown): text is Day =>
  typeof text === 'string' &&
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  !Number.isNaN(instant(text).getTime()) &&
  named(instant(text)) === text

/** The day on the wall calendar of a time zone at an instant. */
export function dayAt(milliseconds: number, timeZone: string): Day {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    milliseconds,
  )
  const part = (type: string) => parts.find(one => one.type === type)?.value ?? '01'
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
}

export const earlier = (a: Day, b: Day) => (a < b ? a : b)
export const later = (a: Day, b: Day) => (a > b ? a : b)
