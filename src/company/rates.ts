import { type Rate, type ReadRates, rate as shape } from './contract.ts'

const MARK = /[\t;|]/
const DAYS: readonly [RegExp, (parts: string[]) => string][] = [
  [/^(\d{4})-(\d\d)-(\d\d)$/, ([year, month, day]) => `${year}-${month}-${day}`],
  // Day first, with points, as in most of Europe: with slashes it could be either.
  [
    /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/,
    ([day = '', month = '', year]) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  ],
]

/** Why a line says no rate: a key `rates.<code>` of messages/en/company.json. */
export type RateTrouble = 'cells' | 'currency' | 'own_currency' | 'day' | 'rate' | 'twice'

/**
 * Reads lines such as `USD,2026-01-01,0.92`, in any order of the three, divided by commas, semicolons, tabs or spaces. A first line that names columns is passed over.
 * `isCurrency` knows the codes; `base` is the company's own.
 */
export function ratesIn(
  text: string,
  base: string,
  isCurrency: (code: string) => boolean,
): Omit<ReadRates, 'rejects'> & { rejects: { line: number; text: string; code: RateTrouble }[] } {
  const items = new Map<string, Rate>()
  const rejects: { line: number; text: string; code: RateTrouble }[] = []
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() === '') continue
    const read = rateIn(line, base, isCurrency)
    if (typeof read === 'string') {
      if (items.size > 0 || rejects.length > 0 || /\d/.test(line))
        rejects.push({ line: i + 1, text: line.slice(0, 200), code: read })
      continue
    }
    const key = `${read.currency} ${read.day}`
    const before = items.get(key)
    if (before !== undefined && before.rate !== read.rate) rejects.push({ line: i + 1, text: line.slice(0, 200), code: 'twice' })
    else items.set(key, read)
  }
  return { items: [...items.values()], rejects }
}

function rateIn(line: string, base: string, isCurrency: (code: string) => boolean): Rate | RateTrouble {
  const cells = cellsOf(line)
  if (cells.length !== 3) return 'cells'
  const code = cells.find(cell => /^[a-z]{3}$/i.test(cell))?.toUpperCase()
  if (code === undefined || !isCurrency(code)) return 'currency'
  if (code === base) return 'own_currency'
  const day = cells.flatMap(cell => dayIn(cell) ?? [])[0]
  if (day === undefined) return 'day'
  const rate = cells.flatMap(cell => (dayIn(cell) === null ? (decimalIn(cell) ?? []) : []))[0]
  return rate === undefined ? 'rate' : { currency: code, day, rate }
}

/** Commas divide cells unless something else does: then they are decimal marks. */
const cellsOf = (line: string): string[] =>
  line
    .split(MARK.test(line) ? MARK : line.includes(',') ? ',' : /\s+/)
    .map(cell =>
      cell
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    )
    .filter(cell => cell !== '')

function dayIn(cell: string): string | null {
  for (const [form, written] of DAYS) {
    const match = form.exec(cell)
    const day = match && written(match.slice(1))
    // Also that there is such a day: the 30th of February is none.
    if (day && shape.shape.day.safeParse(day).success) return day
  }
  return null
}

/** A decimal above nothing, without zeros that say nothing; null when it is none. */
export function decimalIn(cell: string): string | null {
  const text = cell.replace(',', '.')
  if (!/^\d+(\.\d+)?$/.test(text)) return null
  const [whole = '', fraction = ''] = text.split('.')
  const [short, rest] = [whole.replace(/^0+(?=\d)/, ''), fraction.replace(/0+$/, '')]
  const decimal = rest === '' ? short : `${short}.${rest}`
  return shape.shape.rate.safeParse(decimal).success && !/^[0.]+$/.test(decimal) ? decimal : null
}
