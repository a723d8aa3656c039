import { stringify } from 'csv-stringify/sync'
import { exponentOf } from '../company/contract.ts'
import { type FileTrouble, type Product, type ProductChange, type ProductField, SKU_CHARS_MAX } from './contract.ts'
import { addressIn } from './words.ts'

// Products as a table: out, and in again.

const CODES = new Set(Intl.supportedValuesOf('currency'))
export const isCurrencyCode = (code: string): boolean => CODES.has(code)

const HEAD = ['sku', 'name', 'category', 'brand', 'price', 'cost', 'currency', 'active', 'url', 'image_url']
const SOLD = ['sold_pieces', 'sold_orders', 'last_sold_at']

const escaped = { escape_formulas: true, record_delimiter: '\r\n' } as const
export const csvHead = (mayCost: boolean): string => `\ufeff${stringify([[...columns(mayCost), ...SOLD]], escaped)}`
const columns = (mayCost: boolean) => HEAD.filter(name => mayCost || name !== 'cost')

/** Lines of a file that spreadsheets open; a text that one would run as a formula is kept a text. Price and cost stand in one currency, else the cost names its own. */
export function csvLines(products: readonly Product[], mayCost: boolean): string {
  const rows = products.map(one => {
    const currency = one.price?.currency ?? one.cost?.currency ?? ''
    const cells: Record<string, string> = {
      sku: one.sku,
      name: one.name ?? '',
      category: one.category ?? '',
      brand: one.brand ?? '',
      price: one.price === null ? '' : decimal(one.price),
      cost:
        one.cost === null ? '' : one.cost.currency === currency ? decimal(one.cost) : `${decimal(one.cost)} ${one.cost.currency}`,
      currency,
      active: one.isActive ? 'yes' : 'no',
      url: one.url ?? '',
      image_url: one.imageUrl ?? '',
    }
    const { pieces = 0, orders = 0, lastAt = '' } = one.sold ?? {}
    return [...columns(mayCost).map(name => cells[name]), pieces, orders, lastAt]
  })
  return stringify(rows, escaped)
}

const decimal = ({ amount, currency }: { amount: number; currency: string }): string => {
  const places = exponentOf(currency)
  const digits = String(amount).padStart(places + 1, '0')
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

type Column = ProductField | 'sku' | 'currency'
// Without case, spaces and signs; the surest name of each first.
const NAMES: Record<Column, string> = {
  sku: 'sku variantsku productsku articlenumber articleno productid itemid id handle artikelnummer artikelnr article reference referencia codice',
  name: 'name productname title productname producttitle bezeichnung produktname artikelbezeichnung nom nombre nome',
  category: 'category productcategory producttype type categories kategorie warengruppe categorie categoria',
  brand: 'brand vendor manufacturer marke hersteller marque marca',
  price: 'price variantprice regularprice sellingprice preis verkaufspreis prix precio prezzo',
  cost: 'cost costperitem unitcost purchaseprice costofgoods einkaufspreis kosten wareneinsatz prixdachat coste costo',
  currency: 'currency currencycode wahrung devise moneda valuta',
  url: 'url link producturl permalink',
  imageUrl: 'imageurl imagesrc image imagelink bild bildurl images',
  isActive: 'active isactive status published aktiv',
}
const squashed = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** Which column says what; of several that may say the same, the one with the surest name. */
export function columnsIn(header: readonly string[]): (Column | null)[] {
  const found: (Column | null)[] = header.map(() => null)
  for (const [column, names] of Object.entries(NAMES) as [Column, string][]) {
    const ranks = header.map(cell => names.split(' ').indexOf(squashed(cell)))
    const best = Math.min(...ranks.filter(rank => rank >= 0))
    const at = ranks.indexOf(best)
    if (at >= 0 && found[at] === null) found[at] = column
  }
  return found
}

/** Reads minor units of a currency from what a cell says; null when it is no amount. */
export type ReadMoney = (text: string, currency: string) => { amount: number; currency: string } | null
export type FileRow = { row: number; cells: string[]; trouble: 'quote' | 'too_long' | null }
export type Reject = { row: number; code: FileTrouble; cells: string[] }

/** What the rows say; an empty cell says nothing. `isCurrency` knows the codes, `usual` is the currency of those that name none. */
export function changesIn(
  rows: readonly FileRow[],
  header: readonly (Column | null)[],
  readMoney: ReadMoney,
  isCurrency: (code: string) => boolean,
  usual: string,
): { changes: ProductChange[]; rejects: Reject[] } {
  const changes = new Map<string, ProductChange>()
  const rejects: Reject[] = []
  for (const { row, cells, trouble } of rows) {
    const read =
      trouble !== null ? 'quote' : cells.length > header.length ? 'ragged' : changeIn(cells, header, readMoney, isCurrency, usual)
    if (typeof read === 'string') rejects.push({ row, code: read, cells })
    else if (changes.has(read.sku)) rejects.push({ row, code: 'twice', cells })
    else changes.set(read.sku, read)
  }
  return { changes: [...changes.values()], rejects }
}

const WORD_CHARS_MAX = 500
const YES = new Set(['yes', 'y', 'true', '1', 'active', 'publish', 'published', 'ja', 'oui', 'si', 'aktiv'])
const NO = new Set(['no', 'n', 'false', '0', 'inactive', 'draft', 'archived', 'private', 'nein', 'non', 'inaktiv'])

function changeIn(
  cells: readonly string[],
  header: readonly (Column | null)[],
  readMoney: ReadMoney,
  isCurrency: (code: string) => boolean,
  usual: string,
): ProductChange | FileTrouble {
  const cell = (column: Column): string => {
    const at = header.indexOf(column)
    const text = at < 0 ? '' : (cells[at] ?? '').trim()
    // An apostrophe that keeps a spreadsheet from calculating.
    return /^'[\d=+@#-]/.test(text) ? text.slice(1) : text
  }
  const sku = cell('sku')
  if (sku === '') return 'sku_missing'
  if (sku.length > SKU_CHARS_MAX || /[\0\ufffd]/.test(sku)) return 'sku_too_long'
  const change: ProductChange = { sku }
  for (const field of ['name', 'category', 'brand'] as const) {
    const text = cell(field).replaceAll('\0', '')
    if (text.length > WORD_CHARS_MAX) return 'word_too_long'
    if (text !== '') change[field] = text
  }
  const currency = cell('currency').toUpperCase() || usual
  if (!isCurrency(currency)) return 'currency_unknown'
  for (const field of ['price', 'cost'] as const) {
    const text = cell(field)
    if (text === '') continue
    const money = readMoney(text, currency)
    if (money === null || money.amount < 0) return `${field}_unreadable`
    change[field] = money
  }
  for (const field of ['url', 'imageUrl'] as const) {
    const text = cell(field)
    if (text === '') continue
    const address = addressIn(text)
    if (address === null) return 'address_unreadable'
    change[field] = address
  }
  const active = cell('isActive').toLowerCase()
  if (active !== '' && !YES.has(active) && !NO.has(active)) return 'active_unreadable'
  if (active !== '') change.isActive = YES.has(active)
  return change
}
