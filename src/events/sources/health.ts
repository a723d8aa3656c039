import { type SourceState } from './contract.ts'

export const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
export const KNOWN_DAYS = 30

/** How many events a source brought in each hour that had any: hours since 1970, ascending, of the last thirty days. */
export type Hours = { hour: readonly number[]; n: readonly number[] }
export type Heard = {
  isFile: boolean
  isEnded: boolean
  firstAt: number | null
  lastAt: number | null
  /** Of the last thirty days. */
  hours: Hours
  /** Minutes since 1970 of the last hour, with their counts. */
  minutes: Hours
  /** Of the last 24 hours. */
  quarantined: number
}

export type Rate = { now: number; usual: number | null }
export type Health = {
  state: SourceState
  usualSilenceMs: number | null
  silentMs: number | null
  perMinute: Rate
  perHour: Rate
  perDay: Rate
  events: number
}

// What is set aside counts as much from one in twenty on, and from a handful: two of three test events are no trouble.
const ASIDE_SHARE = 0.05
const ASIDE_MIN = 5
// Before a day and a half and twelve hours with events in them, nothing can be called usual.
const KNOWN_AFTER_MS = 1.5 * DAY_MS
const KNOWN_HOURS_MIN = 12
/** A source of which too little is known is taken for silent after a week. */
const UNKNOWN_SILENCE_MS = 7 * DAY_MS
const SILENCE_MS_MIN = HOUR_MS

/** How a source is: what comes now against what usually comes, and whether it has been silent for longer than it ever was. */
export function healthOf(heard: Heard, now: number): Health {
  const { hours, minutes, firstAt, lastAt, quarantined, isFile, isEnded } = heard
  const thisHour = Math.floor(now / HOUR_MS)
  const events = sumOf(hours, thisHour - 23, thisHour)
  const usualSilenceMs = usualSilence(hours, firstAt, now)
  const silentMs = lastAt === null ? null : Math.max(0, now - lastAt)
  const thisMinute = Math.floor(now / 60_000)
  const usualDay = usualPerDay(hours, firstAt, now)
  const usualHour = usualDay === null ? null : usualAround(hours, firstAt, now)
  return {
    state: stateOf(),
    usualSilenceMs,
    silentMs,
    // The present minute has only begun; the five before it are whole.
    perMinute: { now: round(sumOf(minutes, thisMinute - 5, thisMinute - 1) / 5), usual: usualHour && round(usualHour / 60) },
    perHour: { now: sumOf(minutes, thisMinute - 59, thisMinute), usual: usualHour },
    perDay: { now: events, usual: usualDay },
    events,
  }

  function stateOf(): SourceState {
    if (isEnded) return 'ended'
    if (lastAt === null && quarantined === 0) return 'never'
    if (isFile) return 'file'
    if (quarantined >= ASIDE_MIN && quarantined / (quarantined + events) > ASIDE_SHARE) return 'aside'
    const patienceMs = usualSilenceMs === null ? UNKNOWN_SILENCE_MS : Math.max(SILENCE_MS_MIN, 1.5 * usualSilenceMs)
    return silentMs !== null && silentMs > patienceMs ? 'silent' : 'healthy'
  }
}

const round = (rate: number): number => (rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10)

export function sumOf({ hour, n }: Hours, from: number, to: number): number {
  let sum = 0
  for (let i = 0; i < hour.length; i++) if ((hour[i] ?? 0) >= from && (hour[i] ?? 0) <= to) sum += n[i] ?? 0
  return sum
}

/** The last `count` hours one by one, also those with nothing, the present one last. */
export function eachOf({ hour, n }: Hours, last: number, count: number): number[] {
  const counts = Array<number>(count).fill(0)
  hour.forEach((at, i) => {
    const place = at - last + count - 1
    if (place >= 0 && place < count) counts[place] = n[i] ?? 0
  })
  return counts
}

/**
 * The longest that a source is usually silent: the second longest of its silences, because one of them may have been the trouble of last week.
 * Nights and weekends come more than once in thirty days, and so are usual. Null while too little is known.
 */
export function usualSilence({ hour }: Hours, firstAt: number | null, now: number): number | null {
  if (firstAt === null || now - firstAt < KNOWN_AFTER_MS || hour.length < KNOWN_HOURS_MIN) return null
  const [longest = 1, second = longest] = hour
    .slice(1)
    .map((at, i) => at - (hour[i] ?? at))
    .sort((a, b) => b - a)
  return Math.min(longest, second) * HOUR_MS
}

/** Days that are over and that the source was there for, no more than four weeks of them. */
function daysKnown(firstAt: number | null, now: number): number {
  return firstAt === null ? 0 : Math.min(28, Math.floor((now - firstAt) / DAY_MS) - 1)
}

/** The mean day before the last 24 hours. */
function usualPerDay(hours: Hours, firstAt: number | null, now: number): number | null {
  const days = daysKnown(firstAt, now)
  if (days < 1) return null
  const end = Math.floor(now / HOUR_MS) - 24
  return Math.round(sumOf(hours, end - days * 24 + 1, end) / days)
}

/** What usually comes in sixty minutes at this time of day: the two hours that the last sixty minutes lie in, by their shares. */
function usualAround(hours: Hours, firstAt: number | null, now: number): number | null {
  const days = daysKnown(firstAt, now)
  if (days < 1) return null
  const thisHour = Math.floor(now / HOUR_MS)
  const share = (now % HOUR_MS) / HOUR_MS
  let sum = 0
  for (let day = 1; day <= days; day++) {
    const hour = thisHour - 24 * day
    sum += share * sumOf(hours, hour, hour) + (1 - share) * sumOf(hours, hour - 1, hour - 1)
  }
  return Math.round(sum / days)
}
