import { z } from 'zod'

export const SHOP_KINDS = ['shopify', 'woocommerce', 'stripe', 'generic'] as const
export const shopKind = z.enum(SHOP_KINDS)
export type ShopKind = z.infer<typeof shopKind>

export const RESULTS = ['accepted', 'not_used', 'not_understood', 'test', 'waiting', 'held'] as const
/** accepted: events came of it · waiting: for the order it is about · held: the connection was off, or had no mapping yet */
export const result = z.enum(RESULTS)
export type Result = z.infer<typeof result>

/** How many days the contents of a delivery are kept. */
export const BODY_DAYS = 30

// Where a value stands

/** `order.lines[0].sku`, `["a key.with dots"].x`; from the beginning of the body with `$` in front: `$.order.id`. */
export const PATH = /^(?:\$|[^$.[\]"][^.[\]"]*|\[\d{1,6}\]|\["[^"]{1,200}"\])(?:\.[^.[\]"]+|\[\d{1,6}\]|\["[^"]{1,200}"\])*$/
export const path = z.string().trim().max(300).regex(PATH, 'This is not a path such as order.lines[0].sku.')
const name = z.string().trim().min(1).max(200)

const field = z.object({ name, path })
/** How the body of a generic webhook is read. Nothing is computed: a value is taken from where its path points. */
export const mapping = z.object({
  /** A list in the body, each of whose elements is an event; other paths then begin at the element. */
  each: path.nullable().default(null),
  /** What makes a delivery the same one again, unless `idHeader` says it; without either, its whole content. */
  id: path.nullable().default(null),
  idHeader: name.nullable().default(null),
  /** A name for all, or where it stands; names that are listed are changed, the others kept or left out. */
  event: z.discriminatedUnion('from', [
    z.object({ from: z.literal('fixed'), name }),
    z.object({
      from: z.literal('path'),
      path,
      names: z
        .array(z.object({ told: name, name }))
        .max(100)
        .default([]),
      others: z.enum(['keep', 'leave_out']).default('keep'),
    }),
  ]),
  /** Without it, the time of arrival. */
  at: path.nullable().default(null),
  customer: z
    .array(
      z.object({
        kind: z
          .string()
          .trim()
          .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Small letters, digits and _ only.'),
        path,
      }),
    )
    .min(1)
    .max(10),
  orderId: path.nullable().default(null),
  refundId: path.nullable().default(null),
  amount: path.nullable().default(null),
  /** major: 12.30 · minor: 1230 */
  unit: z.enum(['major', 'minor']).default('major'),
  /** Without either, the company's. */
  currency: z
    .discriminatedUnion('from', [
      z.object({ from: z.literal('fixed'), code: z.string().trim().length(3) }),
      z.object({ from: z.literal('path'), path }),
    ])
    .nullable()
    .default(null),
  /** A list; the paths of a line begin at its element. */
  lines: z
    .object({
      path,
      sku: path.nullable().default(null),
      productId: path.nullable().default(null),
      name: path.nullable().default(null),
      category: path.nullable().default(null),
      quantity: path.nullable().default(null),
      price: path.nullable().default(null),
    })
    .nullable()
    .default(null),
  traits: z.array(field).max(50).default([]),
  properties: z.array(field).max(100).default([]),
})
export type Mapping = z.infer<typeof mapping>
export type MappingInput = z.input<typeof mapping>

/** How a generic webhook shows that it comes from where it says. `none`: whoever knows the address may send. */
export const proof = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('hmac'),
    header: name,
    encoding: z.enum(['hex', 'base64']),
    /** In front of the signature, such as `sha256=`. */
    prefix: z.string().max(50).default(''),
  }),
  z.object({ by: z.literal('token'), header: name }),
  z.object({ by: z.literal('none') }),
])
export type Proof = z.infer<typeof proof>

// Connections

const count = z.int().min(0)
export const quiet = z.object({
  /** Since when nothing was heard. */
  since: z.iso.datetime(),
  /** How long it usually is from one delivery to the next (the median), in milliseconds. */
  usualMs: z.int(),
})
export const shopView = z.object({
  id: z.string(),
  kind: shopKind,
  name: z.string(),
  /** Where the shop sends to. */
  address: z.string(),
  /** The source under which its events stand in the log. */
  sourceId: z.string(),
  hasSecret: z.boolean(),
  /** The kept secret cannot be opened any more, and has to be entered again. */
  isSecretLost: z.boolean(),
  proof: proof.nullable(),
  mapping: mapping.nullable(),
  takesTests: z.boolean(),
  isOn: z.boolean(),
  createdAt: z.iso.datetime(),
  lastAt: z.iso.datetime().nullable(),
  /** WooCommerce has asked whether anybody is there. */
  pingedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  /** Deliveries that are still listed, by what became of them. */
  counts: z.object({ accepted: count, not_used: count, not_understood: count, test: count, waiting: count, held: count }),
  /** Sent again although they were here already. */
  repeated: count,
  /** Turned away at the door in the last thirty days, by reason. */
  refused: z.array(z.object({ reason: z.string(), why: z.string(), times: z.int(), lastAt: z.iso.datetime() })),
  /** It has been still for longer than it ever usually is; null while it is not, or too little is known. */
  quiet: quiet.nullable(),
})
export type ShopView = z.infer<typeof shopView>
export const shopList = z.object({ items: z.array(shopView), next: z.null() })

const secret = z.string().trim().min(1).max(1000)
export const newShop = z.object({
  kind: shopKind,
  name,
  secret: secret.optional(),
  takesTests: z.boolean().default(false),
  proof: proof.optional(),
  mapping: mapping.optional(),
})
export type NewShop = z.infer<typeof newShop>
export const shopChange = z.object({
  name: name.optional(),
  /** A new one; the old one is no longer good. */
  secret: secret.optional(),
  takesTests: z.boolean().optional(),
  isOn: z.boolean().optional(),
  proof: proof.optional(),
  mapping: mapping.optional(),
})
export type ShopChange = z.infer<typeof shopChange>

const id = z.string().regex(/^\d{1,9}$/)
export const shopParams = z.object({ id })
export const deliveryParams = z.object({ id, deliveryId: z.string().regex(/^\d{1,15}$/) })

// Deliveries

export const delivery = z.object({
  id: z.string(),
  topic: z.string(),
  result,
  /** Why nothing came of it, as a code and as a sentence. */
  reason: z.string().nullable(),
  why: z.string().nullable(),
  field: z.string().nullable(),
  events: z.int(),
  /** How often it was sent. */
  times: z.int(),
  receivedAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** Its contents are still kept. */
  hasBody: z.boolean(),
})
export type Delivery = z.infer<typeof delivery>
export const deliveryQuery = z.object({
  result: result.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const deliveryPage = z.object({ items: z.array(delivery), next: z.string().nullable() })
export type DeliveryPage = z.infer<typeof deliveryPage>
/** GET /api/shops/:id/deliveries/:deliveryId : `body` as text; `isMasked`: words that may be somebody's contact details or money are hidden. */
export const openDelivery = delivery.extend({ body: z.string().nullable(), isMasked: z.boolean() })
export type OpenDelivery = z.infer<typeof openDelivery>

/** POST /api/shops/:id/replay : these deliveries, or all with a result, oldest first, at most some hundreds in one go; `next` goes on. */
export const replayWish = z.object({
  ids: z
    .array(z.string().regex(/^\d{1,15}$/))
    .min(1)
    .max(200)
    .optional(),
  result: result.optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
})
export type ReplayWish = z.infer<typeof replayWish>
export const replayed = z.object({
  replayed: z.int(),
  accepted: z.int(),
  /** Without their contents, which are no longer kept. */
  forgotten: z.int(),
  next: z.string().nullable(),
})
export type Replayed = z.infer<typeof replayed>

/** POST /api/shops/preview : what a body would become. */
export const previewWish = z.object({
  mapping,
  /** A body as text, or a kept delivery of a connection. */
  sample: z.string().max(1_000_000).optional(),
  shopId: id.optional(),
  deliveryId: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
})
export type PreviewWish = z.infer<typeof previewWish>
export const previewEvent = z.object({
  /** Null when it cannot be used: then `why`. */
  name: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  identities: z.array(z.object({ kind: z.string(), value: z.string() })),
  orderId: z.string().nullable(),
  amount: z.object({ amount: z.int(), currency: z.string() }).nullable(),
  lines: z.array(
    z.object({ sku: z.string().nullable(), name: z.string().nullable(), quantity: z.number(), price: z.int().nullable() }),
  ),
  traits: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  properties: z.record(z.string(), z.unknown()),
  why: z.string().nullable(),
  field: z.string().nullable(),
})
export type PreviewEvent = z.infer<typeof previewEvent>
export const preview = z.object({ events: z.array(previewEvent), total: z.int() })
export type Preview = z.infer<typeof preview>
