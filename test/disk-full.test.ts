import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { type CreatedKey } from '../src/access/contract.ts'
import { waiting } from '../src/events/index.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { attachEngines } from '../src/platform/engines/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { openPostgres } from '../src/platform/postgres.ts'
import { RunningProgram } from './running.ts'
import { expectKeptOnce, senders } from './sender.ts'

/** A small disk in memory on this folder; false where this machine does not let us have one. */
function smallDisk(path: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return false
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return true
}

const FILLER = 'filler'

/** Takes all the room there is. */
function fill(folder: string): void {
  const file = openSync(join(folder, FILLER), 'a')
  const block = Buffer.alloc(2 ** 16)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

test('on a full disk events are turned back for later, nothing is damaged, and it goes on by itself once there is room', {
  timeout: 180_000,
}, async context => {
  const data = mkdtempSync(join(tmpdir(), 'perennial-disk-'))
  onTestFinished(() => rmSync(data, { recursive: true }))
  // Large enough for what is written ahead in the slowest of runs: with little room left the program would rightly not call itself well.
  if (!smallDisk(data, '1200m')) return context.skip('needs the right to mount a disk')
  const log = join(data, 'clickhouse')
  mkdirSync(log)
  smallDisk(log, '600m')
  const program = new RunningProgram(data)
  onTestFinished(async () => void (await program.stop()))
  await program.foundCompany(await program.start())
  const { key } = await program.ask<CreatedKey>('POST', '/api/keys', { kind: 'write', name: 'shop' })
  const health = async () => (await (await fetch(`${program.url}/api/health`)).json()) as { status: string }
  const engines = attachEngines({ data, log: silentLog() })
  if (engines === null) throw new Error('The program does not run.')
  const db = openPostgres(engines.databaseUrl)
  onTestFinished(() => db.destroy())
  await using history = openClickHouse(engines.clickhouseUrl)
  const sending = senders(() => program.url, key, { bytes: 3_000 })
  await sending.further()

  // No room for what happened: it is taken in, and settled later.
  fill(log)
  await sending.further(300)
  expect(sending.refusals).toEqual([])
  rmSync(join(log, FILLER))
  await expect.poll(() => waiting(db), { timeout: 30_000, interval: 100 }).toBeLessThan(100)

  fill(data)
  await expect.poll(() => sending.refusals.length, { timeout: 60_000 }).toBeGreaterThan(5)
  expect(await health()).toEqual({ status: 'recovering' })
  rmSync(join(data, FILLER))
  await sending.further()

  // Both at once, and both engines are killed and cannot start again.
  fill(log)
  fill(data)
  const pids = [program.postgresPid, program.clickhousePid]
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await expect.poll(() => program.log.match(/could not be started again/g)?.length ?? 0, { timeout: 30_000 }).toBeGreaterThan(1)
  expect(await health()).toEqual({ status: 'recovering' })
  rmSync(join(log, FILLER))
  rmSync(join(data, FILLER))
  await sending.further()
  await sending.stop()
  await expect.poll(health, { timeout: 60_000 }).toEqual({ status: 'ok' })
  program.expectAlive()
  expect(sending.refusals.filter(({ status, retryAfter }) => status !== 503 || retryAfter === null)).toEqual([])

  await expectKeptOnce(db, history, sending.answered)
})
