import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { openClickHouse } from './clickhouse.ts'
import { silentLog } from './log.ts'
import { type MigrateOptions, migrate, schemaState } from './migrate.ts'
import { emptyStores } from './testing.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

type Files = Record<string, string>

function migrations(postgres: Files, clickhouse: Files = {}): URL {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-migrations-'))
  folders.push(folder)
  for (const [store, files] of Object.entries({ postgres, clickhouse })) {
    const path = join(folder, store)
    mkdirSync(path)
    for (const [name, sql] of Object.entries(files)) writeFileSync(join(path, name), sql)
  }
  return pathToFileURL(`${folder}/`)
}

async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('two programs that start at once apply every migration once', async () => {
  await using stores = await emptyStores()
  const options = { ...stores, log: silentLog() }
  await Promise.all([migrate(options), migrate(options), migrate(options)])
  const { PostgreSQL, ClickHouse } = await schemaState(stores)
  expect(PostgreSQL.applied).toBe(PostgreSQL.known)
  expect(ClickHouse.applied).toBe(ClickHouse.known)
  await using history = openClickHouse(stores.clickhouseUrl)
  expect(await history.rows('select id from schema_migration group by id having count() > 1')).toEqual([])
  await expect(migrate(options)).resolves.toBeUndefined()
})

test('a program killed in the middle of a migration leaves nothing half done, and the next start finishes it', async () => {
  await using stores = await emptyStores()
  const folder = migrations(
    { '0001_a.sql': 'create table a (x int); select pg_sleep(60);' },
    { '0001_b.sql': 'create table if not exists b (x UInt8) engine = MergeTree order by x' },
  )
  const child = fork(new URL('./migrate-in-child.ts', import.meta.url), [stores.databaseUrl, stores.clickhouseUrl, folder.href], {
    stdio: 'ignore',
  })
  const isSleeping = async () =>
    (
      await query(
        stores.databaseUrl,
        "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
      )
    ).length > 0
  await expect.poll(isSleeping, { timeout: 20_000 }).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await query(
    stores.databaseUrl,
    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()",
  )
  expect(await query(stores.databaseUrl, "select to_regclass('a') as a")).toEqual([{ a: null }])

  const whole = migrations(
    { '0001_a.sql': 'create table a (x int);' },
    { '0001_b.sql': 'create table if not exists b (x UInt8) engine = MergeTree order by x' },
  )
  await migrate({ ...stores, log: silentLog(), folder: whole })
  expect(await schemaState({ ...stores, folder: whole })).toEqual({
    PostgreSQL: { known: 1, applied: 1 },
    ClickHouse: { known: 1, applied: 1 },
  })
})

test('a ClickHouse migration killed between its statements runs again from the top', async () => {
  await using stores = await emptyStores()
  const first = 'create table if not exists a (x UInt8) engine = MergeTree order by x;'
  const options: MigrateOptions = {
    ...stores,
    log: silentLog(),
    folder: migrations({}, { '0001_a.sql': `${first} create table b (` }),
  }
  await expect(migrate(options)).rejects.toMatchObject({ code: 'schema.failed' })
  await migrate({
    ...options,
    folder: migrations(
      {},
      { '0001_a.sql': `-- why; not this ';'\n${first} create table if not exists b (x UInt8) engine = MergeTree order by x;` },
    ),
  })
  await using history = openClickHouse(stores.clickhouseUrl)
  expect(
    await history.rows("select name from system.tables where database = currentDatabase() and name in ('a', 'b') order by name"),
  ).toEqual([{ name: 'a' }, { name: 'b' }])
})

test('a failing migration changes nothing and names its file', async () => {
  await using stores = await emptyStores()
  const folder = migrations({
    '0001_a.sql': 'create table a (x int);',
    '0002_b.sql': 'create table b (x int); insert into nowhere values (1);',
  })
  await expect(migrate({ ...stores, log: silentLog(), folder })).rejects.toMatchObject({
    code: 'schema.failed',
    params: { file: '0002_b.sql' },
  })
  expect(await query(stores.databaseUrl, "select to_regclass('a')::text as a, to_regclass('b')::text as b")).toEqual([
    { a: 'a', b: null },
  ])
})

test('an old program refuses the data of a newer one, and an edited migration is noticed', async () => {
  await using stores = await emptyStores()
  const one = { '0001_a.sql': 'create table a (x int);' }
  await migrate({ ...stores, log: silentLog(), folder: migrations({ ...one, '0002_b.sql': 'create table b (x int);' }) })
  await expect(migrate({ ...stores, log: silentLog(), folder: migrations(one) })).rejects.toMatchObject({
    code: 'schema.newer',
    params: { found: 2, known: 1 },
  })
  const edited = migrations({ '0001_a.sql': 'create table a (x bigint);', '0002_b.sql': 'create table b (x int);' })
  await expect(migrate({ ...stores, log: silentLog(), folder: edited })).rejects.toMatchObject({
    code: 'schema.changed',
    params: { file: '0001_a.sql' },
  })
})
