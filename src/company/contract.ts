import { z } from 'zod'

/** The one company of this installation. `timeZone` is an IANA name and cuts the days; `currency` is ISO 4217, for files that name none. */
export const company = z.object({
  name: z.string().trim().min(1).max(200),
  timeZone: z.string().max(60),
  currency: z.string().length(3),
})
export type Company = z.infer<typeof company>

// ISO 4217: how many decimals an amount has. A table of ours and not Intl's, because stored minor units must not change their
// meaning with the ICU data of a newer Node or another browser (ICU follows daily use: no decimals for IQD or HUF).
const EXPONENTS: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(code => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map(code => [code, 3]),
  ...'CLF UYW'.split(' ').map(code => [code, 4]),
])

/** Decimals of a currency's amounts: 2 for EUR, 0 for JPY, 3 for KWD. */
export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2

/** Minor units as people write them: 1234 EUR → €12.34, 500 JPY → ¥500. */
export function moneyInWords({ amount, currency }: { amount: number; currency: string }, locale: string): string {
  const decimals = exponentOf(currency)
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const major = amount / 10 ** decimals
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(major)
  } catch {
    // Not a code that Intl knows the form of.
    return `${new Intl.NumberFormat(locale, digits).format(major)} ${currency}`
  }
}
