import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../src/app/cli.ts', import.meta.url))
const PASSWORD = 'correct horse battery staple'

/** The program as people run it: a process of its own on a data folder, spoken to over HTTP, which can be killed and started again. */
export class RunningProgram implements AsyncDisposable {
  readonly #data: string
  readonly #args: readonly string[]
  #child: ChildProcess | undefined
  #cookie = ''
  /** What it wrote to stderr, all starts together. */
  log = ''
  url = ''

  constructor(data: string, ...args: string[]) {
    this.#data = data
    this.#args = args
  }

  /** Starts it and waits until it answers. Answers the one-time token of the first account, if it printed one. */
  async start(): Promise<string | undefined> {
    const words = [CLI, 'start', '--data', this.#data, '--port', '0', ...this.#args]
    const child = spawn(process.execPath, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, PERENNIAL_LOG: 'warn' },
    })
    this.#child = child
    let out = ''
    child.stderr.on('data', chunk => {
      this.log += chunk
    })
    child.stdout.on('data', chunk => {
      out += chunk
    })
    while (!/ is at (\S+)\n/.test(out)) {
      if (child.exitCode !== null) throw new Error(`The program ended with ${child.exitCode}: ${this.log}`)
      await pause(20)
    }
    // The one-time link is a line of its own, written right after.
    await pause(50)
    this.url = / is at (\S+)\n/.exec(out)?.[1] ?? ''
    return /token=(\S+)/.exec(out)?.[1]
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** The process ids of what it runs beside itself. */
  get postgresPid(): number {
    return Number(readFileSync(join(this.#data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  }
  get clickhousePid(): number {
    return Number(readFileSync(join(this.#data, 'clickhouse.pid'), 'utf8').split(' ')[0])
  }

  /** Throws, with what it said, when it has ended although nobody asked it to. */
  expectAlive(): void {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error(`The program has ended: ${this.log}`)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Makes the first account and is signed in as its owner from then on, also after a restart. */
  async foundCompany(token: string | undefined): Promise<void> {
    const company = { name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR' }
    await this.ask('POST', '/api/setup', { token, email: 'ada@shop.example', name: 'Ada', password: PASSWORD, company })
  }

  /** Asks and answers the JSON; anything but a 2xx is an error. A string is sent as CSV. */
  async ask<T>(method: string, path: string, body?: object | string): Promise<T> {
    const headers: Record<string, string> = { cookie: this.#cookie, 'sec-fetch-site': 'same-origin' }
    if (body !== undefined) headers['content-type'] = typeof body === 'string' ? 'text/csv' : 'application/json'
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    const [set] = response.headers.getSetCookie()
    if (set) this.#cookie = set.split(';')[0] ?? ''
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** Stops it as Ctrl-C does. Answers the exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    child.kill('SIGTERM')
    await once(child, 'exit')
    return child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
