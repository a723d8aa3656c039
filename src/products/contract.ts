import { z } from 'zod'

/** Minor units of a currency, never less than nothing. */
const price = z.object({ amount: z.int().min(0).max(1e12), currency: z.string().regex(/^[A-Z]{3}$/) })

/** What is kept of a product, and which of it people may say. */
export const PRODUCT_FIELDS = ['name', 'category', 'brand', 'price', 'cost', 'url', 'imageUrl', 'isActive'] as const
export type ProductField = (typeof PRODUCT_FIELDS)[number]

/** What was sold of a product in orders that count; null of a product that was never sold. */
export const sold = z.object({ pieces: z.number(), orders: z.int(), lastAt: z.iso.datetime() })
export type Sold = z.infer<typeof sold>

export const product = z.object({
  /** The number it is known by: the sku, else the product id of whoever told of it first. */
  sku: z.string(),
  name: z.string().nullable(),
  category: z.string().nullable(),
  brand: z.string().nullable(),
  price: price.nullable(),
  /** Null also for those who may not see it. */
  cost: price.nullable(),
  url: z.string().nullable(),
  imageUrl: z.string().nullable(),
  isActive: z.boolean(),
  /** What people or a file said; the rest was observed in orders and events. */
  given: z.array(z.enum(PRODUCT_FIELDS)),
  changedAt: z.iso.datetime(),
  sold: sold.nullable(),
})
export type Product = z.infer<typeof product>
export const productPage = z.object({
  items: z.array(product),
  next: z.string().nullable(),
  /** When what was sold was counted: for large shops that is a while ago. Null: it is being counted for the first time, and no product says it yet. */
  soldAsOf: z.iso.datetime().nullable(),
})
export type ProductPage = z.infer<typeof productPage>

export const categories = z.object({ items: z.array(z.object({ category: z.string().nullable(), products: z.int() })) })
export type Categories = z.infer<typeof categories>

const word = z.string().trim().min(1).max(500)
const address = z.url({ protocol: /^https?$/ }).max(2_000)
export const SKU_CHARS_MAX = 256
/** What is said of one product. Left out: stays as it is. Null: no longer said by us, so that what was observed counts again. */
export const productChange = z.object({
  sku: z.string().trim().min(1).max(SKU_CHARS_MAX),
  name: word.nullable().optional(),
  category: word.nullable().optional(),
  brand: word.nullable().optional(),
  price: price.nullable().optional(),
  cost: price.nullable().optional(),
  url: address.nullable().optional(),
  imageUrl: address.nullable().optional(),
  isActive: z.boolean().nullable().optional(),
})
export type ProductChange = z.infer<typeof productChange>
export const CHANGES_MAX = 1_000
export const productChanges = z.object({ items: z.array(productChange).min(1).max(CHANGES_MAX) })

export const FILE_TROUBLES = [
  'sku_missing',
  'sku_too_long',
  'price_unreadable',
  'cost_unreadable',
  'currency_unknown',
  'address_unreadable',
  'active_unreadable',
  'word_too_long',
  'twice',
  'ragged',
  'quote',
  'not_yours',
] as const
export type FileTrouble = (typeof FILE_TROUBLES)[number]

/** What a file of products says, or did: after a dry run nothing of it has happened. */
export const fileReport = z.object({
  isDryRun: z.boolean(),
  rows: z.int(),
  /** Products that are not known yet, that change, and that stay as they are. */
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  columns: z.array(z.object({ header: z.string(), field: z.string().nullable() })),
  /** Every row that is left out, with why in a sentence. */
  rejects: z.array(z.object({ row: z.int(), code: z.enum(FILE_TROUBLES), reason: z.string(), cells: z.array(z.string()) })),
})
export type FileReport = z.infer<typeof fileReport>
