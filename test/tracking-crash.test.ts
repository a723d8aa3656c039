import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { type CreatedKey } from '../src/access/contract.ts'
import { eventId, waiting } from '../src/events/index.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { attachEngines } from '../src/platform/engines/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { openPostgres } from '../src/platform/postgres.ts'
import { RunningProgram } from './running.ts'
import { basic } from './tracking-server.ts'

// What is killed, one after another, while events come in; more for a long night: PERENNIAL_KILLS=50 npm test -- tracking-crash
const VICTIMS = ['program', 'postgres', 'program', 'clickhouse', 'program'] as const
const KILLS = Number(process.env.PERENNIAL_KILLS ?? VICTIMS.length)
const SENDERS = 4
const BATCH = 20

test('what was answered 200 is kept, and kept once, however often everything is killed', {
  timeout: 240_000 + KILLS * 20_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'perennial-tracking-'))
  chmodSync(data, 0o755)
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const program = new RunningProgram(data)
  onTestFinished(async () => void (await program.stop()))
  await program.foundCompany(await program.start())
  const { key } = await program.ask<CreatedKey>('POST', '/api/keys', { kind: 'write', name: 'shop' })

  const answered = new Set<string>()
  const refusals = new Set<number>()
  let isOver = false
  /** A sender as the SDKs are: the same batch again until it is answered 200. */
  const sender = async (name: number) => {
    for (let n = 0; !isOver; n++) {
      const ids = Array.from({ length: BATCH }, (_, i) => `${name}-${n}-${i}`)
      const batch = ids.map((messageId, i) => ({ type: 'track', event: 'Seen', userId: `u${(n + i) % 50}`, messageId }))
      const body = JSON.stringify({ batch, sentAt: new Date().toISOString() })
      for (;;) {
        const status = await fetch(`${program.url}/v1/batch`, {
          method: 'POST',
          body,
          headers: { authorization: basic(key) },
          signal: AbortSignal.timeout(10_000),
        }).then(
          answer => answer.status,
          () => 0,
        )
        if (status === 200) break
        if (status !== 0) refusals.add(status)
        await pause(50)
      }
      for (const id of ids) answered.add(id)
    }
  }
  const senders = Array.from({ length: SENDERS }, (_, name) => sender(name))
  for (let kill = 0; kill < KILLS; kill++) {
    const before = answered.size
    const last = performance.now() + 60_000
    // Only once events go through again has it recovered, and is killed anew.
    while (answered.size < before + 20 * BATCH && performance.now() < last) await pause(20)
    expect(answered.size).toBeGreaterThan(before)
    const victim = VICTIMS[kill % VICTIMS.length]
    if (victim === 'program') {
      await program.kill()
      await program.start()
    } else process.kill(victim === 'postgres' ? program.postgresPid : program.clickhousePid, 'SIGKILL')
  }
  const beforeEnd = answered.size
  const last = performance.now() + 60_000
  while (answered.size === beforeEnd && performance.now() < last) await pause(20)
  isOver = true
  await Promise.all(senders)
  // Trouble of ours is never told as theirs.
  expect([...refusals].filter(status => status !== 503)).toEqual([])

  const engines = attachEngines({ data, log: silentLog() })
  if (engines === null) throw new Error('The program does not run.')
  const db = openPostgres(engines.databaseUrl)
  await using history = openClickHouse(engines.clickhouseUrl)
  try {
    await expect.poll(() => waiting(db).catch(() => -1), { timeout: 90_000, interval: 100 }).toBe(0)
    const rows = await history.rows<{ id: string }>('select toString(id) as id from event')
    const stored = new Set(rows.map(({ id }) => id))
    expect(rows.length).toBe(stored.size)
    expect([...answered].filter(id => !stored.has(eventId(`track:${id}`)))).toEqual([])
    // What the page Data tells of the source is what the log holds, after every kill.
    const counted = await sql<{ n: number }>`select sum(n)::int as n from source_hour where what = 'event'`.execute(db)
    expect(counted.rows[0]?.n).toBe(rows.length)
  } finally {
    await db.destroy()
  }
})
