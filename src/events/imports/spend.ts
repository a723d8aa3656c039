import { type Envelope } from '../contract.ts'
import { currencyBeside, readAmount, toUnits } from './amounts.ts'
import { Cells, type Settled } from './cells.ts'
import { isCurrency } from './currency.ts'
import { Numbered, SPEND, withMessageId } from './fold.ts'
import { isPlaceholder, unquoted } from './ids.ts'
import { type RecordTrouble } from './records.ts'
import { Refused, type Reject, rejected, shown } from './reject.ts'
import { AMOUNT_MAX, exponentFor, isWhole } from './row.ts'
import { type Reader, type StagedRow } from './staged.ts'

const NAME_CHARS_MAX = 200
const DAY_MS = 86_400_000

/** What a channel cost on a day. `day` as 2025-01-31: a day of the account, not an instant. */
export type SpendRow = { row: number; day: string; channel: string; campaign: string; currency: string; amount: number }

/** Reads what was spent on which day for which channel. */
export class SpendReader implements Reader {
  readonly #cells: Cells

  constructor(mapping: Settled, width: number, now: number) {
    this.#cells = new Cells(mapping, width, now)
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): StagedRow | Reject {
    const good = trouble ? new Refused(trouble) : this.#good(cells, row)
    if (good instanceof Refused) return rejected(row, good, cells)
    const { day, channel, campaign, currency } = good
    return { row, first: `${day}|${channel}`, second: JSON.stringify([campaign, currency]), content: JSON.stringify(good) }
  }

  #good(cells: string[], row: number): SpendRow | Refused {
    const shape = this.#cells.shape(cells)
    if (shape) return shape
    const day = this.#day(cells)
    if (day instanceof Refused) return day
    const channel = this.#cells.id('spend_channel', cells) || (this.#cells.mapping.spendChannel ?? '')
    if (channel === '') return new Refused('spend_channel_missing')
    const campaign = this.#cells.id('campaign', cells)
    if (Math.max(channel.length, campaign.length) > NAME_CHARS_MAX)
      return new Refused('spend_too_long', { length: Math.max(channel.length, campaign.length) })
    const money = this.#money(cells)
    return money instanceof Refused ? money : { row, day, channel, campaign, ...money }
  }

  /** The day as it is written: an hour beside it does not move it. */
  #day(cells: string[]): string | Refused {
    const text = this.#cells.cell('day', cells)
    if (text === '') return new Refused('date_missing')
    const at = this.#cells.past(text)
    if (at instanceof Refused) return at
    return new Date(this.#cells.wallOf(text)).toISOString().slice(0, 10)
  }

  #money(cells: string[]): { amount: number; currency: string } | Refused {
    const { mapping } = this.#cells
    const own = this.#cells.cell('currency', cells).toUpperCase()
    if (own !== '' && !isCurrency(own)) return new Refused('currency_unknown', { value: shown(own) })
    const text = unquoted(this.#cells.cell('amount', cells))
    if (text === '' || isPlaceholder(text)) return new Refused('amount_missing')
    const read = readAmount(text, mapping.decimal)
    if (!read) return new Refused('amount_unreadable', { value: shown(text), mark: mapping.decimal })
    const beside = currencyBeside(read.sign, own || mapping.currency)
    if (beside === null) return new Refused('currency_unknown', { value: shown(read.sign) })
    const currency = own || beside
    if (mapping.amountUnit === 'minor' && !isWhole(read.value)) return new Refused('amount_not_whole', { value: shown(text) })
    const amount = toUnits(read.value, exponentFor(mapping, currency))
    return amount === null || Math.abs(amount) > AMOUNT_MAX
      ? new Refused('amount_too_large', { value: shown(text) })
      : { amount, currency }
  }
}

/** Spend sorted by day, channel, campaign and currency: several rows of the same are one sum, for a file may be finer than we keep it. */
export class SpendFold extends Numbered {
  #open: SpendRow | null = null
  #lastRow = 0

  add(content: string): void {
    const read = JSON.parse(content) as SpendRow
    // Staged twice by a worker that was killed in between.
    if (read.row === this.#lastRow) return
    this.#lastRow = read.row
    const open = this.#open
    if (open !== null && (['day', 'channel', 'campaign', 'currency'] as const).every(part => open[part] === read[part])) {
      open.amount += read.amount
      return
    }
    this.end()
    this.#open = read
  }

  end(): void {
    if (this.#open !== null) this.emit(spendEvent(this.#open))
    this.#open = null
  }
}

/** The other way round: what such an event says. */
export const spendOf = ({ amount = 0, currency = '', properties }: Envelope): Omit<SpendRow, 'row'> => ({
  ...(properties as Pick<SpendRow, 'day' | 'channel' | 'campaign'>),
  currency,
  amount,
})

const spendEvent = ({ day, channel, campaign, currency, amount }: SpendRow): Envelope =>
  withMessageId({
    identities: [],
    name: SPEND,
    at: Date.parse(day) + DAY_MS / 2,
    amount,
    currency,
    properties: { day, channel, campaign },
  })
