import { mkdirSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type Figure, table } from './figures.ts'
import { imports } from './import.ts'
import { throwawayFolder } from './installation.ts'
import { intake } from './intake.ts'
import { memory } from './memory.ts'
import { population } from './population.ts'
import { settle } from './settle.ts'
import { start } from './start.ts'

const USAGE = `npm run bench -- [name …] [options]

names (default: all)
  import        files of orders, from the disk to everyone's settled stage
  settle        order events through the inbox to settled stages, as they happen and as history
  intake        events over HTTP until they are on disk and answered, in batches and one by one
  start         first start, start on an existing folder, clean stop
  population    where customers stood at past dates, and the speed of the fold
  memory        the running program with the data of "population": memory, answers over HTTP, idle CPU

options
  --rows N           rows of the generated files (200,000), of as many customers as a fifth of them
  --customers N      customers of "population" (1,000,000)
  --events N         events of "population" (20,000,000)
  --dates N          random dates that are asked for (50)
  --data DIR         keep the data of "population" here, and use it when it is there already
  --json             figures as JSON alone on stdout`

const NAMES = ['import', 'settle', 'intake', 'start', 'population', 'memory'] as const
type Name = (typeof NAMES)[number]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '200000' },
    customers: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '20000000' },
    dates: { type: 'string', default: '50' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function numberOf(option: 'rows' | 'customers' | 'events' | 'dates'): number {
  const number = Number(values[option].replaceAll(/[_,]/g, ''))
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} wants a whole number, not ${values[option]}`)
  return number
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function run(names: readonly Name[]): Promise<Figure[]> {
  using temporary = throwawayFolder()
  const folder = values.data === undefined ? join(temporary.path, 'data') : resolve(values.data)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  const rows = numberOf('rows')
  const size = { customers: numberOf('customers'), events: numberOf('events'), dates: numberOf('dates') }
  const benches: Record<Name, () => Promise<Figure[]>> = {
    import: () => imports({ rows, customers: Math.ceil(rows / 5) }),
    settle: () => settle({ rows, customers: Math.ceil(rows / 5) }),
    intake: () => intake({ rows }),
    start: () => start({ times: 3 }),
    population: () => population(folder, size, say),
    memory: () => memory(folder, size, say),
  }
  const figures: Figure[] = []
  for (const name of names) {
    say(name)
    figures.push(...(await benches[name]().catch(cause => Promise.reject(new Error(`"${name}" failed`, { cause })))))
  }
  return figures
}

async function main(): Promise<void> {
  if (values.help) return say(USAGE)
  const unknown = positionals.filter(name => !NAMES.includes(name as Name))
  if (unknown.length > 0) throw new Error(`There is no bench called ${unknown.join(', ')}.\n\n${USAGE}`)
  const asked = NAMES.filter(name => positionals.length === 0 || positionals.includes(name))
  // "memory" looks at what "population" has loaded.
  const names =
    asked.includes('memory') && values.data === undefined
      ? NAMES.filter(name => asked.includes(name) || name === 'population')
      : asked
  // What else the machine was doing: times beside it say little, CPU and ratios still do.
  const busy = loadavg()[0] ?? 0
  if (busy > 0.5) say(`The machine is busy already: load ${busy.toFixed(1)} on ${cpus().length} cores.`)
  const figures = await run(names)
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ cores: cpus().length, loadBefore: busy, memoryGb: totalmem() / 1e9, node: process.version, figures }, null, 2)}\n`,
    )
  else process.stdout.write(`${table(figures)}\n`)
}

try {
  await main()
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
