import { monthOf } from './months.ts'

export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** A date as written: local time, or an exact one when an offset stands with it. */
export type WrittenTime = {
  /** The written date and time as if it were UTC, in milliseconds. */
  wall: number
  /** Minutes east of UTC when written with it; null: the time zone of the file. */
  offsetMinutes: number | null
}
export type DateTrouble = 'unreadable' | 'impossible' | 'other_format'

const DIGITS_ONLY = /^\d{8}$|^\d{12}$|^\d{14}$/
const EPOCH = /^\d{10}$|^\d{13}$/
const YEAR_FIRST = /^(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})(?!\d)/
const YEAR_LAST = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/
const DAY_NAME = /^(\d{1,2})\.?(?:st|nd|rd|th|er|º|°)?[-/. ]+(?:de |of )?(\p{L}{3,12})\.?,?[-/. ]+(?:de )?(\d{4}|\d{2})(?!\d)/iu
const NAME_DAY = /^(\p{L}{3,12})\.?[-/. ]+(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{4})(?!\d)/iu
const WEEKDAY = /^\p{L}{2,10}[.,]{1,2}\s+(?=\d|\p{L})/u
const TIME = /^[T ,]{0,3}(?:at |um )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(?:uhr)?\s*(.*)$/i
const OFFSET = /^(?:(Z|UTC|GMT)?\s*(?:([+-])(\d{1,2}):?(\d{2})?)?)$/i

/** Reads a written date. `order` decides what 03/04/2025 means; with `ymd` such a date is of another format than its file. */
export function readDate(text: string, order: DateOrder): WrittenTime | DateTrouble {
  const trimmed = text.trim()
  const quick = quickDate(trimmed)
  if (quick) return quick
  if (DIGITS_ONLY.test(trimmed)) return fromDigits(trimmed)
  if (EPOCH.test(trimmed)) return { wall: trimmed.length === 13 ? Number(trimmed) : Number(trimmed) * 1000, offsetMinutes: 0 }
  const clean =
    trimmed.length > 60 ? '' : trimmed.replace(WEEKDAY, match => (monthOf(match.replace(/[^\p{L}]/gu, '')) ? match : ''))
  let match = YEAR_FIRST.exec(clean)
  if (match) return withTime(Number(match[1]), Number(match[3]), Number(match[4]), clean.slice(match[0].length))
  match = YEAR_LAST.exec(clean)
  if (match) {
    if (order === 'ymd') return 'other_format'
    const [day, month] = order === 'dmy' ? [match[1], match[3]] : [match[3], match[1]]
    return withTime(fullYear(match[4] ?? ''), Number(month), Number(day), clean.slice(match[0].length))
  }
  match = DAY_NAME.exec(clean)
  if (match) return named(match[3], match[2], match[1], clean.slice(match[0].length))
  match = NAME_DAY.exec(clean)
  if (match) return named(match[3], match[1], match[2], clean.slice(match[0].length))
  return 'unreadable'
}

/** 2025-10-07, 2025-10-07 09:50 and 2025-10-07T09:50:26(Z), the bulk of all files, without regular expressions. */
function quickDate(text: string): WrittenTime | null {
  const { length } = text
  if (
    (length !== 10 && length !== 16 && length !== 19 && length !== 20) ||
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45
  )
    return null
  const year = two(text, 0) * 100 + two(text, 2)
  const month = two(text, 5)
  const day = two(text, 8)
  let ms = 0
  if (length > 10) {
    const separator = text.charCodeAt(10)
    if ((separator !== 32 && separator !== 84) || text.charCodeAt(13) !== 58) return null
    const hour = two(text, 11)
    const minute = two(text, 14)
    const second = length > 16 ? (text.charCodeAt(16) === 58 ? two(text, 17) : Number.NaN) : 0
    if (!(hour < 24 && minute < 60 && second < 60)) return null
    ms = ((hour * 60 + minute) * 60 + second) * 1000
  }
  if (length === 20 && text.charCodeAt(19) !== 90) return null
  const date = utcDay(year, month, day)
  return date === null ? null : { wall: date + ms, offsetMinutes: length === 20 ? 0 : null }
}

/** Two digits as a number; NaN when they are none. */
function two(text: string, at: number): number {
  const a = text.charCodeAt(at) - 48
  const b = text.charCodeAt(at + 1) - 48
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN
}

function fromDigits(text: string): WrittenTime | DateTrouble {
  const time =
    text.length > 8 ? `${text.slice(8, 10)}:${text.slice(10, 12)}${text.length === 14 ? `:${text.slice(12)}` : ''}` : ''
  return withTime(Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6, 8)), time)
}

function named(year = '', name = '', day = '', rest = ''): WrittenTime | DateTrouble {
  const month = monthOf(name)
  return month === undefined ? 'unreadable' : withTime(fullYear(year), month, Number(day), rest)
}

/** Two-digit years: 70 … 99 are the last century's. No order is older than 1970. */
const fullYear = (text: string): number => (text.length === 2 ? (Number(text) >= 70 ? 1900 : 2000) + Number(text) : Number(text))

function withTime(year: number, month: number, day: number, rest: string): WrittenTime | DateTrouble {
  const date = utcDay(year, month, day)
  if (date === null) return 'impossible'
  if (rest.trim() === '') return { wall: date, offsetMinutes: null }
  const match = TIME.exec(rest)
  if (!match) return 'unreadable'
  const [, hour = '', minute = '', second = '0', fraction = '', half, zone = ''] = match
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half[0]?.toLowerCase() === 'p' ? 12 : 0)
  const isHalfWrong = half !== undefined && (Number(hour) < 1 || Number(hour) > 12)
  if (isHalfWrong || hours > 23 || Number(minute) > 59 || Number(second) > 59) return 'impossible'
  const offset = OFFSET.exec(zone.trim())
  if (!offset) return 'unreadable'
  const [, utc, direction, offsetHours = '0', offsetRest = '0'] = offset
  const minutes = Number(offsetHours) * 60 + Number(offsetRest)
  if (minutes > 18 * 60) return 'impossible'
  const ms = ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { wall: date + ms, offsetMinutes: direction ? (direction === '-' ? -minutes : minutes) : utc ? 0 : null }
}

/** Midnight of a day as if in UTC; null when there is no such day. */
function utcDay(year: number, month: number, day: number): number | null {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 1)) return null
  const days =
    month === 2
      ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
        ? 29
        : 28
      : month === 4 || month === 6 || month === 9 || month === 11
        ? 30
        : 31
  if (day > days) return null
  return year < 100 ? null : Date.UTC(year, month - 1, day)
}

/** What one written date says about the order of its file: which one it must be, or that day-month and month-day are both possible. */
export function dateEvidence(text: string): DateOrder | 'either' | 'self' | 'none' {
  const trimmed = text.trim()
  const match = YEAR_LAST.exec(trimmed)
  if (!match) return typeof readDate(trimmed, 'ymd') === 'object' ? 'self' : 'none'
  const isDayFirst = typeof readDate(trimmed, 'dmy') === 'object'
  const isMonthFirst = typeof readDate(trimmed, 'mdy') === 'object'
  // 05/05/2025 reads the same both ways and says nothing.
  if (isDayFirst && isMonthFirst) return Number(match[1]) === Number(match[3]) ? 'none' : 'either'
  return isDayFirst ? 'dmy' : isMonthFirst ? 'mdy' : 'none'
}
