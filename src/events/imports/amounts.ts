import { currencyOfSign } from './currency.ts'

/** An exact decimal number: `digits` × 10^−`scale`. `digits` is a safe integer. */
export type Decimal = { digits: number; scale: number }
export type DecimalMark = '.' | ','

// Longer is no amount but a text with a number in it.
const AMOUNT_CHARS_MAX = 60

// From the first digit (or a mark right before it: .50, but not Fr.50) to the last; between them digits, marks and spaces.
const NUMBER = /(?:(?<!\p{L})[.,])?\d(?:[\d.,'’\s]*\d)?/u
// Thousands are also set apart by spaces of several widths and, in Switzerland, apostrophes.
const SPACES = /[\s'’]/g
const MINUS = /[-−–]/

/** `text` as an exact number with the sign beside it, e.g. `-1.234,50 €`; null when it is not one amount. */
export function readAmount(text: string, mark: DecimalMark): { value: Decimal; sign: string } | null {
  const plain = plainNumber(text, mark)
  if (plain) return { value: plain, sign: '' }
  const match = text.length > AMOUNT_CHARS_MAX ? null : NUMBER.exec(text)
  const value = match && readNumber(match[0], mark)
  if (!match || !value) return null
  const before = text.slice(0, match.index)
  const after = text.slice(match.index + match[0].length)
  const inBrackets = before.includes('(') && after.includes(')')
  const sign = [before, after].map(part => part.replace(inBrackets ? /[-−–+()]/g : /[-−–+]/g, '').trim()).filter(Boolean)
  if (sign.length > 1 || /[\d\s]/.test(sign[0] ?? '')) return null
  const isNegative = inBrackets || MINUS.test(before) || MINUS.test(after)
  return { value: isNegative && value.digits !== 0 ? { digits: -value.digits, scale: value.scale } : value, sign: sign[0] ?? '' }
}

/** The common case without a regular expression: digits, at most one decimal mark, perhaps a minus in front. */
function plainNumber(text: string, mark: DecimalMark): Decimal | null {
  const end = text.length
  const start = text.charCodeAt(0) === 45 ? 1 : 0
  if (end - start > 15 || end === start) return null
  const markCode = mark === '.' ? 46 : 44
  let digits = 0
  let markAt = -1
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) digits = digits * 10 + code - 48
    else if (code === markCode && markAt < 0 && i > start && i < end - 1) markAt = i
    else return null
  }
  return { digits: start === 1 && digits !== 0 ? -digits : digits, scale: markAt < 0 ? 0 : end - markAt - 1 }
}

function readNumber(number: string, mark: DecimalMark): Decimal | null {
  const tight = number.trim().replace(SPACES, '')
  const group = mark === '.' ? ',' : '.'
  const [whole = '', fraction = '', ...rest] = tight.split(mark)
  if (rest.length > 0 || fraction.includes(group)) return null
  // Thousands are written in threes; anything else is the other mark in the wrong place. (India: 1,23,456 ends in a three.)
  if (whole.includes(group) && !/^\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return null
  const joined = whole.replaceAll(group, '') + fraction.replace(/0+$/, '')
  if (joined === '' || !/^\d+$/.test(joined)) return null
  const digits = Number(joined)
  return Number.isSafeInteger(digits) ? { digits, scale: fraction.replace(/0+$/, '').length } : null
}

/**
 * The number in units of 10^−`exponent`, halves away from zero, or null when it is too large to be exact.
 * Exact: no floating point on the way.
 */
export function toUnits({ digits, scale }: Decimal, exponent: number): number | null {
  if (scale <= exponent) {
    const units = digits * 10 ** (exponent - scale)
    return Number.isSafeInteger(units) ? units : null
  }
  return dividedHalfUp(BigInt(digits), 10n ** BigInt(scale - exponent))
}

/** The exact product of two decimals in units of 10^−`exponent`, halves away from zero; null when too large. */
export function productUnits(a: Decimal, b: Decimal, exponent: number): number | null {
  // Adding nothing makes of −1 × 0, which is −0, a plain 0.
  const digits = a.digits * b.digits + 0
  if (Number.isSafeInteger(digits)) return toUnits({ digits, scale: a.scale + b.scale }, exponent)
  const shift = a.scale + b.scale - exponent
  const exact = BigInt(a.digits) * BigInt(b.digits)
  return shift > 0 ? dividedHalfUp(exact, 10n ** BigInt(shift)) : safe(exact * 10n ** BigInt(-shift))
}

function dividedHalfUp(value: bigint, by: bigint): number | null {
  const magnitude = value < 0n ? -value : value
  const rounded = (magnitude * 2n + by) / (by * 2n)
  return safe(value < 0n ? -rounded : rounded)
}
const safe = (value: bigint): number | null => (value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : null)

/** Divides whole units by 10^`places`, halves away from zero. */
export function rounded(units: number, places: number): number {
  return dividedHalfUp(BigInt(units), 10n ** BigInt(places)) ?? 0
}

/** What one written amount says about the decimal mark of its file: which one it must be, or that it may be either. */
export function decimalEvidence(text: string): DecimalMark | 'either' | 'none' {
  const number = text.length > AMOUNT_CHARS_MAX ? undefined : NUMBER.exec(text)?.[0]
  if (number === undefined) return 'none'
  const marks = number.replace(/[^.,]/g, '')
  if (marks === '') return 'none'
  const last = marks.at(-1) as DecimalMark
  const other: DecimalMark = last === '.' ? ',' : '.'
  if (marks.includes(other)) return marks.indexOf(last) === marks.length - 1 ? last : 'none'
  if (marks.length > 1) return other
  const at = number.indexOf(last)
  // 1.234 may be a thousand or one and a bit; 12.5, 1234.567, 0.125 and 1 234,567 may not.
  return number.length - at - 1 === 3 && /^[1-9]\d{0,2}$/.test(number.slice(0, at)) ? 'either' : last
}

/** The currency of a sign beside an amount, the usual one when there is none, null when it is no currency at all. */
export const currencyBeside = (sign: string, usual: string): string | null =>
  sign === '' ? usual : (currencyOfSign(sign, usual) ?? null)
