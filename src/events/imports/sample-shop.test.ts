import { describe, expect, it } from 'vitest'
import { type Settled } from './cells.ts'
import { detect } from './detect.ts'
import { questionsOf } from './preview.ts'
import { recordsOf } from './records.ts'
import { isGood, RowReader } from './row.ts'
import { sampleShop } from './sample-shop.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const text = [...sampleShop({ now: NOW, currency: 'EUR' })].join('')
const read = detect({ encoding: 'utf-8', head: text, isWhole: true, pieces: [] }, { currency: 'EUR', timeZone: 'Europe/Berlin' })
const reader = new RowReader(read.mapping as Settled, read.width, NOW)
const rows = recordsOf(text, ',')
  .slice(1)
  .map(({ cells, row }) => reader.read(cells, row, null))
const good = rows.filter(isGood)

describe('the sample shop', () => {
  it('is the same every time on the same day', () => {
    expect([...sampleShop({ now: NOW, currency: 'EUR' })].join('')).toBe(text)
  })

  it('is read without a question and without a rejected row', () => {
    expect(questionsOf('orders', read.mapping, read.rows)).toEqual([])
    expect(rows.filter(row => !isGood(row))).toEqual([])
  })

  it('has some 3,000 customers with 12,000 to 15,000 orders over three years, none in the future', () => {
    const orders = new Map(good.map(row => [`${row.customer} ${row.orderId}`, row.at]))
    expect(new Set(good.map(row => row.customer)).size).toBeGreaterThan(2_700)
    expect(orders.size).toBeGreaterThan(12_000)
    expect(orders.size).toBeLessThan(15_000)
    expect(Math.max(...orders.values())).toBeLessThanOrEqual(NOW)
    expect(NOW - Math.min(...orders.values())).toBeLessThan(3.01 * 365 * 86_400_000)
  })

  it('has customers of every rhythm: one order, a few, and a hundred; loyal now, and long gone', () => {
    const byCustomer = Map.groupBy(good, row => row.customer)
    const counts = [...byCustomer.values()].map(own => new Set(own.map(row => row.orderId)).size)
    expect(counts.filter(count => count === 1).length).toBeGreaterThan(900)
    expect(counts.filter(count => count >= 30).length).toBeGreaterThan(60)
    const daysSince = [...byCustomer.values()].map(own => (NOW - Math.max(...own.map(row => row.at))) / 86_400_000)
    expect(daysSince.filter(days => days < 30).length).toBeGreaterThan(300)
    expect(daysSince.filter(days => days > 365).length).toBeGreaterThan(300)
    expect(good.filter(row => row.refunded !== null).length).toBeGreaterThan(50)
    expect(good.filter(row => row.status === 'cancelled').length).toBeGreaterThan(20)
  })

  it('reads well in any currency', () => {
    for (const currency of ['JPY', 'KWD']) {
      const [header = '', ...lines] = [...sampleShop({ now: NOW, currency })].slice(0, 20)
      const found = detect(
        { encoding: 'utf-8', head: header + lines.join(''), isWhole: true, pieces: [] },
        { currency, timeZone: 'UTC' },
      )
      expect(questionsOf(found.kind, found.mapping, found.rows)).toEqual([])
    }
  })
})
