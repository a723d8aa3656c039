import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { type History, openClickHouse } from './clickhouse.ts'
import { statementsOf } from './engines/statement.ts'
import { Fault } from './fault.ts'
import { type Log } from './log.ts'

type Store = 'PostgreSQL' | 'ClickHouse'
type Migration = { id: number; file: string; sql: string; checksum: string }
type Applied = { id: number; checksum: string }

export type MigrateOptions = { databaseUrl: string; clickhouseUrl: string; log: Log; folder?: URL | undefined }

/** How far each store is, and what this program knows. */
export type SchemaState = Record<Store, { known: number; applied: number }>

const FOLDER = new URL('../../migrations/', import.meta.url)

// Any number that no other program on the same server is likely to lock.
const LOCK = 7_311_960_247

/**
 * Brings both stores to the schema this program knows. Safe to call from several processes at once and to repeat; one
 * that is killed in the middle is finished by the next. Throws `schema.newer` when the data belongs to a newer program.
 */
export async function migrate({ databaseUrl, clickhouseUrl, log, folder = FOLDER }: MigrateOptions): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await using history = openClickHouse(clickhouseUrl)
  try {
    // Held until the connection ends, so also when this process dies. It covers ClickHouse too, which has no locks.
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await migratePostgres(client, readMigrations(folder, 'postgres'), log)
    await migrateClickHouse(history, readMigrations(folder, 'clickhouse'), log)
  } finally {
    await client.end()
  }
}

/** What doctor wants to know, without changing anything. */
export async function schemaState({
  databaseUrl,
  clickhouseUrl,
  folder = FOLDER,
}: Omit<MigrateOptions, 'log'>): Promise<SchemaState> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await using history = openClickHouse(clickhouseUrl)
  try {
    return {
      PostgreSQL: { known: lastOf(readMigrations(folder, 'postgres')), applied: lastOf(await appliedToPostgres(client)) },
      ClickHouse: { known: lastOf(readMigrations(folder, 'clickhouse')), applied: lastOf(await appliedToClickHouse(history)) },
    }
  } finally {
    await client.end()
  }
}

const lastOf = (list: readonly { id: number }[]) => list.reduce((last, { id }) => Math.max(last, id), 0)

/** The numbered files of one store, in order. */
function readMigrations(folder: URL, store: string): Migration[] {
  const migrations = readdirSync(new URL(`${store}/`, folder))
    .filter(file => file.endsWith('.sql'))
    .sort()
    .map(file => {
      const sql = readFileSync(new URL(`${store}/${file}`, folder), 'utf8').replaceAll('\r\n', '\n')
      return { id: Number.parseInt(file, 10), file, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
  const twice = migrations.find(({ id }, index) => Number.isNaN(id) || migrations[index - 1]?.id === id)
  if (twice) throw new Error(`migrations/${store}/${twice.file}: every file begins with a number of its own`)
  return migrations
}

/** Which of the known migrations are still to come; refuses data that this program does not understand. */
function pending(store: Store, known: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const found = lastOf(applied)
  if (found > lastOf(known)) throw new Fault('schema.newer', { store, found, known: lastOf(known) })
  const checksums = new Map(applied.map(({ id, checksum }) => [id, checksum]))
  const changed = known.find(({ id, checksum }) => checksums.has(id) && checksums.get(id) !== checksum)
  if (changed) throw new Fault('schema.changed', { store, file: changed.file })
  return known.filter(({ id }) => !checksums.has(id))
}

async function migratePostgres(client: pg.Client, known: Migration[], log: Log): Promise<void> {
  const applied = await appliedToPostgres(client)
  await client.query(
    'create table if not exists schema_migration (id int primary key, file text not null, checksum text not null, applied_at timestamptz not null default now())',
  )
  for (const { id, file, sql, checksum } of pending('PostgreSQL', known, applied)) {
    try {
      await client.query('begin')
      await client.query(sql)
      await client.query('insert into schema_migration (id, file, checksum) values ($1, $2, $3)', [id, file, checksum])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw failed('PostgreSQL', file, error)
    }
    log.info({ file }, 'Migrated PostgreSQL')
  }
}

async function appliedToPostgres(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query("select to_regclass('schema_migration') is not null as exists")
  return rows[0].exists ? (await client.query('select id, checksum from schema_migration order by id')).rows : []
}

// ClickHouse has no transaction around several statements: each can be repeated (`if not exists`), and the record
// comes after them. Killed in between, the file simply runs again.
async function migrateClickHouse(history: History, known: Migration[], log: Log): Promise<void> {
  const applied = await appliedToClickHouse(history)
  await history.command(
    `create table if not exists schema_migration (id UInt32, file String, checksum String, applied_at DateTime64(3, 'UTC') default now64(3)) engine = MergeTree order by id`,
  )
  for (const { id, file, sql, checksum } of pending('ClickHouse', known, applied)) {
    try {
      for (const statement of statementsOf(sql)) await history.command(statement)
    } catch (error) {
      throw failed('ClickHouse', file, error)
    }
    await history.insert('schema_migration', [{ id, file, checksum }], ['id', 'file', 'checksum'])
    log.info({ file }, 'Migrated ClickHouse')
  }
}

async function appliedToClickHouse(history: History): Promise<Applied[]> {
  const [table] = await history.rows<{ result: number }>('exists table schema_migration')
  return table?.result ? history.rows<Applied>('select id, checksum from schema_migration order by id') : []
}

const failed = (store: Store, file: string, cause: unknown) =>
  new Fault('schema.failed', { store, file, detail: cause instanceof Error ? cause.message : String(cause) }, { cause })
