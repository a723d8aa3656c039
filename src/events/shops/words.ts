import { type Envelope, type Identity, type OrderLine } from '../contract.ts'

/** Why a delivery brings nothing although it is understood. Each has its sentence in messages/en/shops.json under `unused.<code>`. */
export const UNUSED = ['topic', 'nobody', 'unpaid', 'nothing', 'left_out'] as const
export type Unused = (typeof UNUSED)[number]

/** Why a delivery could not be understood. Each has its sentence in messages/en/shops.json under `unclear.<code>`. */
export const UNCLEAR = [
  'not_json',
  'not_an_object',
  'unusable',
  'no_id',
  'no_list',
  'too_many',
  'no_name',
  'no_identity',
  'no_order',
  'bad_time',
  'time_too_early',
  'time_in_future',
  'bad_amount',
  'bad_currency',
  'refused_by_store',
] as const
export type UnclearReason = (typeof UNCLEAR)[number]

export type Traits = NonNullable<Envelope['traits']>
export type Who = { identities: Identity[]; traits: Traits }

/** What an order is worth, as one version of it says. */
export type Worth = { amount: number; lines: OrderLine[]; properties: Record<string, unknown> }
/** Money paid back; without an amount all of it. */
export type RefundWord = { id: string; at: number; amount: number | null }

/** What one delivery says of one order. Nothing in it depends on what was told before. */
export type OrderWord = {
  is: 'order'
  /** The shop's own id of the order. */
  key: string
  /** The number by which people and files call it; null where only the shop's id is told. */
  orderId: string | null
  currency: string | null
  who: Who
  /** Of this version. */
  at: number
  /** When it was placed; null where that is not told, or where it is no order yet. */
  placedAt: number | null
  worth: Worth | null
  /** Whether it is cancelled in this version, and since when; undefined where nothing is said of that. */
  cancelledAt?: number | null
  /** From when on that is so, where it is not the time of the version. */
  stateAt?: number
  refunds: RefundWord[]
}

/** Anything else that happened. `id` makes it repeatable, within the connection. */
export type EventWord = { is: 'event'; id: string; envelope: Omit<Envelope, 'messageId'> }

export type Word = OrderWord | EventWord

/** What a delivery says. */
export type Heard =
  | { is: 'words'; words: Word[] }
  | { is: 'unused'; because: Unused }
  | { is: 'test' }
  /** The shop will say nothing more. */
  | { is: 'ended' }

/** Thrown while a delivery is read: it cannot be understood, and where. */
export class Unclear extends Error {
  override name = 'Unclear'
  readonly reason: UnclearReason
  readonly field: string | null
  constructor(reason: UnclearReason, field: string | null = null) {
    super(reason)
    this.reason = reason
    this.field = field
  }
}

/** What is known beside the body. */
export type Setting = {
  /** Keeps ids of small shops apart that count their customers from one. */
  connectionId: number
  receivedAt: number
  /** Of amounts without one. */
  currency: string
  takesTests: boolean
  /** What makes the delivery the same one again. */
  key: string
}
