import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

const CHARS_MAX = 60

/**
 * A phone number as everybody writes it (E.164: `+4930123456`); null when it is none, or when it lacks a country's code and `country`
 * (ISO 3166), where such numbers are at home, is not known either. Two people with one extension each are not one: an extension is none.
 */
export function phoneOf(text: string, country: string | null | undefined): string | null {
  const written = text.trim().replace(/^00(?=\d)/, '+')
  if (written.length > CHARS_MAX) return null
  const phone = parsePhoneNumberFromString(written, {
    ...(country && { defaultCountry: country as CountryCode }),
    extract: false,
  })
  return phone?.isValid() && !phone.ext ? phone.number : null
}
