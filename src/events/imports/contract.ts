import { z } from 'zod'

/** What a column of an orders file can mean. One row may be an order or a line of an order. */
export const FIELDS = [
  'customer_id',
  'email',
  'name',
  'phone',
  'country',
  'city',
  'order_id',
  'ordered_at',
  'amount',
  'currency',
  'status',
  'cancelled_at',
  'refunded_amount',
  'line_sku',
  'line_name',
  'line_quantity',
  'line_price',
] as const
export const field = z.enum(FIELDS)
export type Field = z.infer<typeof field>

export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const
export const mapping = z.object({
  /** Column index (0-based) for each meaning; a meaning that is absent is not in the file. */
  columns: z.partialRecord(field, z.int().min(0)),
  delimiter: z.enum([',', ';', '\t', '|', ' ']),
  encoding: z.enum(['utf-8', 'latin1', 'utf-16le', 'utf-16be']),
  hasHeader: z.boolean(),
  /** Null: the file does not decide between day-month and month-day, so the person must. */
  dateOrder: z.enum(DATE_ORDERS).nullable(),
  /** Null: undecided, as above: 1.234 may be a thousand or one and a bit. */
  decimal: z.enum(['.', ',']).nullable(),
  /** For times without an offset; an IANA name. */
  timeZone: z.string(),
  /** For rows without a currency of their own. */
  currency: z.string(),
  /** Several rows of one order: `order` = each repeats the order's total (or leaves it out); `row` = each has its own part. Absent: `order`. */
  amountPer: z.enum(['order', 'row']).optional(),
})
export type Mapping = z.infer<typeof mapping>

/** A question that the file leaves open and only a person can answer, with two readings of a value from the file. */
export const question = z.object({
  about: z.enum(['dateOrder', 'decimal', 'columns']),
  sample: z.string().nullable(),
  options: z.array(z.object({ value: z.string(), reading: z.string() })),
  missing: z.array(field),
})

export const previewRow = z.object({
  row: z.int(),
  cells: z.array(z.string()),
  /** As the row would go in, or why it would not. */
  order: z
    .object({ customer: z.string(), orderId: z.string().nullable(), at: z.iso.datetime(), amount: z.int(), currency: z.string() })
    .nullable(),
  reason: z.string().nullable(),
})

export const IMPORT_STATES = [
  'draft',
  'checking',
  'checked',
  'importing',
  'done',
  'failed',
  'cancelled',
  'undoing',
  'undone',
] as const
export const importView = z.object({
  id: z.string(),
  kind: z.enum(['orders', 'sample']),
  fileName: z.string(),
  bytes: z.int(),
  state: z.enum(IMPORT_STATES),
  /** Name of a recognised export such as Shopify's, or null. */
  recognised: z.string().nullable(),
  columns: z.array(z.object({ name: z.string(), samples: z.array(z.string()) })),
  mapping,
  questions: z.array(question),
  preview: z.array(previewRow),
  /** From the dry run over the whole file, and kept up to date while importing. */
  counts: z
    .object({
      rows: z.int(),
      rejected: z.int(),
      /** Orders that are new to the log. */
      orders: z.int(),
      customers: z.int(),
      /** Orders that were in the log before, unchanged; not among `orders`. */
      known: z.int(),
      firstAt: z.iso.datetime().nullable(),
      lastAt: z.iso.datetime().nullable(),
      totals: z.array(z.object({ amount: z.int(), currency: z.string() })),
    })
    .nullable(),
  /** 0 … 1 within the present state; null when it does not move. */
  progress: z.number().nullable(),
  /** Seconds left in the present state, as far as one can tell. */
  secondsLeft: z.number().nullable(),
  error: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  createdBy: z.string().nullable(),
})
export type ImportView = z.infer<typeof importView>
export const importPage = z.object({
  items: z.array(importView.omit({ preview: true, columns: true })),
  next: z.string().nullable(),
})
export type ImportPage = z.infer<typeof importPage>
