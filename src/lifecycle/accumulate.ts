import { type Cells, cells } from './calendar-cells.ts'
import { type Fact, type Model } from './model.ts'

const DAY_MS = 86_400_000
/** Gaps are remembered so far back. */
const GAPS_MAX = 50

/** How a fact is kept between two events: what it is told again must be the same. */
export type Saved = number | null | readonly (number | null)[]

/** One fact of one customer while their events are told in the order of time. Unknown is NaN. The same one serves customer after customer. */
export type Accumulator = {
  clear(): void
  /** `value` is NaN where the event does not say it. */
  hear(at: number, value: number): void
  value(at: number): number
  /** The first instant after `at` at which the value changes by itself; Infinity: never. */
  turn(at: number): number
  save(): Saved
  load(saved: Saved): void
}

export function accumulator({ take }: Fact, { timeZone = 'UTC' }: Pick<Model, 'timeZone'>): Accumulator {
  if (take === 'count') return new Folded((was, _, __) => (was || 0) + 1, 0)
  if (take === 'first') return new Folded((was, at) => (Number.isNaN(was) ? at : was))
  if (take === 'last') return new Folded((_, at) => at)
  if (take === 'days') return new Days(cells(timeZone, 'day'))
  if ('nth_last' in take) return new NthLast(take.nth_last)
  if ('gap' in take) return new Gaps(take.gap, 'share' in take ? take.share : 1)
  if ('mean' in take) return new Mean()
  if ('sum' in take) return new Folded((was, _, value) => (Number.isNaN(value) ? was : was + value), 0)
  if ('maximum' in take) return new Folded((was, _, value) => (Number.isNaN(was) || value > was ? value : was))
  if ('latest' in take) return new Folded((was, _, value) => (Number.isNaN(value) ? was : value))
  if ('count_within' in take) return new Within(take.count_within, false)
  if ('sum_within' in take) return new Within(take.sum_within, true)
  return new Active(cells(timeZone, take.by), take.active)
}

const saved = (value: number): number | null => (Number.isNaN(value) ? null : value)
const loaded = (value: Saved | undefined): number => (typeof value === 'number' ? value : Number.NaN)

/** One number that every event changes. */
class Folded implements Accumulator {
  readonly #add: (was: number, at: number, value: number) => number
  readonly #empty: number
  #value: number

  constructor(add: (was: number, at: number, value: number) => number, empty = Number.NaN) {
    this.#add = add
    this.#empty = empty
    this.#value = empty
  }
  clear() {
    this.#value = this.#empty
  }
  hear(at: number, value: number) {
    this.#value = this.#add(this.#value, at, value)
  }
  value() {
    return this.#value
  }
  turn() {
    return Number.POSITIVE_INFINITY
  }
  save() {
    return saved(this.#value)
  }
  load(value: Saved) {
    this.#value = loaded(value)
  }
}

/** On how many days of the calendar it happened. */
class Days implements Accumulator {
  readonly #cells: Cells
  #count = 0
  #last = Number.NaN

  constructor(days: Cells) {
    this.#cells = days
  }
  clear() {
    this.#count = 0
    this.#last = Number.NaN
  }
  hear(at: number) {
    const day = this.#cells.of(at)
    if (day !== this.#last) this.#count++
    this.#last = day
  }
  value() {
    return this.#count
  }
  turn() {
    return Number.POSITIVE_INFINITY
  }
  save() {
    return [this.#count, saved(this.#last)]
  }
  load(state: Saved) {
    const [count, last] = state as [number, number | null]
    this.#count = count
    this.#last = loaded(last)
  }
}

class Mean implements Accumulator {
  #sum = 0
  #count = 0

  clear() {
    this.#sum = 0
    this.#count = 0
  }
  hear(_at: number, value: number) {
    if (Number.isNaN(value)) return
    this.#sum += value
    this.#count++
  }
  value() {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count
  }
  turn() {
    return Number.POSITIVE_INFINITY
  }
  save() {
    return [this.#sum, this.#count]
  }
  load(state: Saved) {
    const [sum, count] = state as [number, number]
    this.#sum = sum
    this.#count = count
  }
}

/** When it happened the n-th last time. */
class NthLast implements Accumulator {
  readonly #n: number
  readonly #times: number[] = []

  constructor(n: number) {
    this.#n = n
  }
  clear() {
    this.#times.length = 0
  }
  hear(at: number) {
    if (this.#times.length === this.#n) this.#times.shift()
    this.#times.push(at)
  }
  value() {
    return this.#times.length < this.#n ? Number.NaN : (this.#times[0] ?? Number.NaN)
  }
  turn() {
    return Number.POSITIVE_INFINITY
  }
  save() {
    return [...this.#times]
  }
  load(state: Saved) {
    this.#times.push(...(state as number[]))
  }
}

/** Days between one and the next. */
class Gaps implements Accumulator {
  readonly #which: 'mean' | 'last' | 'longest' | 'quantile'
  readonly #share: number
  readonly #gaps: number[] = []
  #first = Number.NaN
  #last = Number.NaN
  #count = 0
  #value = Number.NaN

  constructor(which: 'mean' | 'last' | 'longest' | 'quantile', share: number) {
    this.#which = which
    this.#share = share
  }
  clear() {
    this.#gaps.length = 0
    this.#first = Number.NaN
    this.#last = Number.NaN
    this.#count = 0
    this.#value = Number.NaN
  }
  hear(at: number) {
    if (this.#count++ === 0) {
      this.#first = at
      this.#last = at
      return
    }
    if (this.#gaps.length === GAPS_MAX) this.#gaps.shift()
    this.#gaps.push(at - this.#last)
    this.#last = at
    this.#value = this.#now() / DAY_MS
  }
  #now(): number {
    if (this.#which === 'mean') return (this.#last - this.#first) / (this.#count - 1)
    if (this.#which === 'last') return this.#gaps.at(-1) ?? Number.NaN
    // The shortest gap that at least this share of the gaps do not exceed.
    const sorted = [...this.#gaps].sort((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil(this.#share * sorted.length - 1e-9) - 1)] ?? Number.NaN
  }
  value() {
    return this.#value
  }
  turn() {
    return Number.POSITIVE_INFINITY
  }
  save() {
    return [this.#count, saved(this.#first), saved(this.#last), ...this.#gaps]
  }
  load(state: Saved) {
    const [count, first, last, ...gaps] = state as [number, number | null, number | null, ...number[]]
    this.#count = count
    this.#first = loaded(first)
    this.#last = loaded(last)
    this.#gaps.push(...gaps)
    if (count > 1) this.#value = this.#now() / DAY_MS
  }
}

/** How often it happened, or what it came to, in the last so many days. */
class Within implements Accumulator {
  readonly #ms: number
  readonly #isSum: boolean
  readonly #times: number[] = []
  readonly #values: number[] = []

  constructor(days: number, isSum: boolean) {
    this.#ms = Math.round(days * DAY_MS)
    this.#isSum = isSum
  }
  clear() {
    this.#times.length = 0
    this.#values.length = 0
  }
  hear(at: number, value: number) {
    if (this.#isSum && Number.isNaN(value)) return
    let gone = 0
    while (gone < this.#times.length && (this.#times[gone] ?? 0) + this.#ms <= at) gone++
    if (gone > 0) {
      this.#times.splice(0, gone)
      this.#values.splice(0, gone)
    }
    this.#times.push(at)
    this.#values.push(this.#isSum ? value : 1)
  }
  value(at: number) {
    let sum = 0
    for (let i = this.#times.length - 1; i >= 0; i--) {
      if ((this.#times[i] ?? 0) + this.#ms <= at) break
      sum += this.#values[i] ?? 0
    }
    return sum
  }
  turn(at: number) {
    for (const time of this.#times) if (time + this.#ms > at) return time + this.#ms
    return Number.POSITIVE_INFINITY
  }
  save() {
    return this.#isSum ? this.#times.flatMap((time, i) => [time, this.#values[i] ?? 0]) : [...this.#times]
  }
  load(state: Saved) {
    const numbers = state as number[]
    for (let i = 0; i < numbers.length; i += this.#isSum ? 2 : 1) {
      this.#times.push(numbers[i] ?? 0)
      this.#values.push(this.#isSum ? (numbers[i + 1] ?? 0) : 1)
    }
  }
}

/** Whether it happened in this day, week or month. 1: yes, 0: no. */
class Active implements Accumulator {
  readonly #cells: Cells
  readonly #which: 'this' | 'previous' | 'first'
  #first = Number.NaN
  #before = Number.NaN
  #last = Number.NaN

  constructor(of: Cells, which: 'this' | 'previous' | 'first') {
    this.#cells = of
    this.#which = which
  }
  clear() {
    this.#first = Number.NaN
    this.#before = Number.NaN
    this.#last = Number.NaN
  }
  hear(at: number) {
    const cell = this.#cells.of(at)
    if (cell === this.#last) return
    if (Number.isNaN(this.#first)) this.#first = cell
    this.#before = this.#last
    this.#last = cell
  }
  value(at: number) {
    if (Number.isNaN(this.#last)) return 0
    const cell = this.#cells.of(at)
    if (this.#which === 'first') return cell === this.#first ? 1 : 0
    if (this.#which === 'this') return cell === this.#last ? 1 : 0
    return this.#last === cell - 1 || this.#before === cell - 1 ? 1 : 0
  }
  /** After the cell of the last activity two things can happen: it is over, and then the one after it is. */
  turn(at: number) {
    if (Number.isNaN(this.#last)) return Number.POSITIVE_INFINITY
    for (const cell of [this.#last + 1, this.#last + 2]) {
      const start = this.#cells.startOf(cell)
      if (start > at) return start
    }
    return Number.POSITIVE_INFINITY
  }
  save() {
    return [saved(this.#first), saved(this.#before), saved(this.#last)]
  }
  load(state: Saved) {
    const [first, before, last] = state as (number | null)[]
    this.#first = loaded(first ?? null)
    this.#before = loaded(before ?? null)
    this.#last = loaded(last ?? null)
  }
}
