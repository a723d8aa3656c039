import { exponentOf } from '../../company/contract.ts'
import { t } from '../../platform/messages.ts'
import { type Reason } from '../tracking/reasons.ts'
import { readAmount, toUnits } from './amounts.ts'
import { type Settled } from './cells.ts'
import { FIELDS_OF, type Field, type FileKind, type ImportView, type Mapping } from './contract.ts'
import { readDate } from './dates.ts'
import { saysConsent } from './detect.ts'
import { DATE_FIELDS, dateOrderOf, decimalOf, wholeAmountOf } from './evidence.ts'
import { factsOf } from './facts.ts'
import { missingFields, readerOf } from './kinds.ts'
import { isReject, type Reject } from './reject.ts'
import { rowOf } from './staged.ts'

type Question = ImportView['questions'][number]
type PreviewRow = ImportView['preview'][number]

const PREVIEW_ROWS = 20
const SHOWN_CHARS_MAX = 200
const SAMPLES = 4

/** What only a person can answer before the file is read. Empty: everything is decided. */
export function questionsOf(kind: FileKind, mapping: Mapping, rows: readonly string[][]): Question[] {
  const questions: Question[] = []
  const missing = missingFields(kind, mapping)
  // Only an order may be worth we do not know what.
  const without = kind === 'orders' && missing.length === 1 && missing[0] === 'amount'
  const noAmount = without ? [{ value: 'noAmount', reading: t('imports:reading.noAmount') }] : []
  if (missing.length > 0) questions.push({ about: 'columns', sample: null, options: noAmount, missing })
  const { columns } = mapping
  if (mapping.dateOrder === null && DATE_FIELDS.some(field => columns[field] !== undefined)) {
    const { sample } = dateOrderOf(rows, columns)
    questions.push({ about: 'dateOrder', sample, options: dateReadings(sample), missing: [] })
  }
  const hasMoney = columns.amount !== undefined || columns.line_price !== undefined
  if (mapping.decimal === null && hasMoney) {
    const { sample } = decimalOf(rows, columns)
    questions.push({ about: 'decimal', sample, options: decimalReadings(sample, mapping.currency), missing: [] })
  }
  if (mapping.amountUnit === null && hasMoney) {
    const sample = wholeAmountOf(rows, columns)
    questions.push({ about: 'amountUnit', sample, options: unitReadings(sample, mapping.currency), missing: [] })
  }
  if (mapping.consents === null && saysConsent(mapping))
    questions.push({ about: 'consents', sample: null, options: consentReadings(), missing: [] })
  return questions
}

const consentReadings = (): Question['options'] =>
  (['take', 'leave'] as const).map(value => ({ value, reading: t(`imports:reading.consents.${value}`) }))

function unitReadings(sample: string | null, currency: string): Question['options'] {
  const read = readAmount(sample ?? '', '.')
  const inWords = (unit: 'major' | 'minor') => {
    const units = read && toUnits(read.value, unit === 'minor' ? 0 : exponentOf(currency))
    return units === null ? t(`imports:reading.${unit}`) : amountInWords(units, currency)
  }
  return (['major', 'minor'] as const).map(value => ({ value, reading: inWords(value) }))
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
  kind: FileKind,
  mapping: Mapping,
  { names, width, rows }: { names: readonly string[]; width: number; rows: readonly string[][] },
  now: number,
): PreviewRow[] {
  const reader = isSettled(mapping) && missingFields(kind, mapping).length === 0 ? readerOf(kind, mapping, width, now) : null
  return rows.slice(0, PREVIEW_ROWS).map((cells, i) => {
    const row = i + (names.length > 0 ? 2 : 1)
    const read = reader?.read([...cells], row, null) ?? null
    const shown = { row, cells: cells.map(cell => cut(cell, SHOWN_CHARS_MAX)), order: null, facts: null, reason: null }
    if (read === null) return shown
    if (isReject(read)) return { ...shown, reason: sentenceOf(read) }
    return kind === 'orders'
      ? { ...shown, order: orderOf(read.content) }
      : { ...shown, facts: factsOf(kind, read.content, mapping.timeZone) }
  })
}

function orderOf(content: string): NonNullable<PreviewRow['order']> {
  const read = rowOf(content)
  return {
    customer: read.customer.slice(read.customer.indexOf(':') + 1),
    orderId: read.hasOrderId ? read.orderId : null,
    at: new Date(read.at).toISOString(),
    amount: read.amount ?? (read.worth === null ? 0 : Math.round(read.worth / 10_000)),
    currency: read.currency,
  }
}

/** Why a row was left out, as a sentence. */
export const sentenceOf = ({ code, params }: Pick<Reject, 'code' | 'params'>): string =>
  code === 'event_unusable'
    ? [t(`tracking:reason.${params.reason as Reason}`), params.field && `(${params.field})`].filter(Boolean).join(' ')
    : t(`imports:reason.${code}`, params)

export const isSettled = (mapping: Mapping): mapping is Settled =>
  mapping.dateOrder !== null && mapping.decimal !== null && mapping.amountUnit !== null && mapping.consents !== null

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

/** The mapping without columns that the file does not have, and meanings that its kind does not have. */
export const withinWidth = (kind: FileKind, mapping: Mapping, width: number): Mapping => ({
  ...mapping,
  columns: Object.fromEntries(
    FIELDS_OF[kind].flatMap((field: Field) =>
      mapping.columns[field] !== undefined && mapping.columns[field] < width ? [[field, mapping.columns[field]]] : [],
    ),
  ),
  ...(mapping.traits && { traits: kind === 'customers' ? mapping.traits.filter(({ column }) => column < width) : [] }),
})
