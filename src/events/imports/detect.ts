import { readAmount } from './amounts.ts'
import { type Encoding } from './bytes.ts'
import { type Field, type FileKind, type Mapping } from './contract.ts'
import { currencyOfSign, isCurrency } from './currency.ts'
import {
  amountPerOf,
  areAmounts,
  areDates,
  areEmails,
  DATE_FIELDS,
  dateOrderOf,
  decimalOf,
  isAmountLike,
  isDateLike,
  wholeAmountOf,
} from './evidence.ts'
import { knownExport } from './exports.ts'
import { candidates, isKnownHeader } from './headers.ts'
import { kindByNames } from './kind.ts'
import { isJsonLines } from './lines.ts'
import { type Delimiter, isBlank, recordsOf } from './records.ts'
import { traitColumns } from './traits.ts'

/** The beginning of a file as text, and some pieces of whole lines from further in. */
export type Sample = { encoding: Encoding; head: string; isWhole: boolean; pieces: readonly string[] }
/** What the company usually has: for what the file does not say. */
export type Usual = { currency: string; timeZone: string; country?: string | null | undefined }
/** `rows`: the sample's rows below the header. `names`: what the columns are called, empty without a header. */
export type Detected = {
  kind: FileKind
  recognised: string | null
  names: string[]
  width: number
  rows: string[][]
  mapping: Mapping
}

const DELIMITERS = [';', '\t', '|', ','] as const
const ROWS_MAX = 3_000
const DELIMITER_ROWS = 300

/** Finds out what a file is and how it is to be read. What it leaves open is null in the mapping, never guessed. `asked`: the person knows what it is. */
export function detect(sample: Sample, usual: Usual, asked?: FileKind): Detected {
  if (asked === 'events' || (asked === undefined && isJsonLines(sample.head))) return asEvents(sample, usual)
  const delimiter = delimiterOf(sample.head)
  const records = headRecords(sample, delimiter)
  const hasHeader = headerAt(records)
  const names = hasHeader ? (records[0] ?? []).map(name => name.trim()) : []
  const width = hasHeader ? names.length : commonLength(records)
  const pieces = sample.pieces.flatMap(piece => cellsOf(piece, delimiter).filter(cells => cells.length === width))
  const rows = [...records.slice(hasHeader ? 1 : 0), ...pieces].slice(0, ROWS_MAX)
  const found = hasHeader ? knownExport(names) : null
  const known = asked === undefined || found?.kind === asked ? found : null
  const kind = asked ?? known?.kind ?? (hasHeader ? kindByNames(names, rows) : 'orders')
  const columns = known?.columns ?? (hasHeader ? columnsByName(names, rows, kind) : columnsByContent(rows, width, kind))
  const mapping: Mapping = {
    columns,
    delimiter,
    encoding: sample.encoding,
    hasHeader,
    dateOrder: null,
    decimal: null,
    timeZone: known?.timeZone ?? (saysUtc(names, columns) ? 'UTC' : usual.timeZone),
    currency: currencyInName(names, columns) ?? currencyOf(rows, columns, usual.currency),
    ...(usual.country && { country: usual.country }),
    ...(known?.isUnitOpen && { amountUnit: null }),
    ...(kind === 'customers' && {
      traits: known?.traits ?? traitColumns(names, new Set(Object.values(columns)), rows),
    }),
  }
  return { kind, recognised: known?.id ?? null, names, width, rows, mapping: settle(kind, mapping, rows) }
}

/** Lines of JSON: each says itself what its parts mean. */
function asEvents(sample: Sample, usual: Usual): Detected {
  const mapping: Mapping = {
    columns: {},
    delimiter: ',',
    encoding: sample.encoding,
    hasHeader: false,
    dateOrder: 'ymd',
    decimal: '.',
    timeZone: 'UTC',
    currency: usual.currency,
  }
  return { kind: 'events', recognised: null, names: [], width: 1, rows: linesOf(sample), mapping }
}

function linesOf({ head, isWhole }: Sample): string[][] {
  const lines = head.replace(/^\ufeff/, '').split('\n')
  return (isWhole ? lines : lines.slice(0, -1))
    .map(line => line.trim())
    .filter(line => line !== '')
    .slice(0, ROWS_MAX)
    .map(line => [line])
}

/** Fills in what the mapping leaves open and the rows decide. */
export function settle(kind: FileKind, mapping: Mapping, rows: readonly string[][]): Mapping {
  if (kind === 'events') return { ...mapping, dateOrder: 'ymd', decimal: '.' }
  const amountPer = mapping.amountPer ?? amountPerOf(rows, mapping.columns)
  const hasMoney = kind === 'orders' || kind === 'spend'
  // An orders file without a date is asked for its column first.
  const hasDates = kind === 'orders' || DATE_FIELDS.some(field => hasValues(rows, mapping.columns[field]))
  const isUnitOpen = mapping.amountUnit === null && wholeAmountOf(rows, mapping.columns) !== null
  const { amountUnit, ...others } = mapping
  return {
    ...others,
    dateOrder: mapping.dateOrder ?? (hasDates ? dateOrderOf(rows, mapping.columns).decided : 'ymd'),
    decimal: mapping.decimal ?? (isWithoutAmounts(hasMoney, mapping) ? '.' : decimalOf(rows, mapping.columns).decided),
    ...(amountPer && { amountPer }),
    ...(isUnitOpen ? { amountUnit: null } : amountUnit && { amountUnit }),
    ...(kind === 'customers' && saysConsent(mapping) && mapping.consents === undefined && { consents: null }),
  }
}

const isWithoutAmounts = (hasMoney: boolean, { columns, noAmount }: Mapping): boolean =>
  !hasMoney || (noAmount === true && columns.amount === undefined && columns.line_price === undefined)

const hasValues = (rows: readonly string[][], column: number | undefined): boolean =>
  column !== undefined && columnValues(rows, column).length > 0

/** Whether a customers file has a column that says who agreed to what. */
export const saysConsent = ({ columns }: Mapping): boolean =>
  (['consent_email', 'consent_sms', 'consent_whatsapp', 'consented_at', 'withdrawn_at'] as const).some(
    field => columns[field] !== undefined,
  )

/** The rows of a sample when the mapping's own delimiter and header are given, not found. */
export function rowsOf(
  kind: FileKind,
  sample: Sample,
  mapping: Pick<Mapping, 'delimiter' | 'hasHeader'>,
): { names: string[]; width: number; rows: string[][] } {
  if (kind === 'events') return { names: [], width: 1, rows: linesOf(sample) }
  const records = headRecords(sample, mapping.delimiter)
  const names = mapping.hasHeader ? (records[0] ?? []).map(name => name.trim()) : []
  const width = mapping.hasHeader ? names.length : commonLength(records)
  const pieces = sample.pieces.flatMap(piece => cellsOf(piece, mapping.delimiter).filter(cells => cells.length === width))
  return { names, width, rows: [...records.slice(mapping.hasHeader ? 1 : 0), ...pieces].slice(0, ROWS_MAX) }
}

const cellsOf = (text: string, delimiter: Delimiter): string[][] =>
  recordsOf(text, delimiter)
    .filter(record => record.trouble === null && !isBlank(record.cells) && !isSeparatorLine(record.cells))
    .map(record => record.cells)

function headRecords(sample: Sample, delimiter: Delimiter): string[][] {
  const records = cellsOf(sample.head, delimiter)
  // The last line of a piece is cut somewhere.
  return sample.isWhole || records.length < 2 ? records : records.slice(0, -1)
}

/** Excel's hint `sep=;`, which some exports begin with. */
export const isSeparatorLine = (cells: readonly string[]): boolean => /^"?sep=.?"?$/i.test(cells[0] ?? '') && cells.length <= 2

function delimiterOf(head: string): Delimiter {
  const start = head.slice(0, 64_000)
  const scored = DELIMITERS.map(delimiter => ({ delimiter, ...regularity(cellsOf(start, delimiter).slice(0, DELIMITER_ROWS)) }))
  const best = scored.filter(({ length }) => length > 1).sort((a, b) => b.share - a.share || b.length - a.length)[0]
  if (best && best.share >= 0.5) return best.delimiter
  const spaces = regularity(cellsOf(start, ' ').slice(0, DELIMITER_ROWS))
  return spaces.length > 2 && spaces.share >= 0.8 ? ' ' : (best?.delimiter ?? ',')
}

/** How many cells most rows have, and how many rows have so many: half the weight is the first row's, which is a header. */
function regularity(records: readonly string[][]): { length: number; share: number } {
  const length = commonLength(records)
  const share = records.length === 0 ? 0 : records.filter(cells => cells.length === length).length / records.length
  return { length, share: (share + (records[0]?.length === length ? 1 : 0)) / 2 }
}

function commonLength(records: readonly string[][]): number {
  const counts = [...Map.groupBy(records, cells => cells.length)].sort((a, b) => b[1].length - a[1].length || b[0] - a[0])
  return counts[0]?.[0] ?? 0
}

/** Whether the first row names the columns: some names are known, or nothing in it looks like a value. */
function headerAt(records: readonly string[][]): boolean {
  const first = (records[0] ?? []).map(cell => cell.trim())
  const known = first.filter(isKnownHeader).length
  const values = first.filter(cell => isDateLike(cell) || isAmountLike(cell) || areEmails([cell])).length
  if (known > 0 && known >= values) return true
  return values === 0 && first.some(cell => cell !== '')
}

const columnValues = (rows: readonly string[][], column: number): string[] =>
  rows.map(cells => (cells[column] ?? '').trim()).filter(value => value !== '')

/** By what the columns are called, as long as what stands in them agrees. */
function columnsByName(names: readonly string[], rows: readonly string[][], kind: FileKind): Mapping['columns'] {
  const columns: Mapping['columns'] = {}
  const taken = new Set<number>()
  const fits: Partial<Record<Field, (values: string[]) => boolean>> = {
    ordered_at: areDates,
    amount: areAmounts,
    line_price: areAmounts,
    line_quantity: areAmounts,
    refunded_amount: areAmounts,
    email: areEmails,
    created_at: areDates,
    consented_at: areDates,
    withdrawn_at: areDates,
    day: areDates,
  }
  const open = candidates(names, kind)
  for (const [field, candidateColumns] of open) {
    const column = candidateColumns.find(candidate => {
      const values = columnValues(rows, candidate)
      return !taken.has(candidate) && (values.length === 0 || (fits[field]?.(values) ?? true))
    })
    if (column === undefined) continue
    columns[field] = column
    taken.add(column)
  }
  return priceAsAmount(emailAsCustomer(columns, rows))
}

/** A customer column full of email addresses is an email column. */
function emailAsCustomer(columns: Mapping['columns'], rows: readonly string[][]): Mapping['columns'] {
  const { customer_id: customer, ...others } = columns
  if (customer === undefined || columns.email !== undefined || !areEmails(columnValues(rows, customer))) return columns
  return { ...others, email: customer }
}

/** A price without a quantity and without a total is what was paid. */
function priceAsAmount(columns: Mapping['columns']): Mapping['columns'] {
  const { line_price: price, ...others } = columns
  return price !== undefined && columns.amount === undefined && columns.line_quantity === undefined
    ? { ...others, amount: price }
    : columns
}

/** Without a header: by what stands in the columns. */
function columnsByContent(rows: readonly string[][], width: number, kind: FileKind): Mapping['columns'] {
  const all = Array.from({ length: width }, (_, column) => ({ column, values: columnValues(rows, column) })).filter(
    ({ values }) => values.length > 0,
  )
  const columns: Mapping['columns'] = {}
  const left = new Set(all)
  const take = (field: Field, found: { column: number; values: string[] } | undefined) => {
    if (!found) return
    columns[field] = found.column
    left.delete(found)
  }
  const rest = () => [...left]
  take(
    'email',
    all.find(({ values }) => areEmails(values)),
  )
  // What else stands there says itself only in orders.
  if (kind !== 'orders') return kind === 'spend' ? {} : columns
  take(
    'ordered_at',
    rest().find(({ values }) => areDates(values) && values.every(value => !/^\d{1,7}$|^\d{10}$|^\d{13}$/.test(value))) ??
      rest().find(({ values }) => areDates(values)),
  )
  const isNumeric = ({ values }: { values: string[] }) => areAmounts(values)
  const hasDecimals = ({ values }: { values: string[] }) =>
    values.filter(value => /\d[.,]\d{1,2}(?!\d)/.test(value)).length > values.length / 4
  const money = rest().filter(isNumeric)
  const isBehindDate = ({ column }: { column: number }) => column > (columns.ordered_at ?? -1)
  take('amount', money.findLast(hasDecimals) ?? money.findLast(isBehindDate) ?? (money.length > 1 ? money.at(-1) : undefined))
  const isUnique = ({ values }: { values: string[] }) => new Set(values).size === values.length
  const ids = rest()
  const order = rows.length >= 20 && ids.length > 1 ? ids.find(isUnique) : undefined
  take('order_id', ids.some(candidate => candidate !== order && !isUnique(candidate)) ? order : undefined)
  if (columns.email === undefined) take('customer_id', rest()[0])
  take(
    'line_quantity',
    rest().find(candidate => isBehindDate(candidate) && candidate.values.every(value => /^\d{1,3}$/.test(value))),
  )
  return columns
}

const saysUtc = (names: readonly string[], columns: Mapping['columns']): boolean =>
  DATE_FIELDS.some(field => /\b(UTC|GMT)\b/i.test(names[columns[field] ?? -1] ?? ''))

/** The currency that stands in the amount's header, as in `Amount spent (EUR)`. */
function currencyInName(names: readonly string[], columns: Mapping['columns']): string | null {
  const code = /\(([A-Z]{3})\)\s*$/.exec(names[columns.amount ?? -1] ?? '')?.[1]
  return code !== undefined && isCurrency(code) ? code : null
}

/** The currency whose sign stands beside all amounts, else the usual one. */
function currencyOf(rows: readonly string[][], columns: Mapping['columns'], usual: string): string {
  const amounts = [columns.amount, columns.line_price].flatMap(column => (column === undefined ? [] : columnValues(rows, column)))
  const signs = new Set(
    amounts.map(value => (readAmount(value, '.') ?? readAmount(value, ','))?.sign ?? '').filter(sign => sign !== ''),
  )
  const [sign] = signs
  return sign !== undefined && signs.size === 1 ? (currencyOfSign(sign, usual) ?? usual) : usual
}
