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

/** What one unit of a currency is worth in the company's currency, from the beginning of a day in the company's time zone until the next rate's. */
export const rate = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/),
  day: z.iso.date(),
  /** A decimal number as text, so that it is exact. */
  rate: z.string().regex(/^\d{1,12}(\.\d{1,12})?$/),
})
export type Rate = z.infer<typeof rate>
export const rates = z.object({
  /** The company's currency: what rates convert to. */
  base: z.string(),
  /** By currency, then by day. */
  items: z.array(rate.extend({ from: z.iso.datetime() })),
})
export type Rates = z.infer<typeof rates>
export const RATES_MAX = 20_000
export const rateChanges = z.object({ items: z.array(rate).min(1).max(RATES_MAX) })
export const rateNamed = rate.pick({ currency: true, day: true })
/** POST /api/company/rates/read: what pasted lines say, before anything is kept. */
export const pastedRates = z.object({ text: z.string().max(2_000_000) })
export const readRates = z.object({
  items: z.array(rate),
  rejects: z.array(z.object({ line: z.int(), text: z.string(), reason: z.string() })),
})
export type ReadRates = z.infer<typeof readRates>

type Dated = { from: number; rate: string }
const dated = new WeakMap<Rates, Map<string, Dated[]>>()

/** Rates by currency, each list in the order of time: made once for each table of rates, which has years of days. */
function datedOf(rates: Rates): Map<string, Dated[]> {
  const known = dated.get(rates)
  if (known !== undefined) return known
  const byCurrency = new Map<string, Dated[]>()
  for (const { currency, from, rate } of rates.items) {
    const list = byCurrency.get(currency) ?? []
    list.push({ from: Date.parse(from), rate })
    byCurrency.set(currency, list)
  }
  for (const list of byCurrency.values()) list.sort((a, b) => a.from - b.from)
  dated.set(rates, byCurrency)
  return byCurrency
}

/**
 * An amount in minor units of `currency` as minor units of the company's currency, at the rate in force at an instant (milliseconds since 1970);
 * null where no rate says what it is worth. Exact, rounded once, halves away from zero. Who shows money shows what is null apart, and adds it to nothing.
 */
export function convert(amount: number, currency: string, at: number, rates: Rates): number | null {
  const { base } = rates
  if (currency === base) return amount
  const inForce = datedOf(rates)
    .get(currency)
    ?.findLast(({ from }) => from <= at)
  if (inForce === undefined) return null
  const [whole = '0', fraction = ''] = inForce.rate.split('.')
  // amount × rate × 10^(decimals of the base − decimals of the currency), in whole numbers.
  const shift = exponentOf(base) - exponentOf(currency) - fraction.length
  const exact = BigInt(amount) * BigInt(whole + fraction) * 10n ** BigInt(Math.max(shift, 0))
  const by = 10n ** BigInt(Math.max(-shift, 0))
  const rounded = ((exact < 0n ? -exact : exact) * 2n + by) / (by * 2n)
  const units = Number(exact < 0n ? -rounded : rounded)
  return Number.isSafeInteger(units) ? units : null
}

/** Sums in several currencies, as one where rates allow it. `parts` is what there is, `total` what could be converted, `unconverted` what could not and is in no sum. */
export const worth = z.object({
  parts: z.array(z.object({ amount: z.int(), currency: z.string() })),
  total: z.object({ amount: z.int(), currency: z.string() }).nullable(),
  unconverted: z.array(z.object({ amount: z.int(), currency: z.string() })),
})
export type Worth = z.infer<typeof worth>

/** Amounts, each at the rate of its own time, as a worth. */
export function worthOf(amounts: Iterable<{ amount: number; currency: string; at: number }>, rates: Rates): Worth {
  const parts = new Map<string, number>()
  const unconverted = new Map<string, number>()
  let total: number | null = null
  for (const { amount, currency, at } of amounts) {
    parts.set(currency, (parts.get(currency) ?? 0) + amount)
    const converted = convert(amount, currency, at, rates)
    if (converted === null) unconverted.set(currency, (unconverted.get(currency) ?? 0) + amount)
    else total = (total ?? 0) + converted
  }
  const listed = (sums: Map<string, number>) =>
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amount]) => ({ amount, currency }))
  return {
    parts: listed(parts).filter(({ amount }) => amount !== 0),
    total: total === null ? null : { amount: total, currency: rates.base },
    unconverted: listed(unconverted).filter(({ amount }) => amount !== 0),
  }
}
