export type Delimiter = ',' | ';' | '\t' | '|' | ' '
/** `quote`: a quote that is not closed, or closed in the middle. `too_long`: no end in sight. Then `cells` holds the beginning of the line alone. */
export type RecordTrouble = 'quote' | 'too_long'
export type OnRecord = (cells: string[], row: number, trouble: RecordTrouble | null) => void

/** Beyond this a record is not waited for: it bounds what is held in memory. A cell may have line breaks, so a record is longer than a line. */
export const RECORD_CHARS_MAX = 2_000_000
const SHOWN_CHARS_MAX = 4_000
/** No line feed in so much text: this file has none. */
const LINE_END_SEEN_CHARS = 64_000

/**
 * Cuts text into records by the rules of CSV (RFC 4180), handed in piece by piece.
 *
 * Of our own, because a file that a person drops in may have one stray quote: csv-parse then reads the rest of the file as one cell
 * or stops. Here the one line is reported and reading goes on behind it. (csv-parse is the reference in the test; we read some ten times as fast.)
 */
export class RecordReader {
  readonly #delimiter: Delimiter
  readonly #onRecord: OnRecord
  readonly #columns: number | null
  #rest = ''
  #row = 0
  /** What is not complete is looked at again only when there is twice as much of it. */
  #retryAt = 0
  #isSkipping = false
  /** Lines end in a bare carriage return, as on an old Mac; null until text has been seen. */
  #isBareReturn: boolean | null = null

  /** `columns`: how many cells a record of several lines must have to be believed. */
  constructor(delimiter: Delimiter, onRecord: OnRecord, columns: number | null = null) {
    this.#delimiter = delimiter
    this.#onRecord = onRecord
    this.#columns = columns
  }

  push(text: string): void {
    this.#rest += this.#isBareReturn ? text.replaceAll('\r', '\n') : text
    if (this.#isBareReturn === null) this.#lookForReturns(text, false)
    if (this.#rest.length >= this.#retryAt) this.#drain(false)
  }

  end(): void {
    if (this.#isBareReturn === null) this.#lookForReturns('', true)
    this.#drain(true)
  }

  #lookForReturns(text: string, isFinal: boolean): void {
    if (text.includes('\n')) this.#isBareReturn = false
    else if (isFinal || this.#rest.length > LINE_END_SEEN_CHARS) {
      this.#isBareReturn = this.#rest.includes('\r')
      if (this.#isBareReturn) this.#rest = this.#rest.replaceAll('\r', '\n')
    }
  }

  #drain(isFinal: boolean): void {
    const text = this.#rest
    let pos = this.#isSkipping ? this.#skip(text) : 0
    let quote = this.#delimiter === ' ' ? -1 : text.indexOf('"', pos)
    this.#retryAt = 0
    while (pos < text.length) {
      const newline = text.indexOf('\n', pos)
      if (newline < 0 && !isFinal) {
        pos = this.#tooLong(text, pos)
        this.#retryAt = 2 * (text.length - pos)
        break
      }
      const end = newline < 0 ? text.length : newline
      if (quote >= 0 && quote < pos) quote = text.indexOf('"', pos)
      if (quote < 0 || quote > end) this.#emit(this.#split(text, pos, end), null)
      else {
        const next = this.#quoted(text, pos, end, isFinal)
        if (next < 0) {
          this.#retryAt = 2 * (text.length - pos)
          break
        }
        pos = next
        continue
      }
      pos = end + 1
    }
    this.#rest = text.slice(pos)
  }

  #split(text: string, pos: number, end: number): string[] {
    const line = text.slice(pos, end > pos && text.charCodeAt(end - 1) === 13 ? end - 1 : end)
    return this.#delimiter === ' ' ? line.trim().split(/[ \t]+/) : line.split(this.#delimiter)
  }

  /** Reads the record at `pos`, which has a quote in its first line. Answers where the next begins, or −1: more text is needed. */
  #quoted(text: string, pos: number, lineEnd: number, isFinal: boolean): number {
    const cells: string[] = []
    let at = pos
    for (;;) {
      const start = this.#delimiter === '\t' ? at : skipSpaces(text, at)
      if (text.charCodeAt(start) !== 34) {
        const newline = ended(text, text.indexOf('\n', at))
        const delimiter = text.indexOf(this.#delimiter, at)
        if (delimiter >= 0 && delimiter < newline) {
          cells.push(text.slice(at, delimiter))
          at = delimiter + 1
          continue
        }
        if (newline === text.length && !isFinal) return this.#open(text, pos, lineEnd)
        cells.push(text.slice(at, newline > at && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline))
        return this.#believe(cells, text, pos, lineEnd, newline)
      }
      const close = closingQuote(text, start + 1)
      if (close < 0 || (close === text.length - 1 && !isFinal))
        return isFinal ? this.#stray(text, pos, lineEnd) : this.#open(text, pos, lineEnd)
      const value = text.slice(start + 1, close)
      cells.push(value.includes('""') ? value.replaceAll('""', '"') : value)
      at = this.#delimiter === '\t' ? close + 1 : skipSpaces(text, close + 1)
      const next = text[at] === '\r' && text[at + 1] === '\n' ? at + 1 : at
      if (next >= text.length || (text[next] === '\r' && next === text.length - 1)) {
        if (!isFinal) return this.#open(text, pos, lineEnd)
        return this.#believe(cells, text, pos, lineEnd, text.length)
      }
      if (text[next] === '\n') return this.#believe(cells, text, pos, lineEnd, next)
      if (text[next] !== this.#delimiter) return this.#stray(text, pos, lineEnd)
      at = next + 1
    }
  }

  /** A record of several lines counts when it has the right number of cells; otherwise its quote was a stray one. */
  #believe(cells: string[], text: string, pos: number, lineEnd: number, end: number): number {
    if (end > lineEnd && this.#columns !== null && cells.length !== this.#columns) return this.#stray(text, pos, lineEnd)
    this.#emit(cells, null)
    return end + 1
  }

  /** The record is not complete yet. Past the limit nobody waits any longer. */
  #open(text: string, pos: number, lineEnd: number): number {
    return text.length - pos > RECORD_CHARS_MAX ? this.#stray(text, pos, lineEnd) : -1
  }

  #stray(text: string, pos: number, lineEnd: number): number {
    this.#emit([text.slice(pos, Math.min(lineEnd, pos + SHOWN_CHARS_MAX))], 'quote')
    return lineEnd + 1
  }

  /** A line without an end: reported once it is beyond the limit, its rest is passed over. Answers what to keep. */
  #tooLong(text: string, pos: number): number {
    if (text.length - pos <= RECORD_CHARS_MAX) return pos
    this.#emit([text.slice(pos, pos + SHOWN_CHARS_MAX)], 'too_long')
    this.#isSkipping = true
    return text.length
  }

  #skip(text: string): number {
    const newline = text.indexOf('\n')
    if (newline < 0) return text.length
    this.#isSkipping = false
    return newline + 1
  }

  #emit(cells: string[], trouble: RecordTrouble | null): void {
    this.#row++
    this.#onRecord(cells, this.#row, trouble)
  }
}

const ended = (text: string, newline: number) => (newline < 0 ? text.length : newline)

function skipSpaces(text: string, at: number): number {
  let to = at
  while (text.charCodeAt(to) === 32) to++
  return to
}

/** Where the quote that ends a cell stands; −1 when there is none. Two quotes in a row stand for one. */
function closingQuote(text: string, from: number): number {
  let at = from
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0 || text.charCodeAt(quote + 1) !== 34) return quote
    at = quote + 2
  }
}

/** All records of a text at once: for the beginning of a file, and for tests. */
export function recordsOf(
  text: string,
  delimiter: Delimiter,
  columns: number | null = null,
): { cells: string[]; row: number; trouble: RecordTrouble | null }[] {
  const records: { cells: string[]; row: number; trouble: RecordTrouble | null }[] = []
  const reader = new RecordReader(delimiter, (cells, row, trouble) => records.push({ cells, row, trouble }), columns)
  reader.push(text)
  reader.end()
  return records
}

export const isBlank = (cells: readonly string[]): boolean => cells.every(cell => cell.trim() === '')
