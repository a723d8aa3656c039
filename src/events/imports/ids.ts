import { phoneOf } from '../phone.ts'

export const ID_CHARS_MAX = 256

// What stands in an id's place when there was none. Taken at their word they would make one customer of thousands.
const PLACEHOLDERS = new Set([
  'null',
  'nil',
  'none',
  'undefined',
  'nan',
  'n/a',
  '#n/a',
  'na',
  'n.a.',
  '-',
  '--',
  '—',
  '.',
  '?',
  'unknown',
  'anonymous',
  'guest',
  'gast',
  'invite',
  'invitado',
  'ospite',
  '(not set)',
  '(none)',
  '(blank)',
  '[object object]',
  'distinct_id',
  'true',
  'false',
  'test@example.com',
  'noreply@example.com',
  '#ref!',
  '#value!',
  '#name?',
])

export const isPlaceholder = (text: string): boolean => {
  // Most ids begin with a digit, and no placeholder does.
  const first = text.charCodeAt(0)
  return (
    !(first >= 48 && first <= 57) &&
    (PLACEHOLDERS.has(text.toLowerCase()) || /^\{\{.*\}\}$|^\{%.*%\}$|^\$\{.*\}$|^<.*>$/.test(text))
  )
}

const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/
export const isEmail = (text: string): boolean => EMAIL.test(text)

/** A phone number as everybody writes it, or null. `country` is what the row says of it, `usual` where numbers without a country's code are at home. */
export const phoneIn = (text: string, country: string, usual: string | null | undefined): string | null =>
  text === '' ? null : phoneOf(text, /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : usual)

export const unquoted = (text: string): string => (text.startsWith("'") && /^'[\d=+@#-]/.test(text) ? text.slice(1) : text)
