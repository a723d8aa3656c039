import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { byCommandLine, createKey } from '../src/access/index.ts'
import { type Program } from '../src/app/compose.ts'
import { readConfig } from '../src/app/config.ts'
import { serve } from '../src/app/serve.ts'
import { work } from '../src/app/work.ts'
import { waiting } from '../src/events/index.ts'
import { installModels } from '../src/lifecycle/index.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { systemClock } from '../src/platform/clock.ts'
import { silentLog } from '../src/platform/log.ts'
import { openPostgres } from '../src/platform/postgres.ts'
import { type TestStores, testStores } from '../src/platform/testing.ts'
import { type BadLine, badLine } from './bad-line.ts'
import { expectKeptOnce, senders } from './sender.ts'

let stores: TestStores
let program: Program
let toPostgres: BadLine
let toClickHouse: BadLine
let url: string
let key: string
let sending: ReturnType<typeof senders>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  stores = stack.use(await testStores())
  toPostgres = stack.use(await badLine(stores.databaseUrl))
  toClickHouse = stack.use(await badLine(stores.clickhouseUrl))
  const data = mkdtempSync(join(tmpdir(), 'perennial-gone-'))
  stack.defer(() => rmSync(data, { recursive: true, force: true }))
  // As app/compose.ts opens them, only less patient.
  const silentMsMax = 500
  const db = openPostgres(toPostgres.url, { connectMsMax: 1_000, silentMsMax })
  stack.defer(() => db.destroy())
  const history = stack.use(openClickHouse(toClickHouse.url, { silentMsMax }))
  await installModels(db, Date.now())
  program = {
    config: readConfig({ PERENNIAL_PORT: '0', DATABASE_URL: toPostgres.url, CLICKHOUSE_URL: toClickHouse.url }),
    log: silentLog(),
    clock: systemClock,
    db,
    history,
    databaseUrl: toPostgres.url,
    data,
    home: 'test',
    [Symbol.asyncDispose]: async () => {},
  }
  stack.use(work(program))
  const serving = await serve(program)
  stack.defer(() => serving[Symbol.asyncDispose]())
  url = serving.url
  const made = await createKey(program.db, { kind: 'write', name: 'shop' }, byCommandLine(Date.now()))
  key = made.key
})
afterAll(() => stack.disposeAsync())
beforeEach(async () => {
  await stores.history.command('truncate table event')
  sending = senders(() => url, key)
  await sending.further()
})
afterEach(async () => {
  toPostgres.become('whole')
  toClickHouse.become('whole')
  await sending.stop()
})

const health = async () => (await (await fetch(`${url}/api/health`)).json()) as { status: string }
const refused = (from = 0) => sending.refusals.slice(from)

/** After all this nothing was answered by anything but “come again”, soon enough, and all that was answered 200 is there once. */
async function expectNothingLost() {
  await expect.poll(health, { timeout: 30_000 }).toEqual({ status: 'ok' })
  await sending.further()
  await sending.stop()
  expect(refused().filter(({ status, retryAfter }) => status !== 503 || retryAfter === null)).toEqual([])
  // Five seconds, and what a machine with other work to do takes to say so.
  expect(refused().filter(({ ms }) => ms > 12_000)).toEqual([])
  await expectKeptOnce(stores.db, stores.history, sending.answered)
}

test('while PostgreSQL refuses, breaks off or is slow, senders are told to come again, and nothing is lost', {
  timeout: 60_000,
}, async () => {
  toPostgres.become('refused')
  await expect.poll(() => refused().length).toBeGreaterThan(5)
  expect(await health()).toEqual({ status: 'recovering' })
  toPostgres.become('whole')
  await sending.further()
  toPostgres.become('slow')
  await sending.further(10)
  toPostgres.become('whole')
  for (let cut = 0; cut < 5; cut++) {
    toPostgres.breakOff()
    await sending.further(10)
  }
  await expectNothingLost()
})

test('while PostgreSQL says nothing at all, senders are told within five seconds, and it goes on by itself', {
  timeout: 60_000,
}, async () => {
  toPostgres.become('silent')
  await expect.poll(() => refused().length, { timeout: 15_000 }).toBeGreaterThan(5)
  // A key that nobody has looked up yet waits no longer than the others.
  const strange = await fetch(`${url}/v1/track`, { method: 'POST', body: JSON.stringify({ writeKey: 'pk_new', userId: 'u' }) })
  expect([strange.status, strange.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await health()).toEqual({ status: 'recovering' })
  toPostgres.become('whole')
  await expectNothingLost()
})

test('while ClickHouse is gone, refusing or silent, events are taken in, and settled when it is back', {
  timeout: 60_000,
}, async () => {
  for (const line of ['refused', 'silent'] as const) {
    toClickHouse.become(line)
    const before = refused().length
    await sending.further(100)
    expect(refused(before)).toEqual([])
    await expect.poll(health, { timeout: 15_000 }).toEqual({ status: 'degraded' })
    expect(await waiting(stores.db)).toBeGreaterThan(0)
    toClickHouse.become('whole')
    await expect.poll(() => waiting(stores.db), { timeout: 30_000 }).toBeLessThan(100)
  }
  for (let cut = 0; cut < 5; cut++) {
    toClickHouse.breakOff()
    await sending.further(20)
  }
  await expectNothingLost()
})
