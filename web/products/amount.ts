import { exponentOf } from '../../src/company/contract.ts'

/** What somebody typed as minor units, exactly; null when it is no amount. A point or a comma divides: 12.5 and 12,50 are the same. */
export function unitsTyped(text: string, currency: string): number | null {
  const match = /^(\d{1,10})(?:[.,](\d+))?$/.exec(text.trim())
  const places = exponentOf(currency)
  const fraction = match?.[2] ?? ''
  if (match === null || fraction.length > places) return null
  return Number(`${match[1]}${fraction.padEnd(places, '0')}`)
}

/** Minor units as somebody would type them: 1250 EUR → 12.50. */
export function unitsInField({ amount, currency }: { amount: number; currency: string }): string {
  const places = exponentOf(currency)
  const digits = String(amount).padStart(places + 1, '0')
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}
