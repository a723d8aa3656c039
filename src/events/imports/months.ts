// The first letters of the months in English, German, French, Spanish, Italian and Dutch, without accents, as many as tell them apart.
const MONTHS: readonly string[] = [
  'jan|janv|january|januar|janvier|ene|enero|gen|gennaio|januari|janner',
  'feb|febr|february|februar|fev|fevr|fevrier|febrero|febbraio|februari',
  'mar|march|marz|mrz|maerz|mars|marzo|mrt|maart',
  'apr|april|avr|avril|abr|abril|aprile',
  'may|mai|mayo|mag|maggio|mei',
  'jun|june|juni|juin|junio|giu|giugno',
  'jul|july|juli|juil|juillet|julio|lug|luglio',
  'aug|august|aout|ago|agosto|augustus',
  'sep|sept|september|septembre|septiembre|set|settembre',
  'oct|october|okt|oktober|octobre|octubre|ott|ottobre',
  'nov|november|novembre|noviembre',
  'dec|december|dez|dezember|decembre|dic|diciembre|dicembre',
]
const BY_NAME = new Map(MONTHS.flatMap((names, i) => names.split('|').map(name => [name, i + 1] as const)))

/** 1 … 12 for a month's name or its short form in one of six languages. */
export const monthOf = (name: string): number | undefined =>
  BY_NAME.get(name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase())
