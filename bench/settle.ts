import { join } from 'node:path'
import process from 'node:process'
import { accept, createSource, type Envelope, settleNext } from '../src/events/index.ts'
import { modelOf, populationAt } from '../src/lifecycle/index.ts'
import { type Figure } from './figures.ts'
import { installationOn, throwawayFolder, workerOf } from './installation.ts'
import { type Order, orders, writeOrdersFile } from './orders-file.ts'
import { plainCopy } from './plain-copy.ts'
import { costOf } from './processes.ts'

const BENCH = 'inbox → settled stage'
const ACCEPTED_AT_ONCE = 5_000

const toEnvelope = ({ id, customer, email, at, cents }: Order): Envelope => ({
  messageId: id,
  identities: [
    { kind: 'external', value: customer },
    { kind: 'email', value: email },
  ],
  name: 'Order Completed',
  at,
  orderId: id,
  amount: cents,
  currency: 'EUR',
  traits: { email },
})

/** Order events through the durable inbox to settled stages, in the order of time: every batch meets thousands of customers. */
export async function settle({ rows, customers }: { rows: number; customers: number }): Promise<Figure[]> {
  using folder = throwawayFolder()
  const placed = orders(rows, customers)
  const file = join(folder.path, 'orders.csv')
  await writeOrdersFile(file, placed)
  const envelopes = placed.map(toEnvelope)
  await using program = await installationOn(join(folder.path, 'data'))
  const { db, history, clock } = program
  const copy = await plainCopy(program.databaseUrl, file, 'order,customer,email,date,total,currency', rows)

  const source = await createSource(db, 'orders', 'bench', clock.now())
  const accepting = await costOf(process.pid, async () => {
    for (let i = 0; i < envelopes.length; i += ACCEPTED_AT_ONCE)
      await accept(db, source, envelopes.slice(i, i + ACCEPTED_AT_ONCE), clock.now())
  })
  await using working = await workerOf(program)
  const settling = await costOf(process.pid, async () => {
    while ((await settleNext(working.worker)) > 0);
  })
  const { total } = await populationAt(history, await modelOf(db), clock.now())
  if (total !== new Set(placed.map(order => order.customer)).size)
    throw new Error(`${total} customers stand in a stage: not all of them.`)

  const reference = { what: 'COPY of the same rows', value: copy }
  const both = accepting.seconds + settling.seconds
  return [
    { bench: BENCH, what: 'accepted, on disk', value: rows / accepting.seconds, unit: 'events/s', reference },
    { bench: BENCH, what: 'settled from the inbox', value: rows / settling.seconds, unit: 'events/s', reference },
    { bench: BENCH, what: 'both', value: rows / both, unit: 'events/s', reference },
    {
      bench: BENCH,
      what: 'CPU of all processes',
      value: (accepting.cpuMs + settling.cpuMs) / rows,
      unit: 'ms/event',
      bar: { atMost: 0.1 },
    },
    { bench: BENCH, what: 'peak memory, PSS', value: Math.max(accepting.peak.pssMb, settling.peak.pssMb), unit: 'MB' },
    { bench: BENCH, what: 'peak memory, RSS', value: Math.max(accepting.peak.rssMb, settling.peak.rssMb), unit: 'MB' },
  ]
}
