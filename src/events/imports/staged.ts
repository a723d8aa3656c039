import { type Identity, type IdentityKind, type OrderLine } from '../contract.ts'
import { type RecordTrouble } from './records.ts'
import { type Reject } from './reject.ts'
import { type GoodRow } from './row.ts'
import { type OrderStatus } from './status.ts'

/** A row that can go in, on its way to be sorted: by what it is about, then by which of its things. */
export type StagedRow = { row: number; first: string; second: string; content: string }

/** Reads the records of one file, in their order. */
export type Reader = { read(cells: string[], row: number, trouble: RecordTrouble | null): StagedRow | Reject }

// A staged row of orders as short as it can be: a file has millions, and each is written, sorted and read once.
type Short = {
  r: number
  k: string
  o: string
  /** Absent: the order id is the file's own. */
  d?: 1
  t: number
  c: string
  a?: number
  w?: number
  s?: OrderStatus
  x?: number
  f?: number
  l?: OrderLine
  p?: Record<string, string>
  /** Absent: the customer is the one identity. */
  i?: Identity[]
}

export function shortOf(row: GoodRow): string {
  const short: Short = { r: row.row, k: row.customer, o: row.orderId, t: row.at, c: row.currency }
  if (!row.hasOrderId) short.d = 1
  if (row.amount !== null) short.a = row.amount
  if (row.worth !== null) short.w = row.worth
  if (row.status !== 'placed') short.s = row.status
  if (row.cancelledAt !== null) short.x = row.cancelledAt
  if (row.refunded !== null) short.f = row.refunded
  if (row.line !== null) short.l = row.line
  if (Object.keys(row.traits).length > 0) short.p = row.traits
  if (row.identities.length > 1) short.i = row.identities
  return JSON.stringify(short)
}

export function rowOf(text: string): GoodRow {
  const short = JSON.parse(text) as Short
  return {
    row: short.r,
    customer: short.k,
    identities: short.i ?? [onlyIdentity(short.k)],
    orderId: short.o,
    hasOrderId: short.d === undefined,
    at: short.t,
    amount: short.a ?? null,
    worth: short.w ?? null,
    currency: short.c,
    status: short.s ?? 'placed',
    cancelledAt: short.x ?? null,
    refunded: short.f ?? null,
    line: short.l ?? null,
    traits: short.p ?? {},
  }
}

function onlyIdentity(customer: string): Identity {
  const colon = customer.indexOf(':')
  return { kind: customer.slice(0, colon) as IdentityKind, value: customer.slice(colon + 1) }
}
