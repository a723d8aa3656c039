import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { stringify as stringifyNow } from 'csv-stringify/sync'
import { t } from '../../platform/messages.ts'
import { type StoredReject } from './history.ts'
import { sentenceOf } from './preview.ts'

// A spreadsheet calculates a cell that begins with one of these, also behind spaces and control characters, also in full width.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const FORMULA = /^[\s\u0000-\u001f\u200b\ufeff]*[=+\-@\t\r＝＋－＠]/
const NUMBER = /^[-+]?[\d.,]*\d$/

/** A cell that no spreadsheet takes for a formula; the apostrophe is the one that our own reader takes off again. Plain numbers stay. */
export const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell)

/** The rejected rows as a CSV file: number of the line, why it was left out, and the line itself. Begins with a BOM, for Excel. */
export function rejectsCsv(columns: readonly string[], rejects: AsyncIterable<StoredReject[]>): Readable {
  const header = [t('imports:rejects.row'), t('imports:rejects.reason'), ...columns].map(harmless)
  const rows = async function* () {
    for await (const batch of rejects)
      for (const reject of batch) yield [String(reject.row), sentenceOf(reject), ...reject.cells.map(harmless)]
  }
  const out = stringify({ bom: true, record_delimiter: 'windows' })
  out.write(header)
  // An error on the way breaks the download off, so that nobody takes it for whole.
  pipeline(Readable.from(rows()), out, () => {})
  return out
}

export const csvLine = (cells: readonly string[]): string => stringifyNow([cells as string[]])
