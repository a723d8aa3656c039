import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type History, openClickHouse } from './clickhouse.ts'
import { silentLog } from './log.ts'
import { migrate } from './migrate.ts'
import { type Db, openPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    clickhouseUrl: string
  }
}

export type TestStores = AsyncDisposable & { db: Db; history: History; databaseUrl: string; clickhouseUrl: string }

/** The database that every test database is a copy of; made by test/engines.ts. */
export const TEMPLATE = 'perennial_template'

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

/** Migrated, empty stores of their own for one test file, in the real engines. Dispose them at the end. */
export async function testStores(): Promise<TestStores> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const [server, engine] = [inject('databaseUrl'), inject('clickhouseUrl')]
  const databaseUrl = withDatabase(server, name)
  const clickhouseUrl = withDatabase(engine, name)
  await onServer(server, `create database ${name} template ${TEMPLATE} strategy wal_log`)
  await onEngine(engine, `create database ${name}`)
  await migrate({ databaseUrl, clickhouseUrl, log: silentLog() })
  const db = openPostgres(databaseUrl)
  const history = openClickHouse(clickhouseUrl)
  return {
    db,
    history,
    databaseUrl,
    clickhouseUrl,
    async [Symbol.asyncDispose]() {
      await Promise.all([db.destroy(), history[Symbol.asyncDispose]()])
      await onServer(server, `drop database ${name} with (force)`)
      await onEngine(engine, `drop database ${name}`)
    },
  }
}

/** Empty databases without a schema, for tests of the migrations themselves. */
export async function emptyStores(): Promise<AsyncDisposable & { databaseUrl: string; clickhouseUrl: string }> {
  const name = `empty_${randomBytes(6).toString('hex')}`
  const [server, engine] = [inject('databaseUrl'), inject('clickhouseUrl')]
  await onServer(server, `create database ${name} strategy wal_log`)
  await onEngine(engine, `create database ${name}`)
  return {
    databaseUrl: withDatabase(server, name),
    clickhouseUrl: withDatabase(engine, name),
    async [Symbol.asyncDispose]() {
      await onServer(server, `drop database ${name} with (force)`)
      await onEngine(engine, `drop database ${name}`)
    },
  }
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function onEngine(url: string, sql: string): Promise<void> {
  await using history = openClickHouse(url)
  await history.command(sql)
}
