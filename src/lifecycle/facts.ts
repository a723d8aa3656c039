import { type LogEvent, TRAIT_SET } from '../events/contract.ts'
import { NO_ORDERS, OrderBook, type OrderEvent, type OrderFacts } from '../orders/index.ts'
import { type NumberFact, type TimeFact, type YesNoFact } from './model.ts'

/** What conditions may ask about one customer at an instant. Times in milliseconds since 1970. */
export type Facts = OrderFacts & { identified: boolean; firstSeenAt: number | null; lastSeenAt: number | null }

export const NO_FACTS: Facts = { ...NO_ORDERS, identified: false, firstSeenAt: null, lastSeenAt: null }

export type FactEvent = OrderEvent & Pick<LogEvent, 'id' | 'receivedAt'> & { identifies: boolean }

const DAY_MS = 86_400_000

/** Mean days between orders: their own rhythm. Two orders are one gap, which is an accident; three are a rhythm. */
export function gapDays({ orders, firstOrderAt, lastOrderAt }: OrderFacts): number | null {
  return orders < 3 || firstOrderAt === null || lastOrderAt === null ? null : (lastOrderAt - firstOrderAt) / (orders - 1) / DAY_MS
}

export const numberFact: Record<NumberFact, (facts: Facts) => number | null> = {
  orders: facts => facts.orders,
  gap_days: gapDays,
}
export const timeFact: Record<TimeFact, (facts: Facts) => number | null> = {
  first_seen: facts => facts.firstSeenAt,
  last_seen: facts => facts.lastSeenAt,
  first_order: facts => facts.firstOrderAt,
  last_order: facts => facts.lastOrderAt,
}
export const yesNoFact: Record<YesNoFact, (facts: Facts) => boolean> = { identified: facts => facts.identified }

/** Facts of one customer while their events are told in the order of `inTime`. */
export class FactFold {
  facts: Facts
  readonly #book: OrderBook

  constructor(facts: Facts) {
    this.facts = facts
    this.#book = OrderBook.from(facts)
  }

  /** False, and nothing changed: this event means something only together with the whole history. */
  tell(event: FactEvent): boolean {
    if (!this.#book.tell(event)) return false
    this.facts = {
      ...this.#book.facts,
      identified: this.facts.identified || event.identifies,
      firstSeenAt: this.facts.firstSeenAt ?? event.at,
      lastSeenAt: event.name === TRAIT_SET ? this.facts.lastSeenAt : event.at,
    }
    return true
  }
}
