import { startOfDay } from '../platform/calendar.ts'

export type By = 'day' | 'week' | 'month'

const DAY_MS = 86_400_000

/** Numbers the days, weeks (from Monday) or months of a time zone, quickly enough to be asked with every event. */
export type Cells = { of: (at: number) => number; startOf: (cell: number) => number }

const isoDay = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10)

const made = new Map<string, Cells>()

export function cells(timeZone: string, by: By): Cells {
  const key = `${timeZone} ${by}`
  const known = made.get(key) ?? make(timeZone, by)
  made.set(key, known)
  return known
}

function make(timeZone: string, by: By): Cells {
  const starts = new Map<number, number>()
  const startOfNumber = (day: number): number => {
    const known = starts.get(day) ?? startOfDay(isoDay(day), timeZone)
    starts.set(day, known)
    return known
  }
  const dayOf = (at: number): number => {
    const day = Math.floor(at / DAY_MS)
    if (at < startOfNumber(day)) return day - 1
    return at >= startOfNumber(day + 1) ? day + 1 : day
  }
  if (by === 'day') return { of: dayOf, startOf: startOfNumber }
  // 1 January 1970 was a Thursday.
  if (by === 'week') return { of: at => Math.floor((dayOf(at) + 3) / 7), startOf: week => startOfNumber(week * 7 - 3) }
  const months = new Map<number, number>()
  const monthOf = (day: number): number => {
    const date = new Date(day * DAY_MS)
    const month = months.get(day) ?? (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
    months.set(day, month)
    return month
  }
  return { of: at => monthOf(dayOf(at)), startOf: month => startOfNumber(Date.UTC(1970, month, 1) / DAY_MS) }
}
