import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installModels } from '../lifecycle/index.ts'
import { type History, openClickHouse } from '../platform/clickhouse.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { attachEngines, type Engines, startEngines } from '../platform/engines/index.ts'
import { type Log, openLog } from '../platform/log.ts'
import { migrate } from '../platform/migrate.ts'
import { type Db, openPostgres } from '../platform/postgres.ts'
import { type Config } from './config.ts'

/** The open stores and what else every part of the program is handed. */
export type Program = AsyncDisposable & {
  config: Config
  log: Log
  clock: Clock
  db: Db
  history: History
  databaseUrl: string
  /** The data folder, with a place for uploads. */
  data: string
  /** Which data folder this is, for as long as it exists. */
  home: string
}

/** Starts the engines where needed, brings the schemas up to date and opens both stores. Dispose to close everything. */
export async function compose(config: Config, log: Log = openLog(config.logLevel)): Promise<Program> {
  const data = resolve(config.data)
  const engines = await startEngines({
    data,
    databaseUrl: config.databaseUrl ?? undefined,
    clickhouseUrl: config.clickhouseUrl ?? undefined,
    log,
  })
  try {
    await migrate({ ...engines, log })
    return await open(config, log, data, engines)
  } catch (error) {
    await engines[Symbol.asyncDispose]()
    throw error
  }
}

/** Opens the stores of the program that runs on this data folder, or null when none runs. */
export async function attach(config: Config, log: Log = openLog(config.logLevel)): Promise<Program | null> {
  const data = resolve(config.data)
  const engines = attachEngines({
    data,
    databaseUrl: config.databaseUrl ?? undefined,
    clickhouseUrl: config.clickhouseUrl ?? undefined,
    log,
  })
  return engines === null ? null : open(config, log, data, engines)
}

async function open(config: Config, log: Log, data: string, engines: Engines): Promise<Program> {
  const stack = new AsyncDisposableStack()
  stack.use(engines)
  const db = openPostgres(engines.databaseUrl)
  stack.defer(() => db.destroy())
  const history = stack.use(openClickHouse(engines.clickhouseUrl))
  await installModels(db, systemClock.now())
  mkdirSync(join(data, 'uploads'), { recursive: true, mode: 0o700 })
  return {
    config,
    log,
    clock: systemClock,
    db,
    history,
    databaseUrl: engines.databaseUrl,
    data,
    home: homeOf(data),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function homeOf(data: string): string {
  const path = join(data, 'home')
  if (!existsSync(path)) writeFileSync(path, randomUUID(), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}
