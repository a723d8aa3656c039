import { type DecimalMark, decimalEvidence, readAmount } from './amounts.ts'
import { type Field, type Mapping } from './contract.ts'
import { type DateOrder, dateEvidence, readDate } from './dates.ts'

export const DATE_FIELDS = [
  'ordered_at',
  'cancelled_at',
  'created_at',
  'consented_at',
  'withdrawn_at',
  'day',
] as const satisfies readonly Field[]
export const AMOUNT_FIELDS = ['amount', 'line_price', 'refunded_amount'] as const satisfies readonly Field[]

/** What the rows that were looked at say; `sample` is a value that may be read either way. */
export type Evidence<T> = { decided: T | null; sample: string | null }

type Rows = readonly (readonly string[])[]
const valuesOf = (rows: Rows, columns: Mapping['columns'], fields: readonly Field[]): string[] =>
  fields.flatMap(field => {
    const column = columns[field]
    return column === undefined ? [] : rows.map(cells => (cells[column] ?? '').trim()).filter(value => value !== '')
  })

/** Day-month or month-day: decided only when some date can be read in just one way and none contradicts it. */
export function dateOrderOf(rows: Rows, columns: Mapping['columns']): Evidence<DateOrder> {
  const values = valuesOf(rows, columns, DATE_FIELDS)
  const said = values.map(dateEvidence)
  const isDayFirst = said.includes('dmy')
  const isMonthFirst = said.includes('mdy')
  const open = values.filter((_, i) => said[i] === 'either')
  // A value whose two readings differ makes the better question.
  const sample = open.find(value => new Set(readings(value)).size > 1) ?? open[0] ?? null
  if (isDayFirst !== isMonthFirst) return { decided: isDayFirst ? 'dmy' : 'mdy', sample }
  if (isDayFirst) return { decided: null, sample: sample ?? values.find((_, i) => said[i] === 'dmy') ?? null }
  return open.length > 0 ? { decided: null, sample } : { decided: said.includes('self') ? 'ymd' : null, sample: null }
}
const readings = (value: string) => (['dmy', 'mdy'] as const).map(order => JSON.stringify(readDate(value, order)))

/** Decimal point or comma, decided in the same way. Whole numbers leave nothing to decide. */
export function decimalOf(rows: Rows, columns: Mapping['columns']): Evidence<DecimalMark> {
  const values = valuesOf(rows, columns, AMOUNT_FIELDS)
  const said = values.map(decimalEvidence)
  const isPoint = said.includes('.')
  const isComma = said.includes(',')
  const sample = values[said.indexOf('either')] ?? null
  if (isPoint !== isComma) return { decided: isPoint ? '.' : ',', sample }
  if (isPoint) return { decided: null, sample: sample ?? values[said.indexOf(',')] ?? null }
  return { decided: sample === null && values.length > 0 ? '.' : null, sample }
}

/** Whether several rows of one order repeat its total or have a part of it each; null when the rows do not say. */
export function amountPerOf(rows: Rows, columns: Mapping['columns']): 'order' | 'row' | null {
  const { order_id: order, amount } = columns
  // Only where a row tells of a product can it be a part: a repeated order id in a plain list of orders is a mistake to be shown.
  const hasLines = columns.line_sku !== undefined || columns.line_name !== undefined || columns.line_quantity !== undefined
  if (order === undefined || amount === undefined || !hasLines) return null
  const byOrder = Map.groupBy(
    rows.filter(cells => (cells[order] ?? '').trim() !== '' && (cells[amount] ?? '').trim() !== ''),
    cells => (cells[order] ?? '').trim(),
  )
  const several = [...byOrder.values()].filter(group => group.length > 1)
  if (several.length === 0) return null
  const differing = several.filter(group => new Set(group.map(cells => (cells[amount] ?? '').trim())).size > 1)
  return differing.length > several.length / 2 ? 'row' : 'order'
}

/** A whole number among the amounts, as long as none has decimals: then it may be so many cents. Null: it is not open. */
export function wholeAmountOf(rows: Rows, columns: Mapping['columns']): string | null {
  const values = valuesOf(rows, columns, AMOUNT_FIELDS).filter(isAmountLike)
  return values.every(value => !/[.,]\d{1,2}(?!\d)/.test(value)) ? (values[0] ?? null) : null
}

const shareOf = (values: readonly string[], holds: (value: string) => boolean) =>
  values.length === 0 ? 0 : values.filter(holds).length / values.length
export const isDateLike = (value: string): boolean =>
  typeof readDate(value, 'dmy') === 'object' || typeof readDate(value, 'mdy') === 'object'
export const isAmountLike = (value: string): boolean => readAmount(value, '.') !== null || readAmount(value, ',') !== null
export const areDates = (values: readonly string[]): boolean => shareOf(values, isDateLike) >= 0.5
export const areAmounts = (values: readonly string[]): boolean => shareOf(values, isAmountLike) >= 0.5
export const areEmails = (values: readonly string[]): boolean =>
  shareOf(values, value => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) >= 0.7
