import { randomUUID } from 'node:crypto'
import { ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { IS_AT_WORK } from './engines/chdb-orders.ts'
import { PROBE_MS_MAX, patiently, SILENT_MS_MAX } from './patience.ts'

/** Values for `{name:Type}` in a statement. A Date is an instant; null wants a Nullable type. */
export type Params = Record<string, string | number | bigint | boolean | Date | null | readonly (string | number | bigint)[]>

/** What happened: the event log and the moves. Every value is bound, never written into a statement. */
export type History = AsyncDisposable & {
  /** All rows of a read. Integers are numbers, DateTime64 are ISO strings in UTC. */
  rows<T>(sql: string, params?: Params): Promise<T[]>
  /** The bytes of a read as they come, for what is too large to hold. An error in the middle breaks the iteration. */
  stream(sql: string, params?: Params, format?: string): AsyncIterable<Buffer>
  /**
   * Writes rows as one block: all of them or none, on disk when it returns. The columns are those of the first row, unless named.
   * DateTime64 columns take ISO strings, Dates and milliseconds after 2001; `instantSql` makes the quickest form of any instant.
   */
  insert(table: string, rows: readonly object[], columns?: readonly string[]): Promise<void>
  /** Runs a statement that answers nothing. */
  command(sql: string, params?: Params): Promise<void>
}

/** The most rows that one insert writes in one block. */
export const INSERT_ROWS_MAX = 100_000

// One block is one part is all or nothing: so the thresholds at which an insert is cut are above what we send.
const ONE_BLOCK = {
  max_insert_block_size: '1000000',
  min_insert_block_size_rows: '1000000',
  min_insert_block_size_bytes: '0',
  input_format_parallel_parsing: 0,
  async_insert: 0,
  date_time_input_format: 'best_effort',
} as const

const READING = { date_time_output_format: 'iso', output_format_json_quote_64bit_integers: 0 } as const

const padded = (length: number, count: number) => Array.from({ length: count }, (_, i) => String(i).padStart(length, '0'))
const [TWO, THREE] = [padded(2, 60), padded(3, 1000)]
const days = new Map<number, string>()

function dayText(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size > 20_000) days.clear()
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
  days.set(day, text)
  return text
}

/** An instant in milliseconds as DateTime64(3) columns and parameters in UTC take it. Six times as fast as by Date: every row has several. */
export function instantSql(ms: number): string {
  const day = Math.floor(ms / 86_400_000)
  const rest = ms - day * 86_400_000
  const seconds = Math.floor(rest / 1000)
  return `${dayText(day)} ${TWO[Math.floor(seconds / 3600)]}:${TWO[Math.floor(seconds / 60) % 60]}:${TWO[seconds % 60]}.${THREE[rest % 1000]}`
}

// The client's own form for dates is wrong before 1970.
const sendable = (params: Params) =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value instanceof Date ? instantSql(value.getTime()) : value]),
  )

// Without the names in every row, an insert costs a quarter less. A row that has other columns than the first would lose them, so it is refused.
function valuesOf(row: object, names: readonly string[], mustHaveAll: boolean): unknown[] {
  const isAlike = Object.keys(row).length === names.length && names.every(name => name in row)
  if (mustHaveAll && !isAlike) throw new TypeError(`A row has other columns than ${names.join(', ')}`)
  return names.map(name => (row as Record<string, unknown>)[name])
}

/** Opens the log on `url`, which names host, user, password and database: http://user:password@host:8123/database */
export function openClickHouse(url: string, { silentMsMax = SILENT_MS_MAX } = {}): History {
  const client = createClient({
    url,
    application: 'perennial',
    // What goes wrong is thrown, and logged once, by whoever asked.
    log: { level: ClickHouseLogLevel.OFF },
    // What waits here for a connection is at work nowhere: the store has its own queue.
    max_open_connections: 64,
    // Long reads (a replay) and deletions that wait for the disk.
    request_timeout: 30 * 60_000,
    // A thousand ids are longer than a URL may be.
    use_multipart_params_auto: true,
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
  })

  // On a connection of its own, so that long statements on all others do not pass for silence.
  const probe = createClient({
    url,
    application: 'perennial',
    log: { level: ClickHouseLogLevel.OFF },
    max_open_connections: 1,
    request_timeout: PROBE_MS_MAX,
    keep_alive: { enabled: false },
  })
  const isAtWork = async (query_id: string) => {
    try {
      const result = await probe.query({ query: IS_AT_WORK, query_params: { id: query_id }, format: 'JSONEachRow' })
      const [row] = await result.json<{ n: number | string }>()
      return Number(row?.n) > 0
    } catch (error) {
      // That it may not say is an answer too.
      if (error instanceof ClickHouseError) return true
      throw error
    }
  }
  const waiting = <T>(ask: (known: { query_id: string; abort_signal: AbortSignal }) => Promise<T>): Promise<T> => {
    const [query_id, aborted] = [randomUUID(), new AbortController()]
    return patiently(
      ask({ query_id, abort_signal: aborted.signal }),
      () => isAtWork(query_id),
      () => aborted.abort(),
      silentMsMax,
    )
  }

  return {
    async rows<T>(sql: string, params: Params = {}) {
      return waiting(async known => {
        const result = await client.query({
          query: sql,
          query_params: sendable(params),
          format: 'JSONEachRow',
          clickhouse_settings: READING,
          ...known,
        })
        return result.json<T>()
      })
    },
    async *stream(sql, params = {}, format = 'RowBinary') {
      const { stream } = await waiting(known =>
        client.exec({
          query: `${sql}\nFORMAT ${format}`,
          query_params: sendable(params),
          clickhouse_settings: READING,
          ...known,
        }),
      )
      yield* stream as AsyncIterable<Buffer>
    },
    async insert(table, rows, columns) {
      if (rows.length === 0) return
      if (rows.length > INSERT_ROWS_MAX)
        throw new RangeError(`${rows.length} rows are more than one block holds (${INSERT_ROWS_MAX})`)
      const names = (columns ?? Object.keys(rows[0] ?? {})) as [string, ...string[]]
      const values = rows.map(row => valuesOf(row, names, columns === undefined))
      const clickhouse_settings = ONE_BLOCK
      await waiting(known =>
        client.insert({ table, columns: names, values, format: 'JSONCompactEachRow', clickhouse_settings, ...known }),
      )
    },
    async command(sql, params = {}) {
      await waiting(known => client.command({ query: sql, query_params: sendable(params), ...known }))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), probe.close()])
    },
  }
}
