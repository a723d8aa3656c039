import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { type ImportView } from '../src/events/imports/contract.ts'
import { type MovesBetween, type PopulationAt, type PopulationOver } from '../src/lifecycle/contract.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { attachEngines } from '../src/platform/engines/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { openPostgres } from '../src/platform/postgres.ts'
import { RunningProgram } from './running.ts'

// How often the program is killed during one import; more for a long night: PERENNIAL_KILLS=30 npm test -- crash
const KILLS = Number(process.env.PERENNIAL_KILLS ?? 4)
const CUSTOMERS = 2_000
const ORDERS = 14_000 + KILLS * 1_500

// Far more than a restart and a retried job take.
const WAIT_MS_MAX = 90_000

type Truth = { file: string; customers: number; cents: number }

/** A file of orders that is the same every time: every customer is there, some buy often, over two years. */
function ordersFile(): Truth {
  const lines = ['order_id,customer_id,email,ordered_at,amount,currency']
  const start = Date.UTC(2024, 0, 1)
  let cents = 0
  for (let n = 0; n < ORDERS; n++) {
    const customer = n < CUSTOMERS ? n : (n * 7_919 + ((n * n) % 911)) % CUSTOMERS
    const amount = 500 + ((n * 37) % 9_500)
    cents += amount
    const at = new Date(start + ((n * 104_729) % (730 * 86_400)) * 1_000).toISOString()
    lines.push(`O${n},C${customer},c${customer}@shop.example,${at},${(amount / 100).toFixed(2)},EUR`)
  }
  return { file: `${lines.join('\n')}\n`, customers: CUSTOMERS, cents }
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-crash-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Stopped when the test is over, also when it ran out of time. */
function programOn(data: string): RunningProgram {
  const program = new RunningProgram(data)
  onTestFinished(async () => void (await program.stop()))
  return program
}

async function beginImport(program: RunningProgram, file: string): Promise<string> {
  const { id } = await program.ask<ImportView>('POST', '/api/imports?name=orders.csv', file)
  await program.ask('POST', `/api/imports/${id}/start`)
  return id
}

const importOf = (program: RunningProgram, id: string) => program.ask<ImportView>('GET', `/api/imports/${id}`)

/** Waits until the import is as wanted. An answer that fails while an engine is away is asked for again. */
async function until(program: RunningProgram, id: string, isWanted: (view: ImportView) => boolean): Promise<ImportView> {
  const last = performance.now() + WAIT_MS_MAX
  let seen: unknown
  while (performance.now() < last) {
    program.expectAlive()
    const view = await importOf(program, id).catch(error => {
      seen = error
    })
    if (view && isWanted(view)) return view
    if (view) seen = `${view.state} ${view.progress}`
    await pause(25)
  }
  throw new Error(`The import comes no further than “${seen}”. The program says: ${program.log.slice(-4_000)}`)
}

const end = (program: RunningProgram, id: string) => until(program, id, hasEnded)
const further = (program: RunningProgram, id: string, from: string) =>
  until(program, id, view => hasEnded(view) || placeOf(view) !== from)

const hasEnded = ({ state }: ImportView) => !['checking', 'importing', 'undoing'].includes(state)
const placeOf = ({ state, progress }: ImportView) => `${state} ${Math.floor((progress ?? 0) * 12)}`

/** What a visitor sees of the lifecycle, for every month of the file. */
async function seenBy(program: RunningProgram) {
  const range = 'from=2024-01-01&to=2026-01-31'
  const now = await program.ask<PopulationAt>('GET', '/api/lifecycle/models/primary/population?at=2026-01-31')
  const over = await program.ask<PopulationOver>('GET', `/api/lifecycle/models/primary/population?${range}&by=month`)
  const { moves, stages } = await program.ask<MovesBetween>('GET', `/api/lifecycle/models/primary/moves?${range}`)
  return {
    total: now.total,
    stages: now.stages.map(({ id, count }) => [id, count]),
    points: over.points,
    moves: moves.map(move => JSON.stringify(move)).sort(),
    flow: stages,
  }
}

/** What stands in the stores, which nobody sees. */
async function keptIn(data: string) {
  const engines = attachEngines({ data, log: silentLog() })
  if (!engines) throw new Error('The program does not run.')
  const db = openPostgres(engines.databaseUrl)
  await using history = openClickHouse(engines.clickhouseUrl)
  try {
    const [log] = await history.rows(
      'select count() as events, uniqExact(id) as ids, uniqExact(order_id) as orders, sum(amount) as cents, uniqExact(customer_id) as customers from event',
    )
    const [moves] = await history.rows<{ wrong: number }>(
      'select count() as wrong from (select sum(sign) as s from move group by model_id, model_version, customer_id, at, from_stage, to_stage having s not in (0, 1))',
    )
    const { rows } = await sql<{
      customers: number
      waiting: number
    }>`select (select count(*) from customer) as customers, (select count(*) from inbox) as waiting`.execute(db)
    return { log, wrongMoves: moves?.wrong, ...rows[0] }
  } finally {
    await db.destroy()
  }
}

test('an import that is killed again and again ends as if nothing had happened, and so does taking it back', {
  timeout: 120_000 + KILLS * 30_000,
}, async () => {
  const { file, customers, cents } = ordersFile()

  const undisturbed = programOn(dataFolder())
  await undisturbed.foundCompany(await undisturbed.start())
  expect(await end(undisturbed, await beginImport(undisturbed, file))).toMatchObject({
    state: 'done',
    counts: { orders: ORDERS, customers, rejected: 0 },
  })
  const truth = await seenBy(undisturbed)
  expect(await undisturbed.stop()).toBe(0)

  const data = dataFolder()
  const program = programOn(data)
  await program.foundCompany(await program.start())
  const id = await beginImport(program, file)
  const kills = [
    () => program.kill(),
    () => process.kill(program.clickhousePid, 'SIGKILL'),
    () => process.kill(program.postgresPid, 'SIGKILL'),
    async () => {
      for (const pid of [program.postgresPid, program.clickhousePid]) process.kill(pid, 'SIGKILL')
      await program.kill()
    },
  ]
  let view = await further(program, id, '')
  let killed = 0
  for (; killed < KILLS && !hasEnded(view); killed++) {
    const place = placeOf(view)
    await kills[killed % kills.length]?.()
    if (killed % kills.length === 0 || killed % kills.length === 3) await program.start()
    view = await further(program, id, place)
  }
  expect(killed).toBeGreaterThanOrEqual(Math.min(KILLS, 4))
  expect(await end(program, id)).toMatchObject({ state: 'done', error: null, counts: { orders: ORDERS, customers, rejected: 0 } })
  expect(await keptIn(data)).toEqual({
    log: { events: ORDERS, ids: ORDERS, orders: ORDERS, cents, customers },
    wrongMoves: 0,
    customers,
    waiting: 0,
  })
  expect(await seenBy(program)).toEqual(truth)

  // The same file once more brings nothing, and taking the first one back in the middle of a crash leaves nothing.
  expect(await end(program, await beginImport(program, file))).toMatchObject({
    state: 'done',
    counts: { orders: 0, known: ORDERS },
  })
  await program.ask('POST', `/api/imports/${id}/undo`)
  await program.kill()
  await program.start()
  expect((await end(program, id)).state).toBe('undone')
  expect(await keptIn(data)).toMatchObject({ log: { events: 0 }, wrongMoves: 0, customers: 0, waiting: 0 })
  expect(await program.stop()).toBe(0)
})
