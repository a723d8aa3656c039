import { z } from 'zod'

/** Countries that phone numbers can be at home in (ISO 3166). */
export const COUNTRIES: readonly string[] = [
  ...'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC'.split(
    ' ',
  ),
  ...'CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB'.split(
    ' ',
  ),
  ...'GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH'.split(
    ' ',
  ),
  ...'KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV'.split(
    ' ',
  ),
  ...'MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB'.split(
    ' ',
  ),
  ...'SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US'.split(
    ' ',
  ),
  ...'UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'.split(' '),
]

/**
 * The one company of this installation. `timeZone` is an IANA name and cuts the days; `currency` is ISO 4217, for files that name none;
 * `country` is where phone numbers are at home that begin with no country's code: without it they are kept as they are and find nobody.
 */
export const company = z.object({
  name: z.string().trim().min(1).max(200),
  timeZone: z.string().max(60),
  currency: z.string().length(3),
  country: z.string().length(2).nullish(),
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
