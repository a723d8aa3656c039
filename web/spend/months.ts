import { exponentOf } from '../../src/company/contract.ts'
import { type SpendAnswer } from '../../src/spend/contract.ts'

/** One currency's spend: months without a gap, channels with the dearest first. Amounts in whole units, as charts and spreadsheets have them. */
export type Months = { currency: string; months: string[]; channels: string[]; amounts: number[][]; totals: number[] }

/** Beyond these the chart shows the others as one; the table has them all. */
export const SHOWN = 7

export function byCurrency({ items }: Pick<SpendAnswer, 'items'>): Months[] {
  const currencies = [...Map.groupBy(items, item => item.currency)]
  return currencies
    .map(([currency, own]) => monthsOf(currency, own))
    .sort((a, b) => b.totals.length - a.totals.length || a.currency.localeCompare(b.currency))
}

function monthsOf(currency: string, items: SpendAnswer['items']): Months {
  const months = monthsBetween(items[0]?.when ?? '', items.at(-1)?.when ?? '')
  const sums = new Map<string, number>()
  for (const { channel, amount } of items) sums.set(channel, (sums.get(channel) ?? 0) + amount)
  const channels = [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([channel]) => channel)
  const unit = 10 ** exponentOf(currency)
  const found = new Map(items.map(item => [`${item.when} ${item.channel}`, item.amount]))
  const minor = months.map(month => channels.map(channel => found.get(`${month} ${channel}`) ?? 0))
  return {
    currency,
    months,
    channels,
    amounts: minor.map(row => row.map(amount => amount / unit)),
    // Summed before they are divided, so that cents stay exact.
    totals: minor.map(row => row.reduce((sum, amount) => sum + amount, 0) / unit),
  }
}

/** 2024-11, 2024-12, 2025-01 … */
function monthsBetween(first: string, last: string): string[] {
  const months: string[] = []
  const at = new Date(`${first}-01T00:00:00Z`)
  for (; at.toISOString().slice(0, 7) <= last; at.setUTCMonth(at.getUTCMonth() + 1)) months.push(at.toISOString().slice(0, 7))
  return months
}
