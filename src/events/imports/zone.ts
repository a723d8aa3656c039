import { Temporal } from 'temporal-polyfill'

// No zone has ever changed its clocks there and back within a week.
const WEEK_MS = 7 * 86_400_000
const QUARTER_MS = 900_000

/**
 * Turns times as a clock on the wall showed them into instants. A time that the clock skipped is read as if it had not been
 * put forward yet, one that it showed twice as the first of the two. Offsets are looked up once a week, or once a quarter of an
 * hour in weeks when the clock was changed: a lookup takes some 50 µs and a file has millions of times.
 */
export function wallClock(timeZone: string): (wall: number) => number {
  const weeks = new Map<number, number | null>()
  const quarters = new Map<number, number>()

  const offsetAt = (wall: number): number => {
    const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
    return wall - local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  }
  const weekOffset = (week: number): number | null => {
    const known = weeks.get(week)
    if (known !== undefined) return known
    const first = offsetAt(week * WEEK_MS)
    const offset = first === offsetAt((week + 1) * WEEK_MS) ? first : null
    weeks.set(week, offset)
    return offset
  }
  const quarterOffset = (quarter: number): number => {
    const known = quarters.get(quarter)
    if (known !== undefined) return known
    const offset = offsetAt(quarter * QUARTER_MS)
    quarters.set(quarter, offset)
    return offset
  }
  if (timeZone === 'UTC') return wall => wall
  return wall => wall - (weekOffset(Math.floor(wall / WEEK_MS)) ?? quarterOffset(Math.floor(wall / QUARTER_MS)))
}
