const CODES = new Set(Intl.supportedValuesOf('currency'))
export const isCurrency = (code: string): boolean => CODES.has(code)

// Signs that mean one currency wherever they are written.
const SIGNS: readonly (readonly [string, string])[] = [
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['₹', 'INR'],
  ['₺', 'TRY'],
  ['₽', 'RUB'],
  ['₩', 'KRW'],
  ['₫', 'VND'],
  ['₪', 'ILS'],
  ['₴', 'UAH'],
  ['₦', 'NGN'],
  ['₱', 'PHP'],
  ['฿', 'THB'],
  ['zł', 'PLN'],
  ['Kč', 'CZK'],
  ['R$', 'BRL'],
  ['A$', 'AUD'],
  ['C$', 'CAD'],
  ['US$', 'USD'],
  ['NZ$', 'NZD'],
  ['HK$', 'HKD'],
  ['S$', 'SGD'],
  ['Fr.', 'CHF'],
  ['SFr.', 'CHF'],
]
const DOLLARS = new Set('USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BRL BBD BSD BZD FJD JMD LRD NAD TTD XCD'.split(' '))
const YENS = new Set(['JPY', 'CNY'])
const CROWNS = new Set(['SEK', 'NOK', 'DKK', 'ISK'])
// Signs that several currencies share: read as the file's own currency when it is one of them, otherwise as the first.
const SHARED: Readonly<Record<string, { among: ReadonlySet<string>; otherwise: string | null }>> = {
  $: { among: DOLLARS, otherwise: 'USD' },
  '¥': { among: YENS, otherwise: 'JPY' },
  '￥': { among: YENS, otherwise: 'JPY' },
  kr: { among: CROWNS, otherwise: null },
  'kr.': { among: CROWNS, otherwise: null },
}
const SIGN = new Map(SIGNS)

/** The currency that a sign or code beside an amount stands for; undefined when it is neither. `usual` is the file's own currency. */
export function currencyOfSign(sign: string, usual: string): string | undefined {
  const shared = SHARED[sign] ?? SHARED[sign.toLowerCase()]
  if (shared) return shared.among.has(usual) ? usual : (shared.otherwise ?? undefined)
  const upper = sign.toUpperCase()
  return SIGN.get(sign) ?? (isCurrency(upper) ? upper : undefined)
}
