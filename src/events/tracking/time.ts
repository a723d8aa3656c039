import { type Limits } from './limits.ts'
import { type Trouble } from './reasons.ts'

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$/

/** Milliseconds since 1970 from an ISO 8601 text (UTC where it has no offset) or a number of seconds or milliseconds; null when it is none. */
export function instantOf(value: unknown): number | null {
  // Seconds until the year 5138, milliseconds from 1973 on: they cannot be mistaken for each other.
  if (typeof value === 'number')
    return Number.isFinite(value) && value > 0 ? Math.trunc(value < 1e11 ? value * 1000 : value) : null
  const parts = typeof value === 'string' ? ISO.exec(value.trim()) : null
  if (parts === null) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = parts
  const [Y, M, D, h, m, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const local = Date.UTC(Y, M - 1, D, h, m, s, Number(fraction.slice(0, 3).padEnd(3, '0')))
  const isReal = M >= 1 && M <= 12 && D >= 1 && D <= daysIn(Y, M) && h <= 24 && m <= 59 && s <= 60
  return isReal ? local - offsetMs(offset) : null
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

function offsetMs(offset: string): number {
  if (/z/i.test(offset)) return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', '') || 0)]
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

export type Told = { timestamp?: unknown; originalTimestamp?: unknown; sentAt?: unknown }

/**
 * When it happened, by our clock: receivedAt − (sentAt − timestamp), so that a sender's wrong clock does not matter.
 * A time that was not told is the time of arrival; one slightly ahead is taken for now.
 */
export function happenedAt(
  told: Told,
  receivedAt: number,
  { earliest, futureMsMax }: Pick<Limits, 'earliest' | 'futureMsMax'>,
): { at: number } | Trouble {
  const field = isTold(told.timestamp) ? 'timestamp' : isTold(told.originalTimestamp) ? 'originalTimestamp' : null
  if (field === null) return { at: receivedAt }
  const original = instantOf(told[field])
  if (original === null) return { reason: 'bad_time', field }
  const sentAt = isTold(told.sentAt) ? instantOf(told.sentAt) : null
  const at = sentAt === null ? original : receivedAt - (sentAt - original)
  if (at < earliest) return { reason: 'time_too_early', field }
  if (at > receivedAt + futureMsMax) return { reason: 'time_in_future', field }
  return { at: Math.min(at, receivedAt) }
}

const isTold = (value: unknown): boolean => value !== undefined && value !== null && value !== ''
