import { type History } from '../../platform/clickhouse.ts'
import { type Envelope } from '../contract.ts'
import { eventId } from '../index.ts'
import { type NumberedEvent } from './fold.ts'
import { type Reject } from './reject.ts'
import { type StagedRow } from './staged.ts'

/** One reading of one file: what an earlier reading left behind has another number. */
export type Reading = { id: number; run: number }

const RAW_CHARS_MAX = 4_000
const TABLES = ['import_row', 'import_reject', 'import_event'] as const

export async function stageRows(history: History, { id, run }: Reading, rows: readonly StagedRow[]): Promise<void> {
  await history.insert(
    'import_row',
    rows.map(row => ({
      import_id: id,
      run,
      customer: row.first,
      order_id: row.second,
      row: row.row,
      content: row.content,
    })),
  )
}

export async function stageRejects(history: History, { id, run }: Reading, rejects: readonly Reject[]): Promise<void> {
  await history.insert(
    'import_reject',
    rejects.map(({ row, code, params, cells }) => ({
      import_id: id,
      run,
      row,
      code,
      params: JSON.stringify(params),
      cells: cut(cells),
    })),
  )
}

/** The cells as far as they fit: a rejected row is to be recognised, not kept. */
function cut(cells: readonly string[]): string[] {
  let left = RAW_CHARS_MAX
  return cells.slice(0, 500).map(cell => {
    // Lone halves of surrogate pairs and NUL would break the JSON on its way.
    const text = cell.slice(0, left).toWellFormed().replaceAll('\0', '\u2400')
    left -= text.length
    return text
  })
}

export async function stageEvents(history: History, { id, run }: Reading, events: readonly NumberedEvent[]): Promise<void> {
  await history.insert(
    'import_event',
    events.map(({ seq, envelope, isEntry }) => ({
      import_id: id,
      run,
      seq,
      id: eventId(envelope.messageId),
      is_order: isEntry,
      envelope: JSON.stringify(envelope),
    })),
  )
}

const READING = 'import_id = {id:UInt32} and run = {run:UInt32}'

/** The good rows sorted by what they are about and row: one customer after the other, one order after the other. */
export async function* rowsInOrder(history: History, reading: Reading): AsyncGenerator<string[]> {
  const sql = `select content from import_row where ${READING} order by customer, order_id, row`
  yield* strings(history.stream(sql, { id: reading.id, run: reading.run }, 'RowBinary'))
}

/** The strings of a one-column RowBinary answer: each is its length in seven-bit groups, then its bytes. */
async function* strings(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const found: string[] = []
    let at = 0
    for (;;) {
      let length = 0
      let from = at
      let shift = 0
      while (from < bytes.length && (bytes[from] ?? 0) >= 128) length += ((bytes[from++] ?? 0) - 128) * 2 ** (7 * shift++)
      if (from >= bytes.length) break
      length += (bytes[from++] ?? 0) * 2 ** (7 * shift)
      if (from + length > bytes.length) break
      found.push(bytes.toString('utf8', from, from + length))
      at = from + length
    }
    rest = bytes.subarray(at)
    yield found
  }
}

/** The next events to hand over, each once. */
export async function eventsAfter(
  history: History,
  reading: Reading,
  after: number,
  limit: number,
): Promise<{ seq: number; envelope: Envelope }[]> {
  const rows = await history.rows<{ seq: number; envelope: string }>(
    `select seq, envelope from import_event where ${READING} and seq > {after:UInt64} order by seq limit 1 by seq limit {limit:UInt32}`,
    { id: reading.id, run: reading.run, after, limit },
  )
  return rows.map(({ seq, envelope }) => ({ seq, envelope: JSON.parse(envelope) as Envelope }))
}

/** How many of the entries between two numbers the log has already, in sources that count. */
export async function knownEntries(
  history: History,
  reading: Reading,
  from: number,
  to: number,
  undone: readonly number[],
): Promise<number> {
  const [row] = await history.rows<{ n: number }>(
    `select uniqExact(id) as n from event
     where id in (select id from import_event where ${READING} and is_order and seq > {from:UInt64} and seq <= {to:UInt64})
       and not has({undone:Array(UInt32)}, source_id)`,
    { id: reading.id, run: reading.run, from, to, undone },
  )
  return row?.n ?? 0
}

/** The rows that were left out, in the order of the file, each once. */
export async function* rejectsInOrder(history: History, reading: Reading): AsyncGenerator<Reject[]> {
  const decoder = new TextDecoder()
  let rest = ''
  const sql = `select row, code, params, cells from import_reject where ${READING} order by row limit 1 by row`
  for await (const bytes of history.stream(sql, { id: reading.id, run: reading.run }, 'JSONEachRow')) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines.map(line => {
      const { row, code, params, cells } = JSON.parse(line) as {
        row: number
        code: Reject['code']
        params: string
        cells: string[]
      }
      return { row: Number(row), code, params: JSON.parse(params) as Reject['params'], cells }
    })
  }
}

/** Forgets what was staged for an import. */
export async function dropStaged(
  history: History,
  id: number,
  tables: readonly (typeof TABLES)[number][] = TABLES,
): Promise<void> {
  for (const table of tables) await history.command(`alter table ${table} drop partition ${Math.trunc(id)}`)
}
