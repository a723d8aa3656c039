import { accessSync, chmodSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openClickHouse } from '../platform/clickhouse.ts'
import { attachEngines, type Engines, holderOf, isFree, startEngines } from '../platform/engines/index.ts'
import { type Log, silentLog } from '../platform/log.ts'
import { t } from '../platform/messages.ts'
import { type SchemaState, schemaState } from '../platform/migrate.ts'
import { type Config } from './config.ts'

type Level = 'ok' | 'warn' | 'problem'
type Finding = { level: Level; sentence: string }
type Params = Record<string, string | number>

const GB = 1e9
const finding = (level: Level, key: string, params: Params = {}): Finding => ({ level, sentence: t(`doctor:${key}`, params) })
const sizeOf = (bytes: number) => `${(bytes / GB).toFixed(1)} GB`
const detailOf = (error: unknown) => (error instanceof Error ? error.message || String(error) : String(error))

/** Looks at everything a start needs and says in plain words what it finds. Changes nothing. Answers the exit code: 1 when something has to be put right. */
export async function doctor(config: Config, print: (line: string) => void = console.log): Promise<number> {
  const folder = resolve(config.data)
  let worst: Level = 'ok'
  for await (const { level, sentence } of findings(config, folder)) {
    if (level === 'problem' || (level === 'warn' && worst === 'ok')) worst = level
    print(`${t(`doctor:mark.${level}`)} ${sentence}`)
  }
  print(t(`doctor:result.${worst}`))
  return worst === 'problem' ? 1 : 0
}

async function* findings(config: Config, folder: string): AsyncIterable<Finding> {
  yield nodeVersion()
  yield memory()
  yield* dataFolder(folder)
  const holder = holderOf(folder)
  yield holder === undefined ? finding('ok', 'lock.free') : finding('ok', 'lock.running', { pid: holder })
  yield await port(config, holder !== undefined)
  yield pages()
  yield* stores(config, folder)
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const level = major > 24 || (major === 24 && minor >= 7) ? 'ok' : 'problem'
  return finding(level, `node.${level}`, { version: process.versions.node })
}

function memory(): Finding {
  const level = totalmem() < 3 * GB ? 'warn' : 'ok'
  return finding(level, `memory.${level}`, { size: sizeOf(totalmem()) })
}

function* dataFolder(folder: string): Iterable<Finding> {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  try {
    accessSync(there, constants.W_OK | constants.X_OK)
    yield finding('ok', there === folder ? 'folder.ok' : 'folder.absent', { folder })
  } catch (error) {
    yield finding('problem', 'folder.problem', { folder, detail: detailOf(error) })
  }
  const { bavail, bsize } = statfsSync(there)
  const free = bavail * bsize
  const level = free < GB ? 'problem' : free < 5 * GB ? 'warn' : 'ok'
  yield finding(level, `disk.${level}`, { free: sizeOf(free) })
}

async function port({ port }: Config, isRunning: boolean): Promise<Finding> {
  if (!isRunning) return (await isFree(port)) ? finding('ok', 'port.free', { port }) : finding('problem', 'port.taken', { port })
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
  return answer ? finding('ok', 'port.answers', { port }) : finding('warn', 'port.silent', { port })
}

function pages(): Finding {
  const level = existsSync(fileURLToPath(new URL('../../web/dist/index.html', import.meta.url))) ? 'ok' : 'warn'
  return finding(level, `pages.${level}`)
}

/** Uses the stores of the program that runs, or starts them for a moment; before the first start, in a folder that is thrown away. */
async function* stores(config: Config, folder: string): AsyncIterable<Finding> {
  await using stack = new AsyncDisposableStack()
  const isTrial = !existsSync(folder)
  const data = isTrial ? mkdtempSync(join(tmpdir(), 'perennial-doctor-')) : folder
  if (isTrial) {
    chmodSync(data, 0o755)
    stack.defer(() => rmSync(data, { recursive: true, force: true }))
    yield finding('ok', 'engines.trial')
  }
  let engines: Engines
  try {
    engines = stack.use(await open(config, data, silentLog()))
  } catch (error) {
    return yield finding('problem', 'engines.problem', { detail: detailOf(error) })
  }
  const postgres = await postgresFindings(engines.databaseUrl)
  const clickhouse = await clickhouseFindings(engines.clickhouseUrl)
  yield* postgres
  yield* clickhouse
  // One finding alone says that a store does not answer.
  if (postgres.length > 1 && clickhouse.length > 1 && !isTrial) yield* schemaFindings(await schemaState(engines))
}

async function open(config: Config, data: string, log: Log): Promise<Engines> {
  const options = { data, databaseUrl: config.databaseUrl ?? undefined, clickhouseUrl: config.clickhouseUrl ?? undefined, log }
  return attachEngines(options) ?? startEngines(options)
}

async function postgresFindings(databaseUrl: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      "select name, setting from pg_settings where name in ('server_version', 'fsync', 'full_page_writes', 'synchronous_commit')",
    )
    const settings = new Map<string, string>(rows.map(row => [row.name, row.setting]))
    const loose = ['fsync', 'full_page_writes', 'synchronous_commit'].filter(name => settings.get(name) === 'off')
    return [
      finding('ok', 'postgres.ok', { version: settings.get('server_version') ?? '' }),
      durability(
        'PostgreSQL',
        loose.map(name => `${name} is off`),
      ),
    ]
  } catch (error) {
    return [finding('problem', 'postgres.problem', { detail: detailOf(error) })]
  } finally {
    await client.end().catch(() => {})
  }
}

async function clickhouseFindings(clickhouseUrl: string): Promise<Finding[]> {
  await using history = openClickHouse(clickhouseUrl)
  try {
    const [server] = await history.rows<{ version: string }>('select version() as version')
    const loose = await history.rows<{ name: string }>(
      "select name from system.merge_tree_settings where name in ('fsync_after_insert', 'fsync_part_directory') and value = '0'",
    )
    return [
      finding('ok', 'clickhouse.ok', { version: server?.version ?? '' }),
      durability(
        'ClickHouse',
        loose.map(({ name }) => `${name} is 0`),
      ),
    ]
  } catch (error) {
    return [finding('problem', 'clickhouse.problem', { detail: detailOf(error) })]
  }
}

const durability = (store: string, loose: readonly string[]): Finding =>
  loose.length === 0
    ? finding('ok', 'durable.ok', { store })
    : finding('problem', 'durable.problem', { store, settings: loose.join(', ') })

function* schemaFindings(state: SchemaState): Iterable<Finding> {
  for (const [store, { known, applied }] of Object.entries(state)) {
    const params = { store, known, applied }
    yield applied > known
      ? finding('problem', 'schema.newer', params)
      : finding('ok', applied < known ? 'schema.behind' : 'schema.ok', params)
  }
}
