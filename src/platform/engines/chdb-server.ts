/**
 * The ClickHouse engine in a process of its own, behind ClickHouse's HTTP interface on loopback: the rest of the
 * program talks to it exactly as it talks to a ClickHouse cluster. Started by chdb.ts, which tells it what to open.
 */
import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { IS_AT_WORK, type Orders } from './chdb-orders.ts'
import { ChdbPool, type Outcome } from './chdb-pool.ts'
import { prepare, type Settings, type Statement, StatementError } from './statement.ts'

// What the engine cannot be told per table or per query.
// fsync: with the defaults a power cut lost 1,214 of 4,791 acknowledged inserts, and left 3 of 6 folders that did not open
// because of “suspiciously many” broken parts; with these three, none.
// Free space: the last of it is PostgreSQL's, which goes on taking events in while nothing can be added to the log.
// Caches: their defaults are made for servers with hundreds of gigabytes.
const CONFIG = `<clickhouse>
  <timezone>UTC</timezone>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <max_suspicious_broken_parts>1000000</max_suspicious_broken_parts>
    <max_suspicious_broken_parts_bytes>1099511627776</max_suspicious_broken_parts_bytes>
  </merge_tree>
  <max_server_memory_usage>1300000000</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <mmap_cache_size>0</mmap_cache_size>
  <storage_configuration><disks><default><keep_free_space_bytes>33554432</keep_free_space_bytes></default></disks></storage_configuration>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
</clickhouse>
`

// Larger sorts and groupings go to disk instead of beyond the memory. Bound lists count as part of a statement here.
const CONNECTION_ARGS = [
  '--max_query_size=67108864',
  '--max_memory_usage=1000000000',
  '--max_bytes_before_external_group_by=400000000',
  '--max_bytes_before_external_sort=400000000',
]

// Formats whose pieces simply follow one another; the others have a head or a foot and are made in one go.
const STREAMED = new Set(['JSONEachRow', 'JSONCompactEachRow', 'TabSeparated', 'TSV', 'CSV', 'RowBinary', 'Native'])

// Parameters of the HTTP interface itself; every other one is a setting of the query.
const NOT_A_SETTING =
  /^(query|query_id|database|user|password|quota_key|role|session_id|session_timeout|session_check|default_format|compress|decompress|enable_http_compression|wait_end_of_query|buffer_size|stacktrace|add_http_cors_header|send_progress_in_http_headers|cancel_http_readonly_queries_on_client_close|http_.*)$/

/** `atWork`: ids of the statements that run or wait for their turn. */
type Engine = { pool: ChdbPool; orders: Orders; atWork: Set<string> }

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return void response.end('Ok.\n')
  if (!isAllowed(engine.orders, request, url.searchParams))
    throw new StatementError(516, 'Authentication failed: password is incorrect, or there is no user with such name.')
  const form = await formOf(request)
  const body = form === null ? await bodyOf(request) : Buffer.alloc(0)
  const asked = form ?? url.searchParams
  const inUrl = asked.get('query')
  const text = inUrl ?? body.toString('utf8')
  if (text.startsWith(IS_AT_WORK)) {
    const isAtWork = engine.atWork.has(asked.get('param_id') ?? '')
    return void response.end(`${JSON.stringify({ n: isAtWork ? 1 : 0 })}\n`)
  }
  const statement = prepare(text, paramsOf(asked), settingsOf(url.searchParams))
  const format = statement.format ?? url.searchParams.get('default_format') ?? 'TabSeparated'
  response.setHeader('X-ClickHouse-Format', format)
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? '')
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  response.setHeader('Content-Type', contentType(format))
  const id = url.searchParams.get('query_id') ?? ''
  engine.atWork.add(id)
  response.once('close', () => engine.atWork.delete(id))
  await engine.pool.with(url.searchParams.get('database') ?? 'default', async (connection, spoil) => {
    // Whoever asked has gone while it waited for its turn, and takes it for undone.
    if (response.destroyed) return
    if (statement.changesSession) spoil()
    if (statement.kind === 'read' && STREAMED.has(format)) return stream(connection.stream(statement.sql, format), response)
    const data = inUrl === null ? undefined : body
    const outcome = statement.takesData
      ? await connection.insert(statement.sql, data ?? Buffer.alloc(0))
      : await connection.run(whole(statement, data), format)
    response.setHeader('X-ClickHouse-Summary', summary(outcome))
    response.end(outcome.bytes)
  })
}

// A statement in the URL may go on in the body: ClickHouse reads the one and then the other.
const whole = (statement: Statement, data: Buffer | undefined) =>
  data?.length ? `${statement.sql}\n${data.toString('utf8')}` : statement.sql

async function stream(chunks: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

// Also when the reader has gone: then there is nothing more to wait for.
const drained = (response: ServerResponse) =>
  new Promise<void>(resolve => {
    const go = () => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.on('drain', go)
    response.on('close', go)
  })

/** A statement and its parameters as a form: how clients send parameters that are too long for a URL. */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return null
  const fields = await new Response(await bodyOf(request), { headers: { 'content-type': type } }).formData()
  return new URLSearchParams([...fields].map(([name, value]): [string, string] => [name, String(value)]))
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return buffer(request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request)
}

function paramsOf(search: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...search].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice('param_'.length), value]),
  )
}

function settingsOf(search: URLSearchParams): Settings {
  return Object.fromEntries([...search].filter(([name]) => !name.startsWith('param_') && !NOT_A_SETTING.test(name)))
}

function isAllowed({ user, password }: Orders, { headers }: IncomingMessage, search: URLSearchParams): boolean {
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const given = basic
    ? Buffer.from(basic, 'base64').toString()
    : `${headers['x-clickhouse-user'] ?? search.get('user')}:${headers['x-clickhouse-key'] ?? search.get('password')}`
  const [a, b] = [Buffer.from(given), Buffer.from(`${user}:${password}`)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function summary(outcome: Outcome): string {
  const { rowsRead, bytesRead, rowsWritten, bytesWritten, elapsedS } = outcome
  const elapsedNs = Math.round(elapsedS * 1e9)
  const figures = {
    read_rows: rowsRead,
    read_bytes: bytesRead,
    written_rows: rowsWritten,
    written_bytes: bytesWritten,
    total_rows_to_read: 0,
    result_rows: rowsWritten,
    result_bytes: bytesWritten,
    elapsed_ns: elapsedNs,
  }
  return JSON.stringify(Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, String(figure)])))
}

const contentType = (format: string): string =>
  format === 'JSON' || format === 'JSONCompact'
    ? 'application/json; charset=UTF-8'
    : format.startsWith('JSON')
      ? 'application/x-ndjson; charset=UTF-8'
      : format.startsWith('CSV')
        ? 'text/csv; charset=UTF-8'
        : format.startsWith('T')
          ? 'text/tab-separated-values; charset=UTF-8'
          : 'application/octet-stream'

// The statuses that ClickHouse's own server gives; what is not named here is a 500.
const STATUS: Record<number, number> = {
  516: 403,
  497: 403,
  60: 404,
  81: 404,
  46: 404,
  36: 400,
  41: 400,
  43: 400,
  47: 400,
  53: 400,
  62: 400,
  70: 400,
  72: 400,
  115: 404,
  117: 400,
  27: 400,
  26: 400,
  456: 400,
  241: 500,
  159: 408,
}
const NAME: Record<number, string> = { 516: 'AUTHENTICATION_FAILED', 456: 'UNKNOWN_QUERY_PARAMETER', 115: 'UNKNOWN_SETTING' }

// A merge that runs out of disk can put a part with empty files in the place of those that it was made of (seen in 3 of 36 fillings of a small
// disk). Those are kept for minutes: when it starts, the engine sets the damaged part aside and takes them up again, and nothing is lost.
const IS_DAMAGED = /Empty marks file/

function refuse(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  if (IS_DAMAGED.test(message)) response.once('close', leave)
  // After the first bytes only a broken connection can tell that the answer is not whole.
  if (response.headersSent) {
    console.error(message)
    return void response.destroy()
  }
  const code = error instanceof StatementError ? error.code : Number(/Code: (\d+)/.exec(message)?.[1] ?? 1001)
  const text = message.startsWith('Code:')
    ? message
    : `Code: ${code}. DB::Exception: ${message}. (${NAME[code] ?? 'STD_EXCEPTION'})`
  response.statusCode = STATUS[code] ?? 500
  response.setHeader('X-ClickHouse-Exception-Code', code)
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.end(`${text}\n`)
}

async function serve(orders: Orders): Promise<void> {
  mkdirSync(orders.folder, { recursive: true, mode: 0o700 })
  const config = join(orders.folder, '..', 'clickhouse.xml')
  writeFileSync(config, CONFIG)
  const engine: Engine = {
    orders,
    atWork: new Set(),
    pool: new ChdbPool(orders.folder, [`--config-file=${config}`, ...CONNECTION_ARGS]),
  }
  const server = createServer((request, response) => {
    answer(engine, request, response).catch(error => refuse(response, error))
  })
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  server.listen(orders.port, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ ready: true })

  process.once('message', () => {
    // Told to stop: what runs may finish, nothing new begins. What it wrote is on disk, so in the end it may simply go.
    server.close(() => {
      engine.pool[Symbol.dispose]()
      leave()
    })
    server.closeIdleConnections()
    setTimeout(leave, 6_000).unref()
  })
}

// The engine's own threads may hold an ordinary exit up, and everything acknowledged is on disk.
const leave = () => process.kill(process.pid, 'SIGKILL')

// Nobody may be left behind on a data folder: when the parent is gone, whatever the reason, so are we.
process.once('disconnect', leave)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.once('message', orders => {
  serve(orders as Orders).catch(error => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
    process.disconnect?.()
  })
})
