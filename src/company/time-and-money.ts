/** The name by which time zones are kept, or null when there is none such. Offsets like +01:00 are refused: they know no summer. */
export function timeZoneNamed(name: string): string | null {
  if (!/^[A-Za-z]/.test(name)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** The ISO 4217 code in capitals, or null when there is none such. */
export function currencyNamed(code: string): string | null {
  const capital = code.toUpperCase()
  return CURRENCIES.has(capital) ? capital : null
}
