import { join } from 'node:path'
import process from 'node:process'
import { accept, createSource, type Envelope, settleNext } from '../src/events/index.ts'
import { modelOf, populationAt } from '../src/lifecycle/index.ts'
import { cpuParts, type Figure } from './figures.ts'
import { installationOn, throwawayFolder, workerOf } from './installation.ts'
import { type Order, orders, type Stretch, writeOrdersFile, YEARS_AGO } from './orders-file.ts'
import { plainCopy } from './plain-copy.ts'
import { costOf } from './processes.ts'

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

type Size = { rows: number; customers: number }

const DAY_MS = 86_400_000
/** No stage changes by itself so soon, so that an event only goes on from where its customer stood, as events do that are sent when they happen. */
const LATELY_DAYS = 20

/** Order events through the durable inbox to settled stages, in the order of time, so that every batch meets thousands of customers. */
export async function settle(size: Size): Promise<Figure[]> {
  const lately = { first: Date.now() - (LATELY_DAYS + 1) * DAY_MS, days: LATELY_DAYS }
  return [
    ...(await settleOne('inbox → settled stage, events as they happen', size, lately, { atMost: 0.1 })),
    // Time has moved everybody on since: each further event rewrites what the clock had made of the one before.
    ...(await settleOne('inbox → settled stage, years of history in the order of time', size, YEARS_AGO)),
  ]
}

async function settleOne(
  bench: string,
  { rows, customers }: Size,
  stretch: Stretch,
  cpuBar?: { atMost: number },
): Promise<Figure[]> {
  using folder = throwawayFolder()
  const placed = orders(rows, customers, stretch)
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
    { bench, what: 'accepted, on disk', value: rows / accepting.seconds, unit: 'events/s', reference },
    { bench, what: 'settled from the inbox', value: rows / settling.seconds, unit: 'events/s', reference },
    { bench, what: 'both', value: rows / both, unit: 'events/s', reference },
    {
      bench,
      what: 'CPU of all processes',
      value: (accepting.cpuMs + settling.cpuMs) / rows,
      unit: 'ms/event',
      ...(cpuBar && { bar: cpuBar }),
    },
    { bench, what: 'CPU to accept', value: accepting.cpuMs / rows, unit: 'ms/event' },
    ...cpuParts(bench, accepting.cpuMsBy, rows, 'ms/event'),
    { bench, what: 'CPU to settle', value: settling.cpuMs / rows, unit: 'ms/event' },
    ...cpuParts(bench, settling.cpuMsBy, rows, 'ms/event'),
    { bench, what: 'peak memory, PSS', value: Math.max(accepting.peak.pssMb, settling.peak.pssMb), unit: 'MB' },
    { bench, what: 'peak memory, RSS', value: Math.max(accepting.peak.rssMb, settling.peak.rssMb), unit: 'MB' },
  ]
}
