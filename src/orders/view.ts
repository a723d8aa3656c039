import { type Rates, type Worth, worthOf } from '../company/contract.ts'
import { type LogEvent, ORDER_EVENTS, type OrderLine, orderNumberOf } from '../events/contract.ts'
import { OrderBook } from './book.ts'
import { type CustomerOrder } from './contract.ts'
import { amountsOf, counts, netOf, type Order, type OrderEvent, stateOf } from './order.ts'

/** A word on an order as the log has it. */
export type OrderWord = OrderEvent & Pick<LogEvent, 'id' | 'lines' | 'sourceId'>

/** What the one who asks may see, what sources are called, and what currencies are worth. */
export type Telling = { mayMoney: boolean; sources: ReadonlyMap<number, string>; rates: Rates }

export const bookOf = (words: Iterable<OrderEvent>): ReadonlyMap<string, Order> => {
  const book = OrderBook.empty()
  for (const word of words) book.tell(word)
  return book.orderMap ?? new Map()
}

/** What some orders brought together, each at the rate of its day. */
export const worthOfOrders = (orders: Iterable<Order>, rates: Rates): Worth => worthOf([...orders].flatMap(amountsOf), rates)

type Told = { id: string; order: Order; words: OrderWord[] }

/** Orders with what was said of each, the newest first. */
export function toldOrders(words: readonly OrderWord[]): Told[] {
  const about = Map.groupBy(words, word => word.orderId)
  return [...bookOf(words)]
    .map(([id, order]) => ({ id, order, words: about.get(id) ?? [] }))
    .sort((a, b) => timeOf(b) - timeOf(a) || (a.id < b.id ? -1 : 1))
}

/** When it was placed; where nobody told, when it was first heard of. */
const timeOf = ({ order, words }: Told): number => order.placedAt ?? Math.min(...words.map(word => word.at))

export function orderInWords({ id, order, words }: Told, { mayMoney, sources, rates }: Telling): CustomerOrder {
  const currency = order.worth?.currency ?? ''
  const seen = <T>(money: T): T | null => (mayMoney ? money : null)
  return {
    id,
    number: orderNumberOf(id),
    state: stateOf(order),
    counts: counts(order),
    placedAt: order.placedAt === null ? null : iso(order.placedAt),
    lastAt: iso(Math.max(...words.map(word => word.at))),
    amount: order.worth === null ? null : seen({ amount: order.worth.amount, currency }),
    refunds: refundsOf(order).map(({ at, money }) => ({ at: iso(at), money: money && seen(money) })),
    net: mayMoney
      ? Object.entries(netOf(order))
          .map(([currency, amount]) => ({ amount, currency }))
          .sort(byMoney)
      : [],
    worth: seen(worthOfOrders([order], rates)),
    lines: linesOf(words).map(line => ({
      sku: line.sku ?? null,
      name: line.name ?? null,
      category: line.category ?? null,
      variant: line.variant ?? null,
      quantity: line.quantity,
      price: line.price === undefined ? null : seen({ amount: line.price, currency }),
    })),
    events: words.map(({ id, name, at, sourceId }) => ({ id, name, at: iso(at), source: sources.get(sourceId) ?? null })),
  }
}

type Money = { amount: number; currency: string }
const byMoney = (a: Money, b: Money): number =>
  a.currency === b.currency ? a.amount - b.amount : a.currency < b.currency ? -1 : 1

/** Refunds in the order of time, and those of one instant by what they are: when we heard of them plays no part. Without money: of all of it. */
function refundsOf(order: Order): { at: number; money: Money | null }[] {
  const parts = [...order.refunds.values()]
    .sort((a, b) => a.at - b.at || byMoney(a, b))
    .map(({ at, amount, currency }) => ({ at, money: { amount, currency } }))
  const whole = order.refundedAt === null ? [] : [{ at: order.refundedAt, money: null }]
  return [...parts, ...whole].sort((a, b) => a.at - b.at)
}

const iso = (at: number): string => new Date(at).toISOString()

/** What is in it: the latest word on that, by the rule of `Order.worth`. */
function linesOf(words: readonly OrderWord[]): OrderLine[] {
  const telling = words.filter(
    word => word.lines.length > 0 && (word.name === ORDER_EVENTS.completed || word.name === ORDER_EVENTS.updated),
  )
  const rank = (word: OrderWord) => (word.name === ORDER_EVENTS.updated ? 1 : 0)
  const last = telling.sort(
    (a, b) => b.at - a.at || rank(b) - rank(a) || (JSON.stringify(b.lines) < JSON.stringify(a.lines) ? -1 : 1),
  )[0]
  return last?.lines ?? []
}
