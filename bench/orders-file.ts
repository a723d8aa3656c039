import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { dice } from './dice.ts'

const DAY_MS = 86_400_000

/** A stretch of time. */
export type Stretch = { first: number; days: number }
export const YEARS_AGO: Stretch = { first: Date.UTC(2023, 0, 1), days: 900 }

export type Order = { id: string; customer: string; email: string; at: number; cents: number }

/** Orders as a shop exports them, by time: customers with rhythms of their own, some of whom order once and others every week. */
export function orders(rows: number, customers: number, { first, days }: Stretch = YEARS_AGO): Order[] {
  const roll = dice(rows)
  const weights = Array.from({ length: customers }, () => -Math.log(1 - roll()))
  const sum = weights.reduce((a, b) => a + b, 0)
  const drafts: Omit<Order, 'id'>[] = []
  let due = 0
  for (const [i, weight] of weights.entries()) {
    due += (weight / sum) * rows
    const count = (i === customers - 1 ? rows : Math.round(due)) - drafts.length
    const began = first + roll() * days * DAY_MS
    const gap = ((first + days * DAY_MS - began) / Math.max(1, count)) * (0.3 + 0.7 * roll())
    for (let k = 0; k < count; k++)
      drafts.push({
        customer: `C${i + 1}`,
        email: `customer${i + 1}@example.com`,
        at: Math.floor((began + (k + roll() * 0.8) * gap) / 1_000) * 1_000,
        cents: 500 + Math.floor(roll() * roll() * 30_000),
      })
  }
  return drafts.sort((a, b) => a.at - b.at).map((draft, i) => ({ id: `O${i + 1}`, ...draft }))
}

const when = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ')
const money = (cents: number) => (cents / 100).toFixed(2)

/** One row for each order. */
export async function writeOrdersFile(path: string, orders: readonly Order[]): Promise<void> {
  await writeLines(path, ordersLines(orders))
}

function* ordersLines(orders: readonly Order[]): Iterable<string> {
  yield 'Order ID,Customer ID,Email,Order Date,Total,Currency'
  for (const { id, customer, email, at, cents } of orders) yield `${id},${customer},${email},${when(at)},${money(cents)},EUR`
}

/** One row for each line of an order, four to an order; answers how many orders that were. */
export async function writeLinesFile(path: string, rows: number, customers: number): Promise<number> {
  const placed = orders(Math.ceil(rows / 4), customers)
  await writeLines(path, linesLines(placed, rows))
  return placed.length
}

function* linesLines(orders: readonly Order[], rows: number): Iterable<string> {
  const roll = dice(rows)
  yield 'Order ID,Customer ID,Order Date,SKU,Description,Quantity,Unit Price,Currency'
  let left = rows
  for (const { id, customer, at } of orders)
    for (let line = 0; line < 4 && left > 0; line++, left--) {
      const product = Math.floor(roll() * 3_000)
      yield `${id},${customer},${when(at)},SKU-${product},"Thing no. ${product}, boxed",${1 + Math.floor(roll() * 5)},${money(150 + product)},EUR`
    }
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path)
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length < 1 << 20) continue
    if (!file.write(text)) await new Promise<void>(resolve => file.once('drain', () => resolve()))
    text = ''
  }
  file.end(text)
  await finished(file)
}
