import { type FileKind, type Mapping } from './contract.ts'
import { isSeparatorLine } from './detect.ts'
import { LineReader } from './lines.ts'
import { isBlank, type OnRecord, RecordReader, type RecordTrouble } from './records.ts'
import { isReject, type Reject } from './reject.ts'
import { type Reader, type StagedRow } from './staged.ts'

const BATCH_ROWS = 20_000
// Rows keep the text alive that they were cut from, so a batch of very long rows is a short one.
const BATCH_CHARS = 16_000_000

/** Some rows of a file; `row` is the number of the last one, `rows` how many there have been. */
export type RowBatch = { good: StagedRow[]; rejects: Reject[]; row: number; rows: number; share: number }

/** Cuts a file's text into records: of a table, or lines. */
const cutter = (kind: FileKind, mapping: Mapping, onRecord: OnRecord, width: number) =>
  kind === 'events' ? new LineReader(onRecord) : new RecordReader(mapping.delimiter, onRecord, width)

/** Reads the rows of a file in batches, in bounded memory. */
export async function* readRows(
  pieces: AsyncIterable<{ text: string; share: number }>,
  kind: FileKind,
  mapping: Mapping,
  width: number,
  reader: Reader,
): AsyncGenerator<RowBatch> {
  let batch: RowBatch = { good: [], rejects: [], row: 0, rows: 0, share: 0 }
  let isHeaderAhead = mapping.hasHeader
  const onRecord = (cells: string[], row: number, trouble: RecordTrouble | null) => {
    batch.row = row
    if (trouble === null && (isBlank(cells) || (batch.rows === 0 && isSeparatorLine(cells)))) return
    if (isHeaderAhead) {
      isHeaderAhead = false
      return
    }
    batch.rows++
    const read = reader.read(cells, row, trouble)
    if (isReject(read)) batch.rejects.push(read)
    else batch.good.push(read)
  }
  const records = cutter(kind, mapping, onRecord, width)
  let chars = 0
  for await (const { text, share } of pieces) {
    records.push(text)
    batch.share = share
    chars += text.length
    if (batch.good.length + batch.rejects.length < BATCH_ROWS && chars < BATCH_CHARS) continue
    yield batch
    chars = 0
    batch = { ...batch, good: [], rejects: [] }
  }
  records.end()
  yield batch
}

/** The cells of some rows, by their numbers. */
export async function cellsOfRows(
  pieces: AsyncIterable<{ text: string }>,
  kind: FileKind,
  mapping: Mapping,
  width: number,
  wanted: ReadonlySet<number>,
): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>()
  const keep = (cells: string[], row: number) => {
    // Written anew, so that they do not keep the whole text alive.
    if (wanted.has(row)) found.set(row, JSON.parse(JSON.stringify(cells.map(cell => cell.slice(0, 1_000)))) as string[])
  }
  const records = cutter(kind, mapping, keep, width)
  for await (const { text } of pieces) records.push(text)
  records.end()
  return found
}
