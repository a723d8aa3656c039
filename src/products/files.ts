import { gunzipSync } from 'node:zlib'
import { exponentOf } from '../company/contract.ts'
import {
  currencyBeside,
  type Delimiter,
  decimalEvidence,
  decoderOf,
  encodingOf,
  readAmount,
  recordsOf,
  toUnits,
} from '../events/index.ts'
import { Fault } from '../platform/fault.ts'
import { t } from '../platform/messages.ts'
import { type FileRow, isCurrencyCode, type ReadMoney } from './sheet.ts'

export const FILE_BYTES_MAX = 20 * 2 ** 20
const AMOUNT_MAX = 1e12

/** The lines of a file, the first of which names the columns. The file is small enough to be held. */
export async function linesOf(bytes: AsyncIterable<Uint8Array>): Promise<{ header: string[]; rows: FileRow[] }> {
  const text = textOf(await whole(bytes))
  const records = recordsOf(text, delimiterOf(text)).filter(({ cells }) => cells.some(cell => cell.trim() !== ''))
  const [header, ...rows] = records
  if (header === undefined) throw new Fault('product.file_unreadable', { detail: t('products:file.empty') })
  return { header: header.cells.map(cell => cell.trim()), rows }
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > FILE_BYTES_MAX) throw new Fault('product.file_too_large', { megabytes: FILE_BYTES_MAX / 2 ** 20 })
    pieces.push(piece)
  }
  const file = Buffer.concat(pieces)
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file
  try {
    return gunzipSync(file, { maxOutputLength: FILE_BYTES_MAX })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('product.file_too_large', { megabytes: FILE_BYTES_MAX / 2 ** 20 }, { cause })
    throw new Fault('product.file_unreadable', { detail: t('products:file.not_a_table') }, { cause })
  }
}

function textOf(file: Buffer): string {
  const text = decoderOf(encodingOf(file))
    .decode(file)
    .replace(/^\ufeff/, '')
  if (text.slice(0, 4_000).includes('\0') || text.startsWith('PK'))
    throw new Fault('product.file_unreadable', { detail: t('products:file.not_a_table') })
  return text
}

/** The mark that the first line has most of. */
function delimiterOf(text: string): Delimiter {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const marks: Delimiter[] = [',', ';', '\t', '|']
  return marks.reduce((best, mark) => (line.split(mark).length > line.split(best).length ? mark : best))
}

/** Reads amounts with the decimal mark that the file's own amounts need; where they leave it open, with a point. */
export function readMoney(rows: readonly (readonly string[])[], columns: readonly (string | null)[]): ReadMoney {
  const amounts = columns.flatMap((column, i) =>
    column === 'price' || column === 'cost' ? rows.map(cells => cells[i] ?? '') : [],
  )
  const mark =
    amounts.some(text => decimalEvidence(text) === ',') && !amounts.some(text => decimalEvidence(text) === '.') ? ',' : '.'
  return (text, usual) => {
    const read = readAmount(text, mark)
    if (read === null) return null
    // "12.50 USD" and "€12.50" name their own currency.
    const currency = isCurrencyCode(read.sign.toUpperCase()) ? read.sign.toUpperCase() : currencyBeside(read.sign, usual)
    const amount = currency === null ? null : toUnits(read.value, exponentOf(currency))
    return amount === null || currency === null || Math.abs(amount) > AMOUNT_MAX ? null : { amount, currency }
  }
}
