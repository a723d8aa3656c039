import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { byCommandLine } from '../src/access/index.ts'
import { type Program } from '../src/app/compose.ts'
import { work } from '../src/app/work.ts'
import { importFile } from '../src/events/imports/index.ts'
import { waiting } from '../src/events/index.ts'
import { modelOf, populationAt } from '../src/lifecycle/index.ts'
import { cpuParts, type Figure } from './figures.ts'
import { installationOn, throwawayFolder } from './installation.ts'
import { orders, writeLinesFile, writeOrdersFile } from './orders-file.ts'
import { plainCopy } from './plain-copy.ts'
import { costOf } from './processes.ts'

type Size = { rows: number; customers: number }
type File = { what: string; name: string; header: string; orders: number }

/** Files of orders from the disk to the settled stage of every customer, through the import as the command line starts it. */
export async function imports(size: Size): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const make of [ordersFile, linesFile]) figures.push(...(await importOne(size, make)))
  return figures
}

async function ordersFile(path: string, { rows, customers }: Size): Promise<File> {
  await writeOrdersFile(path, orders(rows, customers))
  return { what: 'one row an order', name: 'orders.csv', header: 'order,customer,email,date,total,currency', orders: rows }
}

async function linesFile(path: string, { rows, customers }: Size): Promise<File> {
  const placed = await writeLinesFile(path, rows, Math.ceil(customers / 4))
  return {
    what: 'one row a line, four to an order',
    name: 'lines.csv',
    header: 'order,customer,date,sku,name,quantity,price,currency',
    orders: placed,
  }
}

async function importOne(size: Size, make: (path: string, size: Size) => Promise<File>): Promise<Figure[]> {
  using folder = throwawayFolder()
  const path = join(folder.path, 'file.csv')
  const file = await make(path, size)
  await using program = await installationOn(join(folder.path, 'data'))
  const copy = await plainCopy(program.databaseUrl, path, file.header, size.rows)
  await using _working = work(program)
  const cost = await costOf(process.pid, () => bringIn(program, path, file.orders))
  const { total } = await populationAt(program.history, await modelOf(program.db), program.clock.now())
  if (total === 0) throw new Error('The file is in, and nobody stands in a stage.')
  const bench = `import: ${file.what}`
  return [
    {
      bench,
      what: `${size.rows.toLocaleString('en')} rows, file to settled stage`,
      value: size.rows / cost.seconds,
      unit: 'rows/s',
      reference: { what: 'COPY of the same rows', value: copy },
    },
    { bench, what: 'CPU of all processes', value: cost.cpuMs / size.rows, unit: 'ms/row' },
    ...cpuParts(bench, cost.cpuMsBy, size.rows, 'ms/row'),
    { bench, what: 'peak memory, PSS', value: cost.peak.pssMb, unit: 'MB' },
    { bench, what: 'peak memory, RSS', value: cost.peak.rssMb, unit: 'MB' },
  ]
}

async function bringIn(program: Program, path: string, orders: number): Promise<void> {
  const { db, history, clock, data } = program
  const view = await importFile({ db, history, clock, data }, path, byCommandLine(clock.now()), { pause })
  if (view.state !== 'done')
    throw new Error(`The import ended as ${view.state}: ${view.error ?? view.questions.map(one => one.about).join(', ')}`)
  if (view.counts?.orders !== orders) throw new Error(`${view.counts?.orders} of ${orders} orders went in.`)
  if ((await waiting(db)) > 0) throw new Error('The import says it is done while events wait in the inbox.')
}
