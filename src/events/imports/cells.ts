import { type Identity } from '../contract.ts'
import { type Field, type Mapping } from './contract.ts'
import { type DateTrouble, readDate } from './dates.ts'
import { ID_CHARS_MAX, isEmail, isPlaceholder, phoneIn, unquoted } from './ids.ts'
import { Refused, shown } from './reject.ts'
import { wallClock } from './zone.ts'

const CELL_CHARS_MAX = 100_000
const DAY_MS = 86_400_000
// 3.16254E+10: a spreadsheet has thrown the last digits away.
const SHORTENED = /^\d[.,]\d+E\+\d{1,2}$/i

/** A mapping in which nothing is left open. */
export type Settled = Mapping & { dateOrder: NonNullable<Mapping['dateOrder']>; decimal: NonNullable<Mapping['decimal']> }

export type Person = { customer: string; identities: Identity[] }

/** What every kind of row is read with. `now` is when the reading began, so that reading again gives the same. */
export class Cells {
  readonly mapping: Settled
  readonly now: number
  readonly #width: number
  readonly #instant: (wall: number) => number
  /** Columns whose cells must be readable. */
  readonly #used: readonly number[]
  readonly #needed: number

  constructor(mapping: Settled, width: number, now: number) {
    this.mapping = mapping
    this.now = now
    this.#width = width
    this.#instant = wallClock(mapping.timeZone)
    this.#used = [...new Set([...Object.values(mapping.columns), ...(mapping.traits ?? []).map(({ column }) => column)])]
    this.#needed = 1 + Math.max(...this.#used, 0)
  }

  /** Why a row cannot be read at all; null when it can. */
  shape(cells: readonly string[]): Refused | null {
    const { length } = cells
    if (length !== this.#width) {
      // Spreadsheets leave out empty cells at the end of a line, or add some.
      const isHarmless =
        length < this.#width ? length >= this.#needed : cells.slice(this.#width).every(cell => cell.trim() === '')
      if (!isHarmless) return new Refused('ragged', { found: length, expected: this.#width })
    }
    for (let i = 0; i < length; i++) {
      const cell = cells[i] ?? ''
      if (cell.length > CELL_CHARS_MAX) return new Refused('cell_too_long', { column: i + 1, length: cell.length })
    }
    for (const column of this.#used) {
      const cell = cells[column] ?? ''
      if (cell.includes('\0')) return new Refused('nul', { column: column + 1 })
      if (cell.includes('\ufffd')) return new Refused('encoding', { column: column + 1 })
    }
    return null
  }

  cell(field: Field, cells: readonly string[]): string {
    const column = this.mapping.columns[field]
    return column === undefined ? '' : (cells[column] ?? '').trim()
  }

  /** An id without the apostrophe that keeps a spreadsheet from calculating with it; empty when it is no id. */
  id(field: Field, cells: readonly string[]): string {
    const text = unquoted(this.cell(field, cells))
    return isPlaceholder(text) ? '' : text
  }

  /** Whom a row is about, the strongest id first; null when it does not say at all. */
  person(cells: readonly string[]): Person | Refused | null {
    const external = this.id('customer_id', cells)
    const email = this.id('email', cells).toLowerCase()
    if (external.length > ID_CHARS_MAX || email.length > ID_CHARS_MAX)
      return new Refused('customer_too_long', { length: Math.max(external.length, email.length) })
    if (SHORTENED.test(external)) return new Refused('number_shortened', { value: external })
    const hasEmail = isEmail(email)
    const identities: Identity[] = []
    // WooCommerce writes 0 for every guest; beside an email it says nothing.
    if (external !== '' && !(external === '0' && hasEmail)) identities.push({ kind: 'external', value: external })
    if (hasEmail) identities.push({ kind: 'email', value: email })
    // A phone is shared in a household: it names a person only where nothing better does.
    const phone = identities.length === 0 && email === '' ? this.phone(cells) : null
    if (phone !== null) identities.push({ kind: 'phone', value: phone })
    const [first] = identities
    if (first) return { customer: `${first.kind}:${first.value}`, identities }
    if (email !== '') return new Refused('email_invalid', { value: shown(email) })
    if (this.id('phone', cells) !== '') return new Refused('phone_unreadable', { value: shown(this.cell('phone', cells)) })
    const written = this.cell('customer_id', cells) || this.cell('email', cells)
    return written === '' ? null : new Refused('customer_placeholder', { value: shown(written) })
  }

  phone(cells: readonly string[]): string | null {
    return phoneIn(this.id('phone', cells), this.cell('country', cells), this.mapping.country)
  }

  instantOf(text: string): number | DateTrouble {
    const read = readDate(unquoted(text), this.mapping.dateOrder)
    if (typeof read === 'string') return read
    return read.offsetMinutes === null ? this.#instant(read.wall) : read.wall - read.offsetMinutes * 60_000
  }

  /** What a date that can be read says, as if it were UTC. */
  wallOf(text: string): number {
    const read = readDate(unquoted(text), this.mapping.dateOrder)
    return typeof read === 'string' ? Number.NaN : read.wall
  }

  /** An instant of the past. */
  past(text: string): number | Refused {
    const at = this.instantOf(text)
    if (typeof at === 'string') return new Refused(`date_${at}`, { value: shown(text) })
    if (at > this.now + DAY_MS) return new Refused('date_future', { value: shown(text) })
    return at < 0 ? new Refused('date_too_old', { value: shown(text) }) : at
  }
}
