import { moneyInWords } from '../../src/company/contract.ts'
import { type Money } from '../../src/customers/contract.ts'

/** Words are English for now, so numbers and dates are too; the person's own English where the browser has one. */
const locale = navigator.language.startsWith('en') ? navigator.language : 'en-GB'

const whole = new Intl.NumberFormat(locale)
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' })
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
const signedPercents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })

export const number = (value: number) => whole.format(value)
export const brief = (value: number) => (Math.abs(value) < 10_000 ? whole.format(value) : short.format(value))
export const change = (value: number) => signed.format(value).replace('-', '−')
export const compact = (value: number) => (Math.abs(value) < 1000 ? whole.format(value) : short.format(value))
export const percent = (share: number) => percents.format(share)
export const changeInPercent = (share: number) => signedPercents.format(share).replace('-', '−')

/** Minor units as people write them: 1234 EUR → €12.34, 500 JPY → ¥500. */
export const money = (value: Money) => moneyInWords(value, locale)

/** A rule as a sentence of its own: the server's rules are parts of one. */
export const sentence = (words: string) => words.charAt(0).toLocaleUpperCase(locale) + words.slice(1)

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3))
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: step ? 1 : 0 }).format(value / 1000 ** step)} ${units[step]}`
}

/** A calendar day such as 1998-01-31, which belongs to no time zone. */
export const day = (iso: string, style: 'long' | 'short' = 'short') =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: style, year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${iso}T00:00:00Z`),
  )

/** 2025-01 → Jan 2025. */
export const month = (iso: string) =>
  new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${iso}-01T00:00:00Z`))

/** An instant, as a day or with the time, on the company's clock. */
export const instant = (iso: string, timeZone: string, style: 'day' | 'minute' = 'day') =>
  new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(style === 'minute' ? { hour: '2-digit', minute: '2-digit' } : {}),
    timeZone,
  }).format(new Date(iso))

/** An instant with its time, unless it is midnight: dates without a time come as the beginning of their day. */
export function moment(iso: string, timeZone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }).format(
    new Date(iso),
  )
  return instant(iso, timeZone, time === '00:00:00' ? 'day' : 'minute')
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** “3 weeks ago”, “in 2 days”. */
export function ago(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1]
  return relative.format(Math.round(seconds / size), unit)
}

/** How long something lasts: “4 months”, “12 days”. */
export function lasting(from: string, to: string): string {
  const days = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000))
  const [value, unit] =
    days < 60 ? [days, 'day'] : days < 730 ? [Math.round(days / 30.44), 'month'] : [Math.round((days / 365.25) * 10) / 10, 'year']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

/** “1 min 20 s left” without pretending to know more than that. */
export function duration(seconds: number): string {
  const part = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  if (seconds < 60) return part(Math.max(1, Math.round(seconds)), 'second')
  if (seconds < 3600) return part(Math.round(seconds / 60), 'minute')
  return `${part(Math.floor(seconds / 3600), 'hour')} ${part(Math.round((seconds % 3600) / 60), 'minute')}`
}
