import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import { byCommandLine, createKey } from '../src/access/index.ts'
import { type Program } from '../src/app/compose.ts'
import { server } from '../src/app/serve.ts'
import { work } from '../src/app/work.ts'
import { settleNext, waiting } from '../src/events/index.ts'
import { cpuParts, type Figure, percentile } from './figures.ts'
import { installationOn, throwawayFolder, workerOf } from './installation.ts'
import { plainCopy } from './plain-copy.ts'
import { costOf } from './processes.ts'

const LOAD = fileURLToPath(new URL('./intake-load.ts', import.meta.url))
type Load = { seconds: number; took: number[] }

async function load(url: string, key: string, requests: number, events: number, connections: number): Promise<Load> {
  const words = [LOAD, url, key, ...[requests, events, connections].map(String)]
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 64e6 })
  return JSON.parse(stdout) as Load
}

/** The least that any server does with the same requests: read the JSON and answer. Nothing is kept. */
async function bareServer() {
  const app = Fastify({ bodyLimit: 4 * 2 ** 20 })
  app.post('/v1/*', async () => ({ success: true }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, close: () => app.close() }
}

/** Events over HTTP until they are on disk and answered; then until they have moved the stages. */
export async function intake({ rows }: { rows: number }): Promise<Figure[]> {
  using folder = throwawayFolder()
  await using program = await installationOn(join(folder.path, 'data'))
  const { db, clock } = program
  const app = await server(program, () => 'http://localhost')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const { key } = await createKey(db, { kind: 'write', name: 'bench' }, byCommandLine(clock.now()))
  const bare = await bareServer()
  const figures: Figure[] = []
  try {
    for (const [name, events, connections] of [
      ['in batches of 100', 100, 8],
      ['one by one', 1, 64],
    ] as const) {
      const bench = `intake over HTTP, ${name}`
      const requests = Math.ceil(Math.min(rows, events === 1 ? 20_000 : 100_000) / events)
      // Once to warm up, for both.
      await load(bare.url, key, Math.ceil(requests / 5), events, connections)
      await load(url, key, Math.ceil(requests / 5), events, connections)
      const reference = await load(bare.url, key, requests, events, connections)
      let own: Load = { seconds: 0, took: [] }
      const before = await waiting(db)
      const cost = await costOf(process.pid, async () => {
        own = await load(url, key, requests, events, connections)
      })
      const total = requests * events
      if ((await waiting(db)) - before !== total)
        throw new Error(`${(await waiting(db)) - before} of ${total} events are on disk.`)
      figures.push(
        {
          bench,
          what: 'accepted, on disk, answered',
          value: total / own.seconds,
          unit: 'events/s',
          reference: { what: 'bare JSON server that keeps nothing', value: total / reference.seconds },
          ...(events === 1 && { bar: { atLeast: 5_000 } }),
        },
        ...[0.5, 0.99].map(share => ({
          bench,
          what: `answer, p${share * 100}`,
          value: percentile(own.took, share),
          unit: 'ms',
          reference: { what: 'bare JSON server', value: percentile(reference.took, share) },
        })),
        // The load generator is a child of this process and is counted as "other".
        {
          bench,
          what: 'CPU of the program and its databases',
          value: (cost.cpuMs - cost.cpuMsBy.other) / total,
          unit: 'ms/event',
        },
        { bench, what: 'peak memory, RSS', value: cost.peak.rssMb, unit: 'MB' },
      )
    }
    figures.push(await settledAfterwards(program), ...(await sustained(program, url, key, folder.path, rows)))
  } finally {
    await app.close()
    await bare.close()
  }
  return figures
}

/** What was taken in while nobody settled. */
async function settledAfterwards(program: Program): Promise<Figure> {
  await using working = await workerOf(program)
  const left = await waiting(program.db)
  const settling = await costOf(process.pid, async () => {
    while ((await settleNext(working.worker)) > 0);
  })
  return { bench: 'intake, afterwards', what: 'settled into stages', value: left / settling.seconds, unit: 'events/s' }
}

/** The whole program at work, as `start` runs it: events are sent as fast as they are taken, and the clock stops when the last one has moved its stage. */
async function sustained(program: Program, url: string, key: string, folder: string, rows: number): Promise<Figure[]> {
  const bench = 'intake over HTTP, in batches of 100, until visible in the stage'
  const events = Math.min(rows, 100_000)
  const file = join(folder, 'events.csv')
  await writeFile(file, ['message,customer,event,body', ...Array.from({ length: events }, (_, n) => csvOf(n))].join('\n'))
  const copy = await plainCopy(program.databaseUrl, file, 'message,customer,event,body', events)
  await using _working = work(program)
  let own: Load = { seconds: 0, took: [] }
  const cost = await costOf(process.pid, async () => {
    own = await load(url, key, Math.ceil(events / 100), 100, 8)
    while ((await waiting(program.db)) > 0) await setTimeout(20)
  })
  return [
    {
      bench,
      what: 'sustained, with everything running',
      value: events / cost.seconds,
      unit: 'events/s',
      reference: { what: 'COPY of the same events', value: copy },
      bar: { atLeast: 20_000 },
    },
    ...[0.5, 0.99].map(share => ({ bench, what: `answer, p${share * 100}`, value: percentile(own.took, share), unit: 'ms' })),
    {
      bench,
      what: 'CPU of all processes',
      value: (cost.cpuMs - cost.cpuMsBy.other) / events,
      unit: 'ms/event',
      bar: { atMost: 0.1 },
    },
    ...cpuParts(bench, { ...cost.cpuMsBy, other: 0 }, events, 'ms/event'),
    { bench, what: 'peak memory, PSS', value: cost.peak.pssMb, unit: 'MB' },
  ]
}

const csvOf = (n: number): string => `bench-${n},u${n % 20_000},Product Viewed,"${'x'.repeat(400)}"`
