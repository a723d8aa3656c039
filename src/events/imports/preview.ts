import { exponentOf } from '../../company/contract.ts'
import { t } from '../../platform/messages.ts'
import { readAmount, toUnits } from './amounts.ts'
import { FIELDS, type Field, type ImportView, type Mapping } from './contract.ts'
import { readDate } from './dates.ts'
import { dateOrderOf, decimalOf } from './evidence.ts'
import { isGood, type Reject, RowReader, type Settled } from './row.ts'

type Question = ImportView['questions'][number]
type PreviewRow = ImportView['preview'][number]

const PREVIEW_ROWS = 20
const SHOWN_CHARS_MAX = 200
const SAMPLES = 4

/** What only a person can answer before the file is read. Empty: everything is decided. */
export function questionsOf(mapping: Mapping, rows: readonly string[][]): Question[] {
  const questions: Question[] = []
  const missing = missingFields(mapping)
  if (missing.length > 0) questions.push({ about: 'columns', sample: null, options: [], missing })
  if (mapping.dateOrder === null && mapping.columns.ordered_at !== undefined) {
    const { sample } = dateOrderOf(rows, mapping.columns)
    questions.push({ about: 'dateOrder', sample, options: dateReadings(sample), missing: [] })
  }
  if (mapping.decimal === null && (mapping.columns.amount !== undefined || mapping.columns.line_price !== undefined)) {
    const { sample } = decimalOf(rows, mapping.columns)
    questions.push({ about: 'decimal', sample, options: decimalReadings(sample, mapping.currency), missing: [] })
  }
  return questions
}

/** The least a file must say: who, when, how much. */
function missingFields({ columns }: Mapping): Field[] {
  const has = (...fields: Field[]) => fields.some(field => columns[field] !== undefined)
  return [
    ...(has('customer_id', 'email') ? [] : ['customer_id' as const]),
    ...(has('ordered_at') ? [] : ['ordered_at' as const]),
    ...(has('amount', 'line_price') ? [] : ['amount' as const]),
  ]
}

function dateReadings(sample: string | null): Question['options'] {
  const inWords = (order: 'dmy' | 'mdy') => {
    const read = readDate(sample ?? '', order)
    return typeof read === 'string'
      ? t(`imports:reading.${order}`)
      : new Date(read.wall).toLocaleDateString('en', { dateStyle: 'long', timeZone: 'UTC' })
  }
  return (['dmy', 'mdy'] as const).map(value => ({ value, reading: inWords(value) }))
}

function decimalReadings(sample: string | null, currency: string): Question['options'] {
  const inWords = (mark: '.' | ',') => {
    const read = readAmount(sample ?? '', mark)
    const units = read && toUnits(read.value, exponentOf(currency))
    return units === null ? t(`imports:reading.${mark === '.' ? 'point' : 'comma'}`) : amountInWords(units, currency)
  }
  return (['.', ','] as const).map(value => ({ value, reading: inWords(value) }))
}

function amountInWords(units: number, currency: string): string {
  const digits = exponentOf(currency)
  return (units / 10 ** digits).toLocaleString('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** The first rows as they would go in, or why they would not. Where something is still open, the cells alone. */
export function previewOf(
  mapping: Mapping,
  { names, width, rows }: { names: readonly string[]; width: number; rows: readonly string[][] },
  now: number,
): PreviewRow[] {
  const reader = isSettled(mapping) && missingFields(mapping).length === 0 ? new RowReader(mapping, width, now) : null
  return rows.slice(0, PREVIEW_ROWS).map((cells, i) => {
    const row = i + (names.length > 0 ? 2 : 1)
    const read = reader?.read([...cells], row, null) ?? null
    const shown = { row, cells: cells.map(cell => cut(cell, SHOWN_CHARS_MAX)) }
    if (read === null) return { ...shown, order: null, reason: null }
    if (!isGood(read)) return { ...shown, order: null, reason: sentenceOf(read) }
    const worth = read.worth === null ? 0 : Math.round(read.worth / 10_000)
    const order = {
      customer: read.customer.slice(read.customer.indexOf(':') + 1),
      orderId: read.hasOrderId ? read.orderId : null,
      at: new Date(read.at).toISOString(),
      amount: read.amount ?? worth,
      currency: read.currency,
    }
    return { ...shown, order, reason: null }
  })
}

/** Why a row was left out, as a sentence. */
export const sentenceOf = ({ code, params }: Pick<Reject, 'code' | 'params'>): string => t(`imports:reason.${code}`, params)

export const isSettled = (mapping: Mapping): mapping is Settled => mapping.dateOrder !== null && mapping.decimal !== null

/** What a person sees of each column: its name and some of its values. */
export function columnsView(names: readonly string[], width: number, rows: readonly string[][]): ImportView['columns'] {
  return Array.from({ length: width }, (_, column) => {
    const values = new Set<string>()
    for (const cells of rows) {
      const value = (cells[column] ?? '').trim()
      if (value !== '') values.add(cut(value, 80))
      if (values.size === SAMPLES) break
    }
    return { name: names[column] || t('imports:column', { number: column + 1 }), samples: [...values] }
  })
}

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text)

/** The mapping without columns that the file does not have. */
export const withinWidth = (mapping: Mapping, width: number): Mapping => ({
  ...mapping,
  columns: Object.fromEntries(
    FIELDS.flatMap(field =>
      mapping.columns[field] !== undefined && mapping.columns[field] < width ? [[field, mapping.columns[field]]] : [],
    ),
  ),
})
