import { hash } from 'node:crypto'
import { type Envelope, type Identity, ORDER_EVENTS } from '../contract.ts'
import { type OrderWord, type Worth } from './words.ts'

/** One version of an order: when it was so, and what it was worth. `mark` stands for that: stores give objects back with their keys in another order. */
export type Point = { at: number; mark: string } & Worth

/** What is remembered of an order between two deliveries. */
export type Memory = {
  orderId: string | null
  currency: string | null
  identities: Identity[]
  /** When it was said to be placed; null: not told yet. */
  placedAt: number | null
  /** Its versions by their time; of several that say the same one after the other, the first and the last. */
  points: Point[]
  /** Of the latest version that says whether it is cancelled, and what it says. */
  stateAt: number
  cancelledAt: number | null
  isCancelTold: boolean
  /** How often it was told as cancelled and was an order again after all. */
  revivals: number
  /** Refunds and people that were told. */
  told: string[]
}

export const UNHEARD: Memory = {
  orderId: null,
  currency: null,
  identities: [],
  placedAt: null,
  points: [],
  stateAt: 0,
  cancelledAt: null,
  isCancelTold: false,
  revivals: 0,
  told: [],
}

// An order that changes oftener than that is changed by a machine; the oldest versions are then no longer compared.
const POINTS_MAX = 40
const TOLD_MAX = 500

type Told = Omit<Envelope, 'messageId'> & { id: string }

/**
 * What a delivery's word on an order adds to the log. Shops send an order anew whenever anything about it changes, in any order and repeatedly:
 * it is placed once, and told again only where its worth is another one than that of the version before. So what all deliveries say together
 * is the same whatever came first. `waits`: nobody knows yet whose order it is, and nothing of the word is taken in.
 */
export function hear(before: Memory, word: OrderWord): { memory: Memory; envelopes: Told[]; waits: boolean } {
  const memory = stateHeard(acquainted(before, word), word)
  const { orderId, currency, identities } = memory
  if (orderId === null || currency === null || identities.length === 0) return { memory, envelopes: [], waits: true }
  const base = {
    identities: word.who.identities.length > 0 ? word.who.identities : identities,
    orderId: memory.revivals === 0 ? orderId : `${orderId}-${memory.revivals + 1}`,
    currency,
  }
  const traits = Object.keys(word.who.traits).length > 0 ? { traits: word.who.traits } : {}
  const envelopes: Told[] = []
  const said = (name: string, at: number, { amount, lines, properties, mark }: Point) => {
    const content = { amount, ...(lines.length > 0 && { lines }), properties }
    const id = name === ORDER_EVENTS.completed ? 'completed' : `updated:${at}:${mark}`
    envelopes.push({ id, ...base, name, at, ...content, ...traits })
  }

  if (word.placedAt !== null && word.worth !== null) {
    const point = { at: word.at, mark: digest([word.worth.amount, word.worth.lines]), ...word.worth }
    const after = withPoint(memory.points, point)
    if (memory.placedAt === null) said(ORDER_EVENTS.completed, word.placedAt, point)
    // Heard of later, placed earlier.
    else if (word.placedAt < memory.placedAt) said(ORDER_EVENTS.updated, word.placedAt, point)
    for (const point of changesIn(after))
      if (!changesIn(memory.points).includes(point)) said(ORDER_EVENTS.updated, point.at, point)
    memory.placedAt = Math.min(memory.placedAt ?? word.placedAt, word.placedAt)
    memory.points = after
  }
  if (memory.placedAt !== null && memory.cancelledAt !== null && !memory.isCancelTold) {
    envelopes.push({ id: 'cancelled', ...base, name: ORDER_EVENTS.cancelled, at: Math.max(memory.cancelledAt, memory.placedAt) })
    memory.isCancelTold = true
  }
  for (const { id, at, amount } of word.refunds) {
    if (!isNews(memory, `refund:${id}:${amount}`)) continue
    const what = { name: ORDER_EVENTS.refunded, at, ...(amount !== null && { amount }), properties: { refund_id: id } }
    envelopes.push({ id: `refund:${id}:${amount ?? 'all'}`, ...base, ...what })
  }
  // Who it is may be told by a version that says nothing else that is new.
  const who = `who:${digest([word.who.identities, word.who.traits])}`
  if (word.who.identities.length > 0 && isNews(memory, who) && !envelopes.some(({ traits }) => traits !== undefined))
    envelopes.push({ id: `${who}`, identities: word.who.identities, name: 'Identified', at: word.at, ...traits })
  return {
    memory,
    envelopes: envelopes.map(one => ({ ...one, id: memory.revivals === 0 ? one.id : `${memory.revivals}:${one.id}` })),
    waits: false,
  }
}

/**
 * Whether it is cancelled is what the latest version says. What was told as cancelled never counts again; a shop may think otherwise, as when somebody pays after all.
 * It is then told as another order, with the same time and all that belongs to it.
 */
function stateHeard(memory: Memory, { cancelledAt, at, stateAt = at }: OrderWord): Memory {
  if (cancelledAt === undefined || stateAt < memory.stateAt) return memory
  const now = { ...memory, stateAt, cancelledAt }
  if (cancelledAt !== null || !memory.isCancelTold) return now
  const revivals = memory.revivals + 1
  const told = memory.told.filter(what => !what.startsWith('refund:'))
  return { ...now, isCancelTold: false, revivals, placedAt: null, points: [], told }
}

/** With what the word says about whose it is and what it is called; a copy that may be changed. */
function acquainted(memory: Memory, { orderId, currency, who }: OrderWord): Memory {
  const known = new Set(memory.identities.map(one => `${one.kind}:${one.value}`))
  return {
    ...memory,
    orderId: memory.orderId ?? orderId,
    currency: memory.currency ?? currency,
    identities: [...memory.identities, ...who.identities.filter(one => !known.has(`${one.kind}:${one.value}`))],
    told: [...memory.told],
  }
}

function isNews(memory: Memory, what: string): boolean {
  if (memory.told.includes(what)) return false
  memory.told = [...memory.told, what].slice(-TOLD_MAX)
  return true
}

const digest = (value: unknown): string => hash('sha256', JSON.stringify(value)).slice(0, 12)
const isSame = (a: Point, b: Point): boolean => a.mark === b.mark

/** Shops tell time in whole seconds. Of two versions in the same one that differ, the one that says more counts as the later. */
const isMore = (a: Point, b: Point): boolean => (a.amount !== b.amount ? a.amount > b.amount : a.mark > b.mark)

/** The versions with one more. */
export function withPoint(points: readonly Point[], point: Point): Point[] {
  const all = [...points]
  let next: Point | undefined = point
  while (next !== undefined) {
    const at: number = next.at
    const found = all.findIndex(one => one.at >= at)
    const there = all[found]
    if (there === undefined || there.at > at) {
      all.splice(found === -1 ? all.length : found, 0, next)
      next = undefined
    } else if (isSame(there, next)) next = undefined
    else if (isMore(next, there)) next = { ...next, at: at + 1 }
    else {
      all[found] = next
      next = { ...there, at: at + 1 }
    }
  }
  return compressed(all)
}

/** Of equal versions one after the other the first and the last are enough to place any other that comes later. */
function compressed(points: readonly Point[]): Point[] {
  const kept = points.filter((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    return before === undefined || after === undefined || !isSame(before, point) || !isSame(point, after)
  })
  return kept.slice(-POINTS_MAX)
}

/** The versions that say something else than the one before them. */
const changesIn = (points: readonly Point[]): Point[] =>
  points.filter((point, i) => {
    const before = points[i - 1]
    return before !== undefined && !isSame(before, point)
  })
