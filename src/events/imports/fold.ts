import { hash } from 'node:crypto'
import { CONSENT_EVENTS, type Envelope, ORDER_EVENTS } from '../contract.ts'
import { type RejectCode } from './reject.ts'

/** `isEntry`: one of those that the file is about, and that are counted. */
export type NumberedEvent = { seq: number; envelope: Envelope; isEntry: boolean }

/** A row that contradicts an earlier one. */
export type Conflict = { row: number; code: RejectCode; params: Record<string, string | number> }

/** What the rows of a file come to. `totals`: orders less refunds, or spend, by currency. */
export type Made = {
  events: number
  entries: number
  orders: number
  customers: number
  consents: number
  conflicts: number
  firstAt: number | null
  lastAt: number | null
  totals: ReadonlyMap<string, number>
}

/** Makes numbered events of staged rows, which come sorted by what they are about. What is ready is taken out in pieces, so that memory does not grow with the file. */
export type Fold = {
  add(content: string): void
  end(): void
  /** How many events and conflicts wait to be taken. */
  readonly waiting: number
  takeEvents(): NumberedEvent[]
  takeConflicts(): Conflict[]
  readonly made: Made
}

/** An amount of money spent, on its way in as if it were an event. */
export const SPEND = 'Spend'
export const IDENTIFIED = 'Identified'
const CONSENTS = new Set<string>(Object.values(CONSENT_EVENTS))

/** Numbers and counts what a fold makes. */
export class Numbered {
  readonly #isEntry: (envelope: Envelope) => boolean
  readonly #undated: number | null
  #seq = 0
  #ready: NumberedEvent[] = []
  #conflicts: Conflict[] = []
  readonly #totals = new Map<string, number>()
  readonly #counts = { entries: 0, orders: 0, customers: 0, consents: 0, conflicts: 0 }
  #firstAt: number | null = null
  #lastAt: number | null = null

  /** `undated`: the time of what the file gives no time to. */
  constructor(isEntry: (envelope: Envelope) => boolean = () => true, undated: number | null = null) {
    this.#isEntry = isEntry
    this.#undated = undated
  }

  get waiting(): number {
    return this.#ready.length + this.#conflicts.length
  }

  takeEvents(): NumberedEvent[] {
    const taken = this.#ready
    this.#ready = []
    return taken
  }

  takeConflicts(): Conflict[] {
    const taken = this.#conflicts
    this.#conflicts = []
    return taken
  }

  get made(): Made {
    return { ...this.#counts, events: this.#seq, firstAt: this.#firstAt, lastAt: this.#lastAt, totals: this.#totals }
  }

  protected emit(envelope: Envelope): void {
    const isEntry = this.#isEntry(envelope)
    this.#seq++
    if (isEntry) this.#counts.entries++
    this.#count(envelope)
    this.#ready.push({ seq: this.#seq, envelope, isEntry })
  }

  protected conflict(conflict: Conflict): void {
    this.#counts.conflicts++
    this.#conflicts.push(conflict)
  }

  protected customer(): void {
    this.#counts.customers++
  }

  #count({ name, at, amount, currency = '' }: Envelope): void {
    if (name === ORDER_EVENTS.completed) this.#counts.orders++
    if (CONSENTS.has(name)) this.#counts.consents++
    if (name === ORDER_EVENTS.cancelled) return
    if (at !== this.#undated) {
      this.#firstAt = Math.min(this.#firstAt ?? at, at)
      this.#lastAt = Math.max(this.#lastAt ?? at, at)
    }
    if (amount === undefined || !(name === ORDER_EVENTS.completed || name === ORDER_EVENTS.refunded || name === SPEND)) return
    this.#totals.set(currency, (this.#totals.get(currency) ?? 0) + (name === ORDER_EVENTS.refunded ? -amount : amount))
  }
}

/** The same content has the same id, so that a file can come again; what is said otherwise has another, and is told anew. */
export const withMessageId = (envelope: Omit<Envelope, 'messageId'>): Envelope => ({
  messageId: hash('sha256', JSON.stringify(envelope)).slice(0, 40),
  ...envelope,
})
