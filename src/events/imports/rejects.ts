import { stringify } from 'csv-stringify/sync'
import { t } from '../../platform/messages.ts'
import { sentenceOf } from './preview.ts'
import { type Reject } from './reject.ts'

// A spreadsheet calculates a cell that begins with one of these, also behind spaces and control characters, also in full width.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const FORMULA = /^[\s\u0000-\u001f\u200b\ufeff]*[=+\-@\t\r＝＋－＠]/
const WINDOWS = { record_delimiter: 'windows' } as const
const NUMBER = /^[-+]?[\d.,]*\d$/

/** A cell that no spreadsheet takes for a formula; the apostrophe is the one that our own reader takes off again. Plain numbers stay. */
export const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell)

/** The rejected rows as the text of a CSV file: number of the line, why it was left out, and the line itself. Begins with a BOM, for Excel. */
export async function* rejectsCsv(columns: readonly string[], rejects: AsyncIterable<readonly Reject[]>): AsyncGenerator<string> {
  const header = [t('imports:rejects.row'), t('imports:rejects.reason'), ...columns]
  yield `\ufeff${stringify([header.map(harmless)], WINDOWS)}`
  for await (const batch of rejects) {
    const rows = batch.map(reject => [String(reject.row), sentenceOf(reject), ...reject.cells.map(harmless)])
    if (rows.length > 0) yield stringify(rows, WINDOWS)
  }
}

export const csvLine = (cells: readonly string[]): string => stringify([cells as string[]])
