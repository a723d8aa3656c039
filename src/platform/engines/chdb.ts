import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '../fault.ts'
import { type Log } from '../log.ts'
import { type Address, addressOf, keptAddress } from './addresses.ts'
import { type Orders } from './chdb-orders.ts'
import { endProcess, startedAt } from './processes.ts'
import { keepRunning, type Running } from './supervise.ts'

const USER = 'perennial'

/** Starts the ClickHouse engine on `<data>/clickhouse` and keeps it running. */
export async function startChdb(data: string, log: Log): Promise<AsyncDisposable & { url: string }> {
  const folder = join(data, 'clickhouse')
  const pidFile = join(data, 'clickhouse.pid')
  await endOrphan(pidFile, log)
  const { port, password } = await addressOf(data, 'clickhouse')
  const orders: Orders = { folder, port, user: USER, password }
  const engine = await keepRunning('ClickHouse', () => startServer(orders, pidFile, log), log)
  return {
    url: urlOf({ port, password }),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

/** Where the engine of a running program listens. */
export const chdbUrl = (data: string): string => urlOf(keptAddress(data, 'clickhouse'))

const urlOf = ({ port, password }: Address) => `http://${USER}:${password}@127.0.0.1:${port}/default`

/** The child ends by itself when its parent does. Should one still live, it must be gone before another opens its folder. */
async function endOrphan(pidFile: string, log: Log): Promise<void> {
  if (!existsSync(pidFile)) return
  const [pid = '', started] = readFileSync(pidFile, 'utf8').split(' ')
  if (!pid || startedAt(Number(pid)) !== started || started === undefined) return
  log.warn({ pid: Number(pid) }, 'ClickHouse of an earlier start still runs and is stopped first')
  if (!(await endProcess(Number(pid), [['SIGKILL', 5_000]])))
    throw new Fault('engine.orphan', { engine: 'ClickHouse', pid: Number(pid) })
}

async function startServer(orders: Orders, pidFile: string, log: Log): Promise<Running> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('chdb-server.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A statement occupies one thread of Node's pool; the default of 4 would let four slow ones stop everybody.
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      UV_THREADPOOL_SIZE: '20',
    },
    // Out of reach of Ctrl-C in the terminal: we stop it when our own work is done.
    detached: true,
  })
  let lastWords = ''
  const hear = (chunk: Buffer) => {
    lastWords = (lastWords + chunk).slice(-2_000)
    log.warn({ engine: 'ClickHouse' }, String(chunk).trim())
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  let isGone = false
  const gone = new Promise<string>(resolve => {
    child.once('error', error => resolve(String(error)))
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`))
  })
  const pid = child.pid ?? 0
  gone.then(() => {
    isGone = true
    rmSync(pidFile, { force: true })
  })
  try {
    if (pid) writeFileSync(pidFile, `${pid} ${startedAt(pid) ?? ''}`)
  } catch (error) {
    // A full disk: without its name on it, the next start would not find this one.
    child.kill('SIGKILL')
    throw error
  }
  child.send(orders, () => {})
  const ready = new Promise<true>(resolve => child.once('message', () => resolve(true)))
  if ((await Promise.race([ready, gone])) !== true) {
    throw new Fault('engine.failed', { engine: 'ClickHouse', detail: lastWords.trim() || (await gone) })
  }
  const stop = async () => {
    if (isGone) return
    child.send({ stop: true }, () => {})
    const late = setTimeout(() => child.kill('SIGKILL'), 8_000)
    await gone
    clearTimeout(late)
  }
  return { pid, gone, stop }
}
