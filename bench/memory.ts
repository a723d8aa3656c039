import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { dice } from './dice.ts'
import { type Figure, percentile } from './figures.ts'
import { cpuMsByPart, type Memory, memoryOf, msOf, PARTS } from './processes.ts'
import { startProgram } from './start.ts'

const BENCH = 'the running program with all of that'
const CLI = fileURLToPath(new URL('../src/app/cli.ts', import.meta.url))
const IDLE_S = 20
const DAY_MS = 86_400_000

/** Starts the program itself on a loaded folder, asks it over HTTP what the screens ask, and looks at what it takes and does when left alone. */
export async function memory(data: string, { dates }: { dates: number }, say: (line: string) => void): Promise<Figure[]> {
  const running = await startProgram(data)
  try {
    const started = memoryOf(running.pid)
    const key = execFileSync(process.execPath, [CLI, 'key', 'create', 'secret', '--name', 'bench'], {
      env: { ...process.env, PERENNIAL_DATA: data, PERENNIAL_LOG: 'error' },
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .at(-1)
    const get = async (path: string) => {
      const answer = await fetch(`${running.url}/api/${path}`, { headers: { authorization: `Bearer ${key}` } })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
      return text
    }
    const roll = dice(11)
    const day = () => new Date(Date.now() - roll() * 1_000 * DAY_MS).toISOString().slice(0, 10)
    const later = (from: string, days: number) => new Date(Date.parse(from) + days * DAY_MS).toISOString().slice(0, 10)
    const model = 'lifecycle/models/primary'
    const screens: [string, () => string][] = [
      ['population at a date', () => `${model}/population?at=${day()}`],
      ['population by day, two years', () => over(day(), 'day')],
      ['moves of 30 days', () => between(day())],
      ['customers of a stage now', () => 'customers?stage=loyalty'],
      ['customers of a stage at a date', () => `customers?stage=at_risk&at=${day()}`],
      ['customers found by a part of their name', () => `customers?search=mer%20${Math.floor(roll() * 90_000)}`],
      ['one customer', () => `customers/${1 + Math.floor(roll() * 9_000)}`],
      ['why one customer stands there', () => `customers/${1 + Math.floor(roll() * 9_000)}/explain`],
    ]
    const over = (to: string, by: string) => `${model}/population?from=${later(to, -730)}&to=${to}&by=${by}`
    const between = (from: string) => `${model}/moves?from=${from}&to=${later(from, 30)}`

    say('  asking over HTTP')
    const figures: Figure[] = []
    for (const [what, path] of screens) {
      await get(path())
      const samples: number[] = []
      for (let i = 0; i < dates; i++) samples.push(await msOf(() => get(path())))
      figures.push({
        bench: BENCH,
        what: `GET ${what}, p95`,
        value: percentile(samples, 0.95),
        unit: 'ms',
        reference: { what: 'p50', value: percentile(samples, 0.5) },
        bar: { atMost: 200 },
      })
    }
    const asked = memoryOf(running.pid)
    say(`  leaving it alone for ${IDLE_S} s`)
    const before = cpuMsByPart(running.pid)
    await pause(IDLE_S * 1_000)
    const after = cpuMsByPart(running.pid)
    const idle = PARTS.map(part => ({ part, percent: (after[part] - before[part]) / (IDLE_S * 10) }))
    const stopMs = await running.stop()
    return [
      { bench: BENCH, what: 'start to first page', value: running.startMs / 1_000, unit: 's', bar: { atMost: 5 } },
      ...figures,
      {
        bench: BENCH,
        what: 'memory after that, PSS',
        value: asked.pssMb,
        unit: 'MB',
        reference: { what: 'just started', value: started.pssMb },
        bar: { atMost: 2_500 },
      },
      ...partsOf(asked),
      { bench: BENCH, what: 'memory after that, RSS (shared counted again)', value: asked.rssMb, unit: 'MB' },
      {
        bench: BENCH,
        what: `CPU when idle, over ${IDLE_S} s`,
        value: idle.reduce((sum, one) => sum + one.percent, 0),
        unit: '%',
        bar: { atMost: 1 },
      },
      ...idle.map(({ part, percent }) => ({ bench: BENCH, what: `  of it ${part}`, value: percent, unit: '%' })),
      { bench: BENCH, what: 'clean stop after SIGTERM', value: stopMs / 1_000, unit: 's', bar: { atMost: 10 } },
    ]
  } finally {
    if (running.child.exitCode === null && running.child.signalCode === null) await running.stop()
  }
}

const partsOf = (memory: Memory): Figure[] =>
  memory.parts.map(({ name, pssMb }) => ({ bench: BENCH, what: `  of it ${name}`, value: pssMb, unit: 'MB' }))
