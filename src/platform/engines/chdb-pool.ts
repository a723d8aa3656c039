import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Session as ChdbSession } from 'chdb'

export type Outcome = {
  bytes: Buffer
  rowsRead: number
  bytesRead: number
  rowsWritten: number
  bytesWritten: number
  elapsedS: number
}

/** One native connection: it runs one statement at a time, so there are several. */
export type Connection = {
  run(sql: string, format: string): Promise<Outcome>
  insert(sql: string, data: Buffer): Promise<Outcome>
  stream(sql: string, format: string): AsyncIterable<Buffer>
}

type Held = Connection & { database: string; close(): void }

const require = createRequire(import.meta.url)
const { Session } = require('chdb') as typeof import('chdb')

type Native = {
  InsertRawAsyncConnection(
    connection: unknown,
    prefix: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<{ elapsed: number; rowsWritten: number; bytesWritten: number }>
}
// The package's own insert() takes text formats alone and takes the statement apart; the call below it takes any statement
// and any format, as ClickHouse does.
const native = (
  require(join(dirname(require.resolve('chdb/package.json')), 'dist', 'loader.js')) as { loadNative(): Native }
).loadNative()

const CONNECTIONS_MAX = 12

/** Connections to the engine on `folder`, each bound to a database; at most so many statements run at once, the others wait their turn. */
export class ChdbPool implements Disposable {
  readonly #open: () => ChdbSession
  // Holds the engine open: it would close with its last connection.
  readonly #keeper: ChdbSession
  readonly #idle: Held[] = []
  readonly #waiting: (() => void)[] = []
  #count = 0

  constructor(folder: string, connectionArgs: string[]) {
    this.#open = () => new Session(folder, { connectionArgs })
    this.#keeper = this.#open()
  }

  /** Runs `work` with a connection to `database`. A connection that `work` marks as spoilt is not used again. */
  async with<T>(database: string, work: (connection: Connection, spoil: () => void) => Promise<T>): Promise<T> {
    const held = await this.#take(database)
    let isSpoilt = false
    try {
      return await work(held, () => {
        isSpoilt = true
      })
    } finally {
      if (isSpoilt) this.#drop(held)
      else this.#idle.push(held)
      this.#waiting.shift()?.()
    }
  }

  async #take(database: string): Promise<Held> {
    for (;;) {
      const at = this.#idle.findLastIndex(held => held.database === database)
      const ready = at >= 0 ? this.#idle.splice(at, 1)[0] : undefined
      if (ready) return ready
      if (this.#count >= CONNECTIONS_MAX) {
        const other = this.#idle.shift()
        if (other) this.#drop(other)
      }
      if (this.#count < CONNECTIONS_MAX) return this.#connect(database)
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  async #connect(database: string): Promise<Held> {
    this.#count++
    const session = this.#open()
    const held = { ...connectionOf(session), database, close: () => session.close() }
    try {
      if (database !== 'default') await held.run(`USE \`${database.replace(/[\\`]/g, '\\$&')}\``, 'Null')
      return held
    } catch (error) {
      this.#drop(held)
      this.#waiting.shift()?.()
      throw error
    }
  }

  #drop(held: Held): void {
    this.#count--
    held.close()
  }

  [Symbol.dispose](): void {
    for (const held of this.#idle) held.close()
    this.#keeper.close()
  }
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function connectionOf(session: ChdbSession): Connection {
  return {
    async run(sql, format) {
      const result = await session.queryAsync(sql, { format })
      return {
        bytes: bufferOf(result.bytes()),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
        rowsWritten: 0,
        bytesWritten: 0,
        elapsedS: result.elapsed,
      }
    },
    async insert(sql, data) {
      const done = await native.InsertRawAsyncConnection(session.connection, sql, data, false)
      return {
        bytes: Buffer.alloc(0),
        rowsRead: 0,
        bytesRead: 0,
        rowsWritten: done.rowsWritten,
        bytesWritten: done.bytesWritten,
        elapsedS: done.elapsed,
      }
    },
    async *stream(sql, format) {
      for await (const chunk of session.queryStream(sql, { format })) yield bufferOf(chunk.raw())
    },
  }
}
