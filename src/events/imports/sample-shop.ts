import { exponentOf } from '../../company/contract.ts'
import { csvLine } from './rejects.ts'
import { PLACES, PRODUCTS, type Shelf } from './sample-names.ts'

const DAY_MS = 86_400_000
const DAYS = 3 * 365
const CUSTOMERS = 3_000

/**
 * How people buy. `gap`: usual days between orders, `spread`: how far they stray from it (a share of it), `orders`: how many there
 * are at most, `stays`: the chance to come back after each order, `shelves`: where they buy.
 */
type Rhythm = {
  share: number
  gap: number
  spread: number
  orders: number
  stays: number
  shelves: readonly Shelf[]
  months?: readonly number[]
}
const RHYTHMS: readonly Rhythm[] = [
  { share: 3, gap: 7, spread: 0.25, orders: 160, stays: 0.985, shelves: ['coffee'] }, // a bag a week
  { share: 11, gap: 30, spread: 0.25, orders: 40, stays: 0.955, shelves: ['coffee', 'coffee', 'pantry'] }, // once a month
  { share: 12, gap: 62, spread: 0.4, orders: 20, stays: 0.88, shelves: ['coffee', 'pantry'] },
  { share: 10, gap: 365, spread: 0.06, orders: 3, stays: 0.7, shelves: ['gifts'], months: [10, 11] }, // presents before Christmas
  { share: 14, gap: 120, spread: 0.5, orders: 12, stays: 0.72, shelves: ['coffee', 'gear', 'pantry'] },
  { share: 20, gap: 45, spread: 0.5, orders: 6, stays: 0.55, shelves: ['coffee', 'pantry', 'gear'] }, // tries it out and often stops
  { share: 30, gap: 90, spread: 0.5, orders: 1, stays: 0, shelves: ['coffee', 'gifts', 'gear'] }, // once and never again
]
const REFUND_SHARE = 0.015
const CANCELLED_SHARE = 0.008

export const SAMPLE_COLUMNS = [
  'Customer ID',
  'Email',
  'Customer name',
  'Country',
  'City',
  'Order ID',
  'Order date',
  'SKU',
  'Product',
  'Quantity',
  'Unit price',
  'Currency',
  'Order status',
  'Refunded amount',
] as const

type Order = {
  at: number
  lines: { sku: string; name: string; quantity: number; price: number }[]
  status: string
  isRefunded: boolean
}

/**
 * A made-up roastery's orders of the three years before `now`, as the CSV text that a shop would export, one customer after the other.
 * The same `now` (to the day) gives the same shop.
 */
export function* sampleShop({ now, currency }: { now: number; currency: string }): Generator<string> {
  const today = Math.floor(now / DAY_MS)
  yield csvLine(SAMPLE_COLUMNS)
  for (let number = 1; number <= CUSTOMERS; number++) {
    const dice = diceOf(number)
    const who = person(number, dice)
    const orders = ordersOf(dice, today).filter(order => order.at <= now)
    yield orders.map((order, i) => linesOf(order, `${who[0]?.slice(2)}-${i + 1}`, who, currency)).join('')
  }
}

/** Random numbers in [0, 1) that are the same in every run (mulberry32). */
function diceOf(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pick = <T>(from: readonly T[], dice: () => number): T => from[Math.floor(dice() * from.length)] as T

function pickByShare<T extends { share: number }>(from: readonly T[], dice: () => number): T {
  let left = dice() * from.reduce((sum, { share }) => sum + share, 0)
  for (const one of from) {
    left -= one.share
    if (left < 0) return one
  }
  return from.at(-1) as T
}

/** Customer number, email, name, country, city. The domain is one that nobody can have (RFC 2606). */
function person(number: number, dice: () => number): string[] {
  const place = pickByShare(PLACES, dice)
  const [first, last] = [pick(place.first, dice), pick(place.last, dice)]
  const plain = `${first}.${last}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return [`S-${10_000 + number}`, `${plain}.${number}@example.com`, `${first} ${last}`, place.country, pick(place.cities, dice)]
}

function ordersOf(dice: () => number, today: number): Order[] {
  const rhythm = pickByShare(RHYTHMS, dice)
  // The shop grows: more customers begin later.
  let day = today - DAYS + DAYS * dice() ** 0.75
  if (rhythm.months) day = inSeason(day, rhythm.months, dice)
  const pace = rhythm.gap * (0.75 + 0.5 * dice())
  const orders: Order[] = []
  while (day <= today && orders.length < rhythm.orders) {
    orders.push(order(rhythm, day, dice))
    if (dice() > rhythm.stays) break
    day += Math.max(1, pace * (1 + rhythm.spread * (dice() + dice() + dice() - 1.5) * 2))
    if (rhythm.months) day = inSeason(day, rhythm.months, dice)
  }
  return orders
}

/** The day itself when it falls into the season, otherwise one in the next. */
function inSeason(day: number, months: readonly number[], dice: () => number): number {
  for (let at = day; at < day + 400; at += 15)
    if (months.includes(new Date(at * DAY_MS).getUTCMonth())) return at + Math.floor(dice() * 12)
  return day
}

function order(rhythm: Rhythm, day: number, dice: () => number): Order {
  const shelf = pick(rhythm.shelves, dice)
  const count = dice() < 0.3 ? 2 : 1
  const products = new Set(Array.from({ length: count }, () => pick(PRODUCTS[shelf], dice)))
  const lines = [...products].map(product => ({ ...product, quantity: shelf === 'coffee' && dice() < 0.35 ? 2 : 1 }))
  // Between eight in the morning and eleven at night.
  const at = Math.floor(day) * DAY_MS + Math.floor((8 + 15 * dice()) * 3600) * 1000
  const chance = dice()
  const isCancelled = chance < CANCELLED_SHARE
  return {
    at,
    lines,
    status: isCancelled ? 'cancelled' : 'completed',
    isRefunded: !isCancelled && chance < CANCELLED_SHARE + REFUND_SHARE,
  }
}

/** The order's rows, one a line, as an export has them. */
function linesOf({ at, lines, status, isRefunded }: Order, id: string, who: readonly string[], currency: string): string {
  const exponent = exponentOf(currency)
  // Where money has no cents, prices are written in hundreds.
  const written = (price: number) => (exponent === 0 ? String(Math.round(price * 100)) : price.toFixed(Math.min(exponent, 2)))
  const when = new Date(at).toISOString().slice(0, 19)
  const refunded = isRefunded ? written(lines[0]?.price ?? 0) : ''
  return lines
    .map(({ sku, name, quantity, price }, i) =>
      csvLine([...who, id, `${when}Z`, sku, name, String(quantity), written(price), currency, status, i === 0 ? refunded : '']),
    )
    .join('')
}
