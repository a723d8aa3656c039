import { type Personal } from './contract.ts'

// An address in a query string has its @ written as %40. Every repetition is bounded, so that no text takes long.
const EMAIL = /[\p{L}\p{N}_.+-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/giu
const PHONE = /(?<![\w+.-])(?:\+|%2B|00(?=[1-9]))\d(?:[ ()./-]{0,2}\d){7,13}(?![\w-])/gi
const CARD = /(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-])/g
/** How the networks number their cards: Visa, Mastercard, American Express, Discover and UnionPay, Diners, JCB. */
const ISSUED = /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15,18}|3[068]\d{12}|35\d{14})$/
const PHONE_WORD = /phone|mobile|(?:^|[._])(?:tel|fax|msisdn)(?:$|[._])|whatsapp/i
const PHONE_TEXT = /^[+\d][\d ()./-]{6,24}$/

/** What in a text looks personal. Where the property's name says that it holds phone numbers, less is asked of one. */
export function personalIn(text: string, path = ''): Personal[] {
  const found: Personal[] = []
  if (mayHaveEmail(text) && text.search(EMAIL) >= 0) found.push('email')
  if (!hasDigits(text)) return found
  if (text.search(PHONE) >= 0 || (PHONE_WORD.test(path) && isPhoneText(text))) found.push('phone')
  if (cardsIn(text).length > 0) found.push('card')
  return found
}

/** The text with everything that looks personal blotted out, the rest as it is. */
export function redacted(text: string): string {
  let clean = mayHaveEmail(text) ? text.replace(EMAIL, '[email]') : text
  if (!hasDigits(clean)) return clean
  clean = clean.replace(CARD, match => (isCard(match) ? '[card]' : match))
  return clean.replace(PHONE, '[phone]')
}

const mayHaveEmail = (text: string): boolean => text.includes('@') || text.includes('%40')
const hasDigits = (text: string): boolean => /\d[^a-z]{4,40}\d/i.test(text)
const digitsOf = (text: string): string => text.replace(/\D/g, '')
function isPhoneText(text: string): boolean {
  const { length } = digitsOf(text)
  return PHONE_TEXT.test(text.trim()) && length >= 7 && length <= 15
}

const cardsIn = (text: string): string[] => (text.match(CARD) ?? []).filter(isCard)

function isCard(text: string): boolean {
  const digits = digitsOf(text)
  return ISSUED.test(digits) && !/^(\d)\1*$/.test(digits) && checks(digits)
}

/** The check digit of ISO/IEC 7812 (Luhn). */
function checks(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const twice = digit * 2
    sum += i % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice
  }
  return sum % 10 === 0
}

/** A text of the same form that says nothing: letters become x, digits 0. */
export const shapeOf = (text: string): string =>
  text
    .replace(/\p{Lu}/gu, 'X')
    .replace(/[[\p{L}\p{M}]--[X]]/gv, 'x')
    .replace(/\p{N}/gu, '0')

/** The network of an address: 203.0.113.0, 2001:db8:1::; null when it is no address. */
export function networkOf(address: string): string | null {
  const text = address.trim()
  const four = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(text)
  if (four !== null) {
    const parts = four.slice(1)
    return parts.every(part => Number(part) <= 255) ? `${parts.join('.')}.0` : null
  }
  if (!/^[\da-f:]{2,39}$/i.test(text) || !text.includes(':')) return null
  const [head = '', tail] = text.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after]
  if (groups.some(group => !/^[\da-f]{1,4}$/i.test(group))) return null
  // A network of 48 bits is a customer of a provider, not a household's device.
  return `${groups
    .slice(0, 3)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::`
}
