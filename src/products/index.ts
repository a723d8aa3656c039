import { setTimeout } from 'node:timers/promises'
import { type Act, audit } from '../access/index.ts'
import { company } from '../company/index.ts'
import { type Listener, undoneSources } from '../events/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { Fault } from '../platform/fault.ts'
import { t } from '../platform/messages.ts'
import { type Db } from '../platform/postgres.ts'
import {
  type Categories,
  type FileReport,
  type FileTrouble,
  PRODUCT_FIELDS,
  type Product,
  type ProductChange,
  type Sold,
} from './contract.ts'
import { linesOf, readMoney } from './files.ts'
import { soldOfAll, soldOfOne } from './history.ts'
import { changesIn, columnsIn, csvHead, csvLines, isCurrencyCode } from './sheet.ts'
import {
  categoriesOf,
  keepWords,
  lockProducts,
  type ProductFilter,
  type ProductRow,
  productsAfter,
  productsWith,
} from './store.ts'
import { latest, type Words, wordsIn } from './words.ts'

export { FILE_BYTES_MAX } from './files.ts'
export type { ProductFilter } from './store.ts'

const REMEMBERED_MAX = 50_000
/** What each installation's products are known to say. */
const memories = new WeakMap<History, Map<string, Words>>()

function memoryOf(history: History): Map<string, Words> {
  const memory = memories.get(history) ?? new Map<string, Words>()
  if (memory.size > REMEMBERED_MAX) memory.clear()
  memories.set(history, memory)
  return memory
}

/**
 * Keeps what events say of products, in the transaction that settles them. What it has read before it remembers, so that a batch that says nothing new costs no query.
 */
export const observeProducts: Listener = async ({ tx, history, now }, changes) => {
  const remembered = memoryOf(history)
  const said = wordsIn(changes.flatMap(change => change.fresh).values())
  const news = [...said].filter(([sku, words]) => latest(remembered.get(sku) ?? {}, words) !== null || !remembered.has(sku))
  if (news.length === 0) return
  const at = new Date(now)
  const known = await lockProducts(
    tx,
    news.map(([sku]) => sku),
    at,
  )
  const later = new Map<string, Words>()
  for (const [sku, words] of news) {
    const before = known.get(sku)?.observed ?? {}
    const after = latest(before, words)
    if (after !== null) later.set(sku, after)
    // What is written now may be rolled back, so it is remembered when it is next read.
    if (after === null) remembered.set(sku, before)
    else remembered.delete(sku)
  }
  await keepWords(tx, 'observed', later, at)
}

type Counted = { sold: Map<string, Sold>; at: number; tookMs: number }
type Counting = { last: Counted | null; running: Promise<Counted> | null }
const counts = new WeakMap<History, Counting>()

// So long a page waits for what was sold; where counting takes longer it is shown as it was counted last.
const WAITED_MS = 1_500
const QUICK_MS = 200
/** Counting again and again takes at most a twentieth of the time, however large the log is. */
const REST = 20

/** What was sold of every product, counted now where that is quick, else lately; null while it is counted for the first time. */
async function soldLately(db: Db, history: History, now: number): Promise<Counted | null> {
  const counting = countingOf(history)
  const { last } = counting
  const isFresh = last !== null && last.tookMs > QUICK_MS && now - last.at < last.tookMs * REST
  if (isFresh) return last
  const running = counted(db, history, now)
  // Whoever does not wait for it must not be hurt by it either: the next page asks again.
  running.catch(() => {})
  return Promise.race([running, setTimeout(WAITED_MS, last, { ref: false })])
}

function countingOf(history: History): Counting {
  const counting = counts.get(history) ?? { last: null, running: null }
  counts.set(history, counting)
  return counting
}

/** Counts, or joins who is counting. */
function counted(db: Db, history: History, now: number): Promise<Counted> {
  const counting = countingOf(history)
  counting.running ??= (async () => {
    const begin = performance.now()
    try {
      const sold = await soldOfAll(history, await undoneSources(db))
      counting.last = { sold, at: now, tookMs: performance.now() - begin }
      return counting.last
    } finally {
      counting.running = null
    }
  })()
  return counting.running
}

/** A page of products by their numbers, with what was sold of each. Costs only for those who may see them. */
export async function productList(
  db: Db,
  history: History,
  filter: ProductFilter,
  after: string | null,
  limit: number,
  mayCost: boolean,
  now: number,
): Promise<{ items: Product[]; soldAsOf: number | null }> {
  const [rows, lately] = await Promise.all([productsAfter(db, filter, after, limit), soldLately(db, history, now)])
  return { items: rows.map(row => viewOf(row, lately?.sold.get(row.sku), mayCost)), soldAsOf: lately?.at ?? null }
}

export async function productNamed(db: Db, history: History, sku: string, mayCost: boolean): Promise<Product> {
  // Postgres text cannot hold U+0000.
  const row = sku.includes('\0') ? undefined : (await productsWith(db, [sku])).get(sku)
  if (row === undefined) throw new Fault('product.not_found', { sku })
  return viewOf(row, (await soldOfOne(history, sku, await undoneSources(db))) ?? undefined, mayCost)
}

export const productCategories = async (db: Db): Promise<Categories> => ({ items: await categoriesOf(db) })

function viewOf(row: ProductRow, sold: Sold | undefined, mayCost: boolean): Product {
  return {
    sku: row.sku,
    name: row.name,
    category: row.category,
    brand: row.brand,
    price: row.price,
    cost: mayCost ? row.cost : null,
    url: row.url,
    imageUrl: row.image_url,
    isActive: row.is_active,
    given: PRODUCT_FIELDS.filter(field => row.given[field] !== undefined && (field !== 'cost' || mayCost)),
    changedAt: row.changed_at.toISOString(),
    sold: sold ?? null,
  }
}

const EXPORT_PAGE = 1_000

/** All products that the filter finds, as a table, piece by piece. */
export async function* productsCsv(
  db: Db,
  history: History,
  filter: ProductFilter,
  mayCost: boolean,
  now: number,
): AsyncGenerator<string> {
  yield csvHead(mayCost)
  const { sold } = await counted(db, history, now)
  for (let after: string | null = null; ; ) {
    const page: ProductRow[] = await productsAfter(db, filter, after, EXPORT_PAGE)
    const products = page.map(row => viewOf(row, sold.get(row.sku), mayCost))
    if (products.length > 0) yield csvLines(products, mayCost)
    if (page.length < EXPORT_PAGE) return
    after = page.at(-1)?.sku ?? null
  }
}

const NAMED_IN_AUDIT = 50

/** Keeps what a person, a program or a file says of products: it counts before what is observed. All of it or nothing. Safe to repeat. */
export async function changeProducts(db: Db, changes: readonly ProductChange[], act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const known = await lockProducts(
      tx,
      changes.map(change => change.sku),
      new Date(act.at),
    )
    const words = new Map<string, Words>()
    for (const { sku, ...said } of changes) {
      const after = withSaid(words.get(sku) ?? known.get(sku)?.given ?? {}, said, act.at)
      if (after !== null) words.set(sku, after)
    }
    await keepWords(tx, 'given', words, new Date(act.at))
    if (words.size === 0) return
    const named = changes.filter(change => words.has(change.sku)).slice(0, NAMED_IN_AUDIT)
    await audit(tx, act, 'products.changed', named.length === 1 ? (named[0]?.sku ?? '') : String(words.size), { products: named })
  })
}

/** What is given, with what is said in its place; null when that is the same. */
function withSaid(given: Words, said: Omit<ProductChange, 'sku'>, at: number): Words | null {
  const words: Words = { ...given }
  let isNew = false
  for (const field of PRODUCT_FIELDS) {
    const value = said[field]
    if (value === undefined || (value === null && given[field] === undefined)) continue
    if (JSON.stringify(given[field]?.[0] ?? null) === JSON.stringify(value)) continue
    if (value === null) delete words[field]
    else words[field] = [value, at]
    isNew = true
  }
  return isNew ? words : null
}

const CHUNK = 5_000

/** Reads a file of products and, unless it is a dry run, keeps what it says. Rows that cannot be used are left out and listed. */
export async function productFile(
  db: Db,
  bytes: AsyncIterable<Uint8Array>,
  isDryRun: boolean,
  mayCost: boolean,
  act: Act,
): Promise<FileReport> {
  const { header, rows } = await linesOf(bytes)
  const columns = columnsIn(header)
  if (!columns.includes('sku')) throw new Fault('product.file_unreadable', { detail: t('products:file.no_sku') })
  const { currency } = await company(db)
  const money = readMoney(rows.map(row => row.cells).slice(0, 10_000), columns)
  const read = changesIn(rows, columns, money, isCurrencyCode, currency)
  // Who may not see costs does not write them either, and is told so and not left to think that they were.
  const refused = new Set(mayCost ? [] : read.changes.filter(change => change.cost !== undefined).map(change => change.sku))
  const changes = read.changes.filter(change => !refused.has(change.sku))
  const counts = { added: 0, changed: 0, unchanged: 0 }
  for (let i = 0; i < changes.length; i += CHUNK) {
    const chunk = changes.slice(i, i + CHUNK)
    const known = await productsWith(
      db,
      chunk.map(change => change.sku),
    )
    for (const { sku, ...said } of chunk) {
      const before = known.get(sku)
      if (before === undefined) counts.added++
      else counts[withSaid(before.given, said, act.at) === null ? 'unchanged' : 'changed']++
    }
  }
  if (!isDryRun && changes.length > 0) await changeProducts(db, changes, act)
  const reject = ({ row, code, cells }: { row: number; code: FileTrouble; cells: string[] }) => ({
    row,
    code,
    reason: t(`products:file.${code}`),
    cells: cells.map(cell => cell.slice(0, 500)),
  })
  const sku = columns.indexOf('sku')
  const notYours = rows.filter(({ cells }) => refused.has((cells[sku] ?? '').trim()))
  return {
    isDryRun,
    rows: rows.length,
    ...counts,
    columns: header.map((name, i) => ({ header: name, field: columns[i] ?? null })),
    rejects: [...read.rejects, ...notYours.map(({ row, cells }) => ({ row, code: 'not_yours' as const, cells }))]
      .sort((a, b) => a.row - b.row)
      .map(reject),
  }
}
