import { z } from 'zod'

/** What a file can be about. */
export const FILE_KINDS = ['orders', 'customers', 'events', 'spend', 'consent'] as const
export const fileKind = z.enum(FILE_KINDS)
export type FileKind = z.infer<typeof fileKind>

/** What a column can mean, by kind of file. Events come as lines of JSON and have no columns. One row of orders may be a line of an order. */
export const FIELDS_OF = {
  orders: [
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
  ],
  customers: [
    'customer_id',
    'email',
    'phone',
    'name',
    'first_name',
    'last_name',
    'country',
    'city',
    'created_at',
    'consent_email',
    'consent_sms',
    'consent_whatsapp',
    'consented_at',
    'withdrawn_at',
    'consent_ip',
  ],
  events: [],
  spend: ['day', 'spend_channel', 'campaign', 'amount', 'currency'],
  consent: [
    'customer_id',
    'email',
    'phone',
    'consent_status',
    'purpose',
    'consent_channel',
    'consented_at',
    'consent_source',
    'consent_proof',
    'consent_ip',
  ],
} as const
export const FIELDS = [
  ...FIELDS_OF.orders,
  'first_name',
  'last_name',
  'created_at',
  'consent_email',
  'consent_sms',
  'consent_whatsapp',
  'consented_at',
  'withdrawn_at',
  'consent_ip',
  'day',
  'spend_channel',
  'campaign',
  'consent_status',
  'purpose',
  'consent_channel',
  'consent_source',
  'consent_proof',
] as const
export const field = z.enum(FIELDS)
export type Field = z.infer<typeof field>

export const TRAITS_MAX = 100
/** A column of a customers file that is kept as a trait of this name. Numbers are kept as numbers, so that they can be compared. */
export const traitColumn = z.object({
  column: z.int().min(0),
  name: z.string().trim().min(1).max(100),
  isNumber: z.boolean().optional(),
})
export type TraitColumn = z.infer<typeof traitColumn>

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
  /** Where phone numbers without a country's code are at home, unless the row says (ISO 3166). */
  country: z.string().length(2).nullable().optional(),
  /** Several rows of one order: `order` = each repeats the order's total (or leaves it out); `row` = each has its own part. Absent: `order`. */
  amountPer: z.enum(['order', 'row']).optional(),
  /** Amounts in whole units (12.50) or in the smallest (1250). Null: only the person knows. Absent: whole units. */
  amountUnit: z.enum(['major', 'minor']).nullable().optional(),
  /** The person says that this file of orders tells no amounts: what they were worth stays unknown. */
  noAmount: z.boolean().optional(),
  /** For rows of spend without a channel of their own. */
  spendChannel: z.string().trim().max(200).optional(),
  /** Columns of a customers file that are kept as traits. */
  traits: z.array(traitColumn).max(TRAITS_MAX).optional(),
  /** Whether what a customers file says of consent is kept as such. Null: it says something, and the person has not been asked yet. */
  consents: z.boolean().nullable().optional(),
})
export type Mapping = z.infer<typeof mapping>

/** A question that the file leaves open and only a person can answer, with two readings of a value from the file. */
export const question = z.object({
  about: z.enum(['dateOrder', 'decimal', 'columns', 'amountUnit', 'consents']),
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
  /** The same for the other kinds of file: in words, under names. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })).nullable(),
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
  kind: z.enum([...FILE_KINDS, 'sample']),
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
      /** What is new: orders, customers, events, amounts of spend or consents, by the kind of file. */
      entries: z.int(),
      /** Those of them that are orders. */
      orders: z.int(),
      /** Different people in the file. */
      customers: z.int(),
      /** What is so already, unchanged; not among `entries`. */
      known: z.int(),
      /** Consents given, denied or withdrawn. */
      consents: z.int(),
      /** Days of a channel whose spend is known otherwise and will be, or was, replaced. */
      replaced: z.int(),
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
  /** Until when the rows that were left out are kept; null when there are none, or no longer. */
  rejectsUntil: z.iso.datetime().nullable(),
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

/** PUT /api/imports/:id/kind */
export const kindChange = z.object({ kind: fileKind })
