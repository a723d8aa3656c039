import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type Tables } from './tables.ts'

/** A connection pool or a transaction: functions that take a Db never know which. */
export type Db = Kysely<Tables>

// Ids and counts stay below 2^53, so a number is exact and easier to hold than a string.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Opens a pool on `url`. Dispose it to wait for running queries and close. */
export function openPostgres(url: string, { connectionsMax = 12 } = {}): Db & AsyncDisposable {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: 'perennial',
    idle_in_transaction_session_timeout: 60_000,
  })
  // An idle connection that breaks is replaced by the pool; the next query reports a server that is really gone.
  pool.on('error', () => {})
  // One that breaks while a transaction holds it between two statements has nobody listening either, and would end the process.
  pool.on('connect', client => client.on('error', () => {}))
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }) as Db & AsyncDisposable
}
