import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Log } from '../log.ts'
import { chdbUrl, startChdb } from './chdb.ts'
import { holderOf, lockFolder } from './lock.ts'
import { postgresUrl, startPostgres } from './postgres.ts'

export { isFree } from './addresses.ts'
export { holderOf } from './lock.ts'

export type EngineOptions = { data: string; databaseUrl?: string | undefined; clickhouseUrl?: string | undefined; log: Log }
export type Engines = AsyncDisposable & { databaseUrl: string; clickhouseUrl: string }

/**
 * Answers the two addresses that the rest of the program lives on. What has no address of its own is started below the
 * data folder and kept running. Throws `data.in_use` when another process holds the folder. Dispose to stop within 10 s.
 */
export async function startEngines({ data, databaseUrl, clickhouseUrl, log }: EngineOptions): Promise<Engines> {
  const folder = resolve(data)
  // Passable for the OS user of PostgreSQL; each engine closes its own folder below.
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const started = new AsyncDisposableStack()
  try {
    started.use(lockFolder(folder))
    const [postgres, clickhouse] = await bothOrNone([
      databaseUrl ? undefined : startPostgres(folder, log),
      clickhouseUrl ? undefined : startChdb(folder, log),
    ])
    for (const engine of [postgres, clickhouse]) if (engine) started.use(engine)
    const engines = started.move()
    return {
      databaseUrl: postgres?.url ?? databaseUrl ?? '',
      clickhouseUrl: clickhouse?.url ?? clickhouseUrl ?? '',
      [Symbol.asyncDispose]: () => engines.disposeAsync(),
    }
  } catch (error) {
    await started.disposeAsync()
    throw error
  }
}

/** The addresses of the program that holds the data folder now, or null when none does. Disposing it stops nothing. */
export function attachEngines({ data, databaseUrl, clickhouseUrl }: EngineOptions): Engines | null {
  const folder = resolve(data)
  if (holderOf(folder) === undefined) return null
  return {
    databaseUrl: databaseUrl ?? postgresUrl(folder),
    clickhouseUrl: clickhouseUrl ?? chdbUrl(folder),
    async [Symbol.asyncDispose]() {},
  }
}

type Engine = AsyncDisposable & { url: string }

// They start side by side; when one fails, the other is not left running.
async function bothOrNone(starting: readonly (Promise<Engine> | undefined)[]): Promise<(Engine | undefined)[]> {
  const settled = await Promise.allSettled(starting)
  const failed = settled.find(result => result.status === 'rejected')
  if (!failed) return settled.map(result => (result.status === 'fulfilled' ? result.value : undefined))
  await Promise.all(settled.map(result => (result.status === 'fulfilled' ? result.value?.[Symbol.asyncDispose]() : undefined)))
  throw failed.reason
}
