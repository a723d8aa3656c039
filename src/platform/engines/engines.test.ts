import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { type History, openClickHouse } from '../clickhouse.ts'
import { silentLog } from '../log.ts'
import { startEngines } from './index.ts'
import { isAlive } from './processes.ts'

// How often the engines are killed; more for a long night: PERENNIAL_KILLS=50 npm test -- engines
const KILLS = Number(process.env.PERENNIAL_KILLS ?? 4)
const ROWS = 500

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-engines-'))
  chmodSync(folder, 0o755)
  folders.push(folder)
  return folder
}

const start = (data: string) => startEngines({ data, log: silentLog() })
const postgresPid = (data: string) => Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
const clickhousePid = (data: string) => Number(readFileSync(join(data, 'clickhouse.pid'), 'utf8').split(' ')[0])

async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** A program of its own that holds the engines, so that it can be killed. Answers their addresses. */
async function startInChild(data: string): Promise<{ child: ChildProcess; databaseUrl: string; clickhouseUrl: string }> {
  const child = fork(new URL('./engines-in-child.ts', import.meta.url), [data], { stdio: 'ignore' })
  const [addresses] = (await once(child, 'message')) as [{ databaseUrl: string; clickhouseUrl: string }]
  return { child, ...addresses }
}

async function insertUntil(isOver: () => boolean, history: History, written: number[]): Promise<void> {
  for (let batch = (written.at(-1) ?? 0) + 1; !isOver(); batch++) {
    try {
      await history.insert(
        't',
        Array.from({ length: ROWS }, (_, n) => ({ batch, n })),
      )
      written.push(batch)
    } catch {
      await pause(20)
    }
  }
}

/** Every acknowledged batch is whole, once, and no other is there in part. */
async function expectWhole(history: History, acknowledged: readonly number[]): Promise<void> {
  const stored = await history.rows<{ batch: number; rows: number }>('select batch, count() as rows from t group by batch')
  expect(stored.filter(({ rows }) => rows !== ROWS)).toEqual([])
  const there = new Set(stored.map(({ batch }) => batch))
  expect(acknowledged.filter(batch => !there.has(batch))).toEqual([])
}

test('a data folder has one program at a time, and is free again when that one stops within 10 seconds', async () => {
  const data = dataFolder()
  const engines = await start(data)
  await expect(start(data)).rejects.toMatchObject({ code: 'data.in_use', params: { pid: process.pid } })
  const pids = [postgresPid(data), clickhousePid(data)]
  const began = performance.now()
  await engines[Symbol.asyncDispose]()
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(pids.map(isAlive)).toEqual([false, false])
  await (await start(data))[Symbol.asyncDispose]()
})

test('passwords can be read by nobody else', async () => {
  const data = dataFolder()
  await using _ = await start(data)
  for (const file of ['postgres.json', 'clickhouse.json', 'perennial.lock'])
    expect(statSync(join(data, file)).mode & 0o077).toBe(0)
  for (const folder of ['postgres', 'clickhouse']) expect(statSync(join(data, folder)).mode & 0o077).toBe(0)
})

test('after a killed program the next start ends what it left running, and everything confirmed is there', async () => {
  const data = dataFolder()
  const { child, databaseUrl, clickhouseUrl } = await startInChild(data)
  const orphans = [postgresPid(data), clickhousePid(data)]
  await query(databaseUrl, 'create table t (x int)')
  await query(databaseUrl, 'insert into t values (42)')
  await using before = openClickHouse(clickhouseUrl)
  await before.command('create table t (x UInt8) engine = MergeTree order by x')
  await before.insert('t', [{ x: 42 }])
  child.kill('SIGKILL')
  await once(child, 'exit')
  // The engine ends by itself; the server is left to the next start.
  await expect.poll(() => isAlive(orphans[1] ?? 0), { timeout: 5_000 }).toBe(false)

  await using engines = await start(data)
  expect(isAlive(orphans[0] ?? 0)).toBe(false)
  expect(engines.databaseUrl).toBe(databaseUrl)
  expect(await query(engines.databaseUrl, 'select x from t')).toEqual([{ x: 42 }])
  await using after = openClickHouse(engines.clickhouseUrl)
  expect(await after.rows('select x from t')).toEqual([{ x: 42 }])
})

test('a lock whose process id was given away again is taken over', async () => {
  const data = dataFolder()
  writeFileSync(join(data, 'perennial.lock'), JSON.stringify({ pid: process.pid, started: 'another time' }))
  await (await start(data))[Symbol.asyncDispose]()
})

test('what a killed server left behind does not keep the next from starting, also where nobody buries the dead', async () => {
  const data = dataFolder()
  const { child, databaseUrl } = await startInChild(data)
  await query(databaseUrl, 'create table t (x int)')
  const server = postgresPid(data)
  const owner = statSync(join(data, 'postgres'))
  child.kill('SIGKILL')
  process.kill(server, 'SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => isAlive(server), { timeout: 5_000 }).toBe(false)
  // A process whose parent never asks how it ended, of the user that the server runs as.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], {
    uid: owner.uid,
    gid: owner.gid,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [remains] = (await once(parent.stdout, 'data')) as [Buffer]
  const pidFile = join(data, 'postgres', 'postmaster.pid')
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(remains).trim()))
  try {
    await using engines = await start(data)
    expect(await query(engines.databaseUrl, 'select x from t')).toEqual([])
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a first start that was killed in the middle leaves nothing that looks like a database', async () => {
  const data = dataFolder()
  const child = fork(new URL('./engines-in-child.ts', import.meta.url), [data], { stdio: 'ignore' })
  const isPreparing = () => readdirSync(data).some(name => name.startsWith('postgres.new-'))
  await expect.poll(isPreparing, { timeout: 10_000, interval: 5 }).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using engines = await start(data)
  expect(await query(engines.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('an engine that dies alone is started again at the same address, and no confirmed write is lost or in part', {
  timeout: 30_000 + KILLS * 15_000,
}, async () => {
  const data = dataFolder()
  await using engines = await start(data)
  await using history = openClickHouse(engines.clickhouseUrl)
  await history.command('create table t (batch UInt32, n UInt32) engine = MergeTree order by (batch, n)')
  await query(engines.databaseUrl, 'create table t (x bigint primary key)')
  const batches: number[] = []
  const numbers: number[] = []
  let isOver = false
  const writing = insertUntil(() => isOver, history, batches)
  const counting = (async () => {
    for (let x = 1; !isOver; x++) {
      await query(engines.databaseUrl, 'insert into t values ($1)', [x]).then(
        () => numbers.push(x),
        () => pause(20),
      )
    }
  })()
  for (let kill = 0; kill < KILLS; kill++) {
    const enough = [batches.length + 3 + (kill % 5), numbers.length + 3]
    await expect
      .poll(() => batches.length >= (enough[0] ?? 0) && numbers.length >= (enough[1] ?? 0), { timeout: 20_000, interval: 7 })
      .toBe(true)
    process.kill(kill % 2 ? postgresPid(data) : clickhousePid(data), 'SIGKILL')
  }
  const enough = [batches.length + 2, numbers.length + 2]
  await expect
    .poll(() => batches.length >= (enough[0] ?? 0) && numbers.length >= (enough[1] ?? 0), { timeout: 20_000 })
    .toBe(true)
  isOver = true
  await Promise.all([writing, counting])
  await expectWhole(history, batches)
  const stored = new Set((await query(engines.databaseUrl, 'select x from t')).map(({ x }) => Number(x)))
  expect(numbers.filter(x => !stored.has(x))).toEqual([])
})

test('killed again and again with everything it runs, it starts again and has kept what it confirmed', {
  timeout: 30_000 + KILLS * 15_000,
}, async () => {
  const data = dataFolder()
  const acknowledged: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, clickhouseUrl } = await startInChild(data)
    await using history = openClickHouse(clickhouseUrl)
    await history.command('create table if not exists t (batch UInt32, n UInt32) engine = MergeTree order by (batch, n)')
    await expectWhole(history, acknowledged)
    let isOver = false
    const writing = insertUntil(() => isOver, history, acknowledged)
    const enough = acknowledged.length + 3 + (kill % 7)
    await expect.poll(() => acknowledged.length >= enough, { timeout: 20_000, interval: 7 }).toBe(true)
    // The engine first, in the middle of a write, then its parent.
    process.kill(clickhousePid(data), 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'exit')
    isOver = true
    await writing
  }
  await using engines = await start(data)
  await using history = openClickHouse(engines.clickhouseUrl)
  await expectWhole(history, acknowledged)
})

test('what a merge on a full disk has damaged is mended by itself', async () => {
  const data = dataFolder()
  await using engines = await startEngines({ data, databaseUrl: 'postgres://localhost', log: silentLog() })
  await using history = openClickHouse(engines.clickhouseUrl)
  await history.command('create table t (x UInt32) engine = MergeTree order by x')
  for (const x of [1, 2, 3]) await history.insert('t', [{ x }])
  await history.command('optimize table t final')
  const [part] = await history.rows<{ path: string }>("select path from system.parts where table = 't' and active")
  for (const file of readdirSync(part?.path ?? '').filter(name => /mrk/.test(name))) truncateSync(join(part?.path ?? '', file))
  await history.command('system drop mark cache')
  await expect(history.rows('select x from t')).rejects.toThrow('Empty marks file')
  await expect
    .poll(() => history.rows('select count() as n, sum(x) as sum from t').catch(() => null), { timeout: 20_000, interval: 50 })
    .toEqual([{ n: 3, sum: 6 }])
})
