import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startEngines } from '../src/platform/engines/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { type Figure, percentile } from './figures.ts'
import { throwawayFolder } from './installation.ts'
import { memoryOf, msOf } from './processes.ts'

const CLI = fileURLToPath(new URL('../src/app/cli.ts', import.meta.url))
const BENCH = 'start and stop'
const PATIENCE_MS = 120_000

export type Running = { child: ChildProcess; pid: number; url: string; startMs: number; stop: () => Promise<number> }

/** Starts the program as `perennial start` does, with the Node that runs this, and answers when its first page does. */
export async function startProgram(data: string): Promise<Running> {
  const port = await freePort()
  const began = performance.now()
  const env = { ...process.env, PERENNIAL_LOG: 'error', PERENNIAL_DATA: data, PERENNIAL_PORT: String(port) }
  const child = spawn(process.execPath, [CLI, 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode} instead of starting.`)
    if (performance.now() - began > PATIENCE_MS) throw new Error('The program did not start in two minutes.')
    await pause(10)
  }
  const startMs = performance.now() - began
  const stop = () =>
    msOf(async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    })
  return { child, pid: child.pid ?? 0, url, startMs, stop }
}

/** The first page, as a browser gets it; where the pages are not built, the program's word that they are not. */
async function answers(url: string): Promise<boolean> {
  try {
    const page = await fetch(url, { headers: { accept: 'text/html' } })
    await page.text()
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

async function engineStartMs(data: string): Promise<number> {
  const began = performance.now()
  await using _engines = await startEngines({ data, log: silentLog() })
  return performance.now() - began
}

/** From nothing, and again on what is there; the engines alone on the same folder are the reference. */
export async function start({ times }: { times: number }): Promise<Figure[]> {
  using folder = throwawayFolder()
  const data = join(folder.path, 'data')
  const first = await startProgram(data)
  const empty = memoryOf(first.pid)
  const stops = [await first.stop()]
  const starts: number[] = []
  const engines: number[] = []
  for (let i = 0; i < times; i++) {
    engines.push(await engineStartMs(data))
    const running = await startProgram(data)
    starts.push(running.startMs)
    stops.push(await running.stop())
  }
  return [
    { bench: BENCH, what: 'first start on an empty folder', value: first.startMs / 1_000, unit: 's' },
    {
      bench: BENCH,
      what: `start on an existing folder, median of ${times}`,
      value: percentile(starts, 0.5) / 1_000,
      unit: 's',
      reference: { what: 'the engines alone', value: percentile(engines, 0.5) / 1_000 },
      bar: { atMost: 5 },
    },
    {
      bench: BENCH,
      what: 'clean stop after SIGTERM, the longest',
      value: Math.max(...stops) / 1_000,
      unit: 's',
      bar: { atMost: 10 },
    },
    { bench: BENCH, what: 'memory when started and empty, PSS', value: empty.pssMb, unit: 'MB' },
  ]
}
