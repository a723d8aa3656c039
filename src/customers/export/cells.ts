import { stringify } from 'csv-stringify/sync'

// A spreadsheet calculates a cell that begins with one of these, also behind spaces, control and invisible characters, also in full width.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
const FORMULA = /^[\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*[=+\-@＝＋－＠]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: a tab or a line's end in front is one way to smuggle a formula in
const SMUGGLED = /^[\u0000-\u001f\u007f-\u009f]/

/** Words that no spreadsheet takes for a formula. Our own numbers are numbers, not words, and stay. */
export const harmless = (text: string): string => (FORMULA.test(text) || SMUGGLED.test(text) ? `'${text}` : text)

export type Cell = string | number | null
export const BOM = '\ufeff'

/** Lines of a CSV file as RFC 4180 has them. */
export const linesOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.length === 0
    ? ''
    : stringify(
        rows.map(row => row.map(cell => (cell === null ? '' : typeof cell === 'number' ? String(cell) : harmless(cell)))),
        { record_delimiter: 'windows' },
      )
