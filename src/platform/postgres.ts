import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { PROBE_MS_MAX, patiently, SILENT_MS_MAX } from './patience.ts'
import { type Tables } from './tables.ts'

/** A connection pool or a transaction: functions that take a Db never know which. */
export type Db = Kysely<Tables>

// Ids and counts stay below 2^53, so a number is exact and easier to hold than a string.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

// More than a busy pool takes to have a connection free again.
const CONNECT_MS_MAX = 6_000

/** Opens a pool on `url`. Dispose it to wait for running queries and close. */
export function openPostgres(
  url: string,
  { connectionsMax = 12, connectMsMax = CONNECT_MS_MAX, silentMsMax = SILENT_MS_MAX } = {},
): Db & AsyncDisposable {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: 'perennial',
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
  })
  // An idle connection that breaks is replaced by the pool; the next query reports a server that is really gone.
  pool.on('error', () => {})
  // One that breaks while a transaction holds it between two statements has nobody listening either, and would end the process.
  pool.on('connect', client => {
    client.on('error', () => {})
    waitPatiently(url, client, silentMsMax)
  })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }) as Db & AsyncDisposable
}

type Query = (...args: unknown[]) => unknown

/** A query on a connection that has gone silent for good ends it, instead of holding a place in the pool for ever. */
function waitPatiently(url: string, client: pg.PoolClient, silentMsMax: number): void {
  const query = client.query.bind(client) as Query
  const patient: Query = (...args) => {
    const answer = query(...args)
    if (!(answer instanceof Promise)) return answer
    return patiently(
      answer,
      () => isAtWork(url, client),
      why => client.connection.stream.destroy(why),
      silentMsMax,
    )
  }
  client.query = patient as typeof client.query
}

/** Whether the server is at work for this connection. One that it does not know by its number (a pooler is between) is taken at its word. */
async function isAtWork(url: string, client: pg.PoolClient): Promise<boolean> {
  const probe = new pg.Client({ connectionString: url, connectionTimeoutMillis: PROBE_MS_MAX, query_timeout: PROBE_MS_MAX })
  probe.on('error', () => {})
  try {
    await probe.connect()
    const { processID } = client as unknown as { processID: number }
    const { rows } = await probe.query<{ state: string }>('select state from pg_stat_activity where pid = $1', [processID])
    return !rows[0]?.state.startsWith('idle')
  } catch (error) {
    // That it is too busy is an answer too.
    if (error instanceof pg.DatabaseError) return true
    throw error
  } finally {
    // Without a goodbye, for which it might wait in vain.
    probe.connection.stream.destroy()
  }
}
