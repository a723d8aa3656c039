import { inTime } from '../events/contract.ts'
import { dayOf } from '../platform/calendar.ts'
import { type FactEvent } from './facts.ts'
import { type Condition, type Fact, type Model, OUTSIDE, type Quantity, UNASSIGNED } from './model.ts'

// For tests: what a careful person would say. Reads every event up to an instant anew, counts on fingers, tries the stages in order.

const DAY = 86_400_000
const isChange = (one: FactEvent) => one.name === 'Order Updated'
const byCurrency = (a: FactEvent, b: FactEvent) => (a.currency < b.currency ? -1 : 1)

type Counted = { at: number; left: number | null; currency: string }

/** The orders that count, in the order in which they were placed; with what is left of each in its own currency. */
function ordersOf(heard: readonly FactEvent[]): Counted[] {
  const ids = new Set(heard.filter(one => one.orderId !== '').map(one => one.orderId))
  const orders = [...ids].flatMap(id => {
    const about = heard.filter(one => one.orderId === id)
    const told = about.filter(one => one.name === 'Order Completed' || one.name === 'Order Updated')
    // The same sum at the same instant is one refund sent twice.
    const refunds = [
      ...new Map(
        about.filter(one => one.name === 'Order Refunded').map(one => [`${one.at} ${one.amount} ${one.currency}`, one]),
      ).values(),
    ]
    const isVoid = about.some(one => one.name === 'Order Cancelled') || refunds.some(one => one.amount === null)
    const worth = told
      .filter(one => one.amount !== null)
      .sort(
        (a, b) =>
          a.at - b.at || Number(isChange(a)) - Number(isChange(b)) || (a.amount ?? 0) - (b.amount ?? 0) || byCurrency(a, b),
      )
      .at(-1)
    const paidBack = refunds.filter(one => one.currency === worth?.currency)
    const left = worth === undefined ? null : (worth.amount ?? 0) - paidBack.reduce((sum, one) => sum + (one.amount ?? 0), 0)
    const [first] = told
    return first === undefined || isVoid || (left !== null && left <= 0)
      ? []
      : [{ at: first.at, left, currency: worth?.currency ?? '' }]
  })
  return orders.sort((a, b) => a.at - b.at)
}

type Happened = { at: number; value: number | null }

function happened({ of, take }: Fact, heard: readonly FactEvent[], currency: string): Happened[] {
  const value =
    typeof take === 'object' ? Object.values(take).find(one => typeof one === 'object' || one === 'amount') : undefined
  if (of === 'orders')
    return ordersOf(heard).map(order => ({ at: order.at, value: order.currency === currency ? order.left : null }))
  const some = heard.filter(one =>
    of === 'anything'
      ? one.name !== 'Trait Set'
      : of.events.includes(one.name) &&
        (of.where ?? []).every(({ property, is }) => is.map(String).includes(String(one.properties?.[property]))),
  )
  return some.map(one => {
    const said = typeof value === 'object' && 'property' in value ? one.properties?.[value.property] : undefined
    const number =
      typeof value === 'object' ? (typeof said === 'number' ? said : null) : one.currency === currency ? one.amount : null
    return { at: one.at, value: number }
  })
}

/** The number of the day, week or month; one more for the next. */
function cellOf(at: number, by: 'day' | 'week' | 'month', zone: string): number {
  const day = dayOf(at, zone)
  const number = Date.parse(`${day}T00:00:00Z`) / DAY
  if (by === 'day') return number
  return by === 'week' ? Math.floor((number + 3) / 7) : Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))
}

function ownFact(fact: Fact, model: Model, heard: readonly FactEvent[], at: number): number | boolean | null {
  const zone = model.timeZone ?? 'UTC'
  const all = happened(fact, heard, model.currency ?? '')
  const times = all.map(one => one.at)
  const values = all.flatMap(one => (one.value === null ? [] : [one.value]))
  const gaps = times.slice(1).map((time, i) => (time - (times[i] ?? 0)) / DAY)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
  const { take } = fact
  if (take === 'count') return times.length
  if (take === 'first') return times[0] ?? null
  if (take === 'last') return times.at(-1) ?? null
  if (take === 'days') return new Set(times.map(time => dayOf(time, zone))).size
  if ('nth_last' in take) return times.at(-take.nth_last) ?? null
  if ('gap' in take) {
    if (gaps.length === 0) return null
    if (take.gap === 'mean') return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / gaps.length / DAY
    if (take.gap === 'last') return gaps.at(-1) ?? null
    const sorted = gaps.slice(-50).sort((a, b) => a - b)
    const share = 'share' in take ? take.share : 1
    return sorted.find((_, i) => (i + 1) / sorted.length >= share - 1e-9) ?? null
  }
  if ('mean' in take) return values.length === 0 ? null : sum(values) / values.length
  if ('sum' in take) return sum(values)
  if ('maximum' in take) return values.length === 0 ? null : Math.max(...values)
  if ('latest' in take) return values.at(-1) ?? null
  if ('count_within' in take) return times.filter(time => at - time < take.count_within * DAY).length
  if ('sum_within' in take) return sum(all.filter(one => at - one.at < take.sum_within * DAY).map(one => one.value ?? 0))
  const cells = times.map(time => cellOf(time, take.by, zone))
  const now = cellOf(at, take.by, zone)
  if (take.active === 'first') return cells[0] === now
  return cells.includes(take.active === 'this' ? now : now - 1)
}

function factNaively(id: string, model: Model, heard: readonly FactEvent[], at: number): number | boolean | null {
  const fact = model.facts?.find(one => one.id === id)
  if (fact !== undefined) return ownFact(fact, model, heard, at)
  const orders = ordersOf(heard).map(order => order.at)
  const seen = heard.filter(one => one.name !== 'Trait Set')
  const [first, last] = [orders[0] ?? null, orders.at(-1) ?? null]
  if (id === 'orders') return orders.length
  if (id === 'gap_days')
    return orders.length < 3 || first === null || last === null ? null : (last - first) / (orders.length - 1) / DAY
  if (id === 'first_order') return first
  if (id === 'last_order') return last
  if (id === 'first_seen') return heard[0]?.at ?? null
  return id === 'last_seen' ? (seen.at(-1)?.at ?? null) : heard.some(one => one.identifies)
}

function quantityNaively(quantity: Quantity, model: Model, heard: readonly FactEvent[], at: number): number | null {
  const inner = (part: Quantity) => quantityNaively(part, model, heard, at)
  if (typeof quantity === 'number') return quantity
  if ('parameter' in quantity) return model.parameters.find(one => one.id === quantity.parameter)?.value ?? null
  if ('fact' in quantity) return factNaively(quantity.fact, model, heard, at) as number | null
  if ('first_known' in quantity) return quantity.first_known.map(inner).find(one => one !== null) ?? null
  if ('product' in quantity) {
    const factors = quantity.product.map(inner)
    return factors.includes(null) ? null : factors.reduce<number>((product, one) => product * (one ?? 0), 1)
  }
  const [value, min, max] = [inner(quantity.clamp), inner(quantity.min), inner(quantity.max)]
  return value === null || min === null || max === null ? null : Math.min(Math.max(value, min), max)
}

function holdsNaively(when: Condition, model: Model, heard: readonly FactEvent[], at: number, previous: string): boolean {
  const inner = (part: Condition) => holdsNaively(part, model, heard, at, previous)
  if ('all' in when) return when.all.every(inner)
  if ('any' in when) return when.any.some(inner)
  if ('not' in when) return !inner(when.not)
  if ('yes' in when) return factNaively(when.yes, model, heard, at) === true
  if ('known' in when) return factNaively(when.known, model, heard, at) !== null
  if ('previous_stage' in when) return when.previous_stage.includes(previous)
  const compared = 'since' in when ? when.days : when.value
  const [fact, value] = [
    factNaively('since' in when ? when.since : when.fact, model, heard, at) as number | null,
    quantityNaively(compared, model, heard, at),
  ]
  if (fact === null || value === null) return false
  const [a, b] = 'since' in when ? [at - fact, Math.round(value * DAY)] : [fact, value]
  if (when.is === 'exactly') return a === b
  if (when.is === 'at_least') return a >= b
  if (when.is === 'more_than') return a > b
  return when.is === 'at_most' ? a <= b : a < b
}

/** The stage at an instant, for models that do not ask where somebody stood before. */
export function stageNaively(model: Model, events: readonly FactEvent[], at: number): string {
  const heard = events.filter(one => one.at <= at).sort(inTime)
  if (heard.length === 0) return OUTSIDE
  return model.stages.find(stage => holdsNaively(stage.when, model, heard, at, OUTSIDE))?.id ?? UNASSIGNED
}
