import { sql } from 'kysely'
import { type Db } from '../platform/postgres.ts'
import { type Words } from './words.ts'

export type Price = { amount: number; currency: string }
export type ProductRow = {
  sku: string
  name: string | null
  category: string | null
  brand: string | null
  price: Price | null
  cost: Price | null
  url: string | null
  image_url: string | null
  is_active: boolean
  observed: Words
  given: Words
  changed_at: Date
}

const COLUMNS = sql`sku, name, category, brand, price, cost, url, image_url, is_active, observed, given, changed_at`

/** Makes rows for those that are new, and locks all of them, always in the order of their numbers, so that two batches wait for each other instead of blocking each other for ever. */
export async function lockProducts(tx: Db, skus: readonly string[], at: Date): Promise<Map<string, ProductRow>> {
  const sorted = [...skus].sort()
  await sql`insert into product (sku, added_at, changed_at) select sku, ${at}, ${at} from unnest(${sorted}::text[]) as new (sku)
    on conflict (sku) do nothing`.execute(tx)
  const { rows } = await sql<ProductRow>`
    select ${COLUMNS} from product where sku = any(${sorted}::text[]) order by sku for update`.execute(tx)
  return new Map(rows.map(row => [row.sku, row]))
}

type Side = 'observed' | 'given'

/** Keeps what was observed or what people said, in place of what stood there. */
export async function keepWords(tx: Db, side: Side, words: ReadonlyMap<string, Words>, at: Date): Promise<void> {
  if (words.size === 0) return
  await sql`update product set ${sql.ref(side)} = new.words, changed_at = ${at}
    from unnest(${[...words.keys()]}::text[], ${[...words.values()].map(one => JSON.stringify(one))}::jsonb[]) as new (sku, words)
    where product.sku = new.sku`.execute(tx)
}

export async function productsWith(db: Db, skus: readonly string[]): Promise<Map<string, ProductRow>> {
  const { rows } = await sql<ProductRow>`select ${COLUMNS} from product where sku = any(${skus}::text[])`.execute(db)
  return new Map(rows.map(row => [row.sku, row]))
}

export type ProductFilter = { search?: string | undefined; category?: string | undefined; isActive?: boolean | undefined }

/** Products by their numbers, after `after`. `category`: an empty one stands for products that have none. */
export async function productsAfter(db: Db, filter: ProductFilter, after: string | null, limit: number): Promise<ProductRow[]> {
  // Postgres text cannot hold U+0000.
  const literal = filter.search
    ?.replaceAll('\0', '')
    .trim()
    .replace(/[\\%_]/g, '\\$&')
  const { rows } = await sql<ProductRow>`
    select ${COLUMNS} from product
    where sku > ${after ?? ''}
      ${literal ? sql`and (sku || ' ' || coalesce(name, '') || ' ' || coalesce(brand, '')) ilike ${`%${literal}%`}` : sql``}
      ${filter.category === undefined ? sql`` : filter.category === '' ? sql`and category is null` : sql`and category = ${filter.category.replaceAll('\0', '')}`}
      ${filter.isActive === undefined ? sql`` : sql`and is_active = ${filter.isActive}`}
    order by sku limit ${limit}`.execute(db)
  return rows
}

export async function categoriesOf(db: Db): Promise<{ category: string | null; products: number }[]> {
  const { rows } = await sql<{ category: string | null; products: number }>`
    select category, count(*)::int as products from product group by category order by category nulls last`.execute(db)
  return rows
}
