import { sql } from 'kysely'
import { wakesAt } from '../src/lifecycle/advance.ts'
import { compiled } from '../src/lifecycle/compile.ts'
import { orderedRead, replay } from '../src/lifecycle/history.replay.ts'
import { factsTextNow, type RecordedMove, writeMoves } from '../src/lifecycle/history.ts'
import { type Model } from '../src/lifecycle/model.ts'
import { type KeptStanding, keepStandings } from '../src/lifecycle/store.ts'
import { type History } from '../src/platform/clickhouse.ts'
import { type Db } from '../src/platform/postgres.ts'

const MOVES_AT_ONCE = 50_000
const CUSTOMERS_AT_ONCE = 10_000

const EVERYBODY = { after: 0, upTo: Number.MAX_SAFE_INTEGER, undone: [] }

/** The bare read of what the fold needs of each event, in the order of customers and time: the reference of a replay. Returns its bytes. */
export async function readAll(history: History, model: Model): Promise<number> {
  const { sql, params } = orderedRead(model, EVERYBODY)
  let bytes = 0
  for await (const piece of history.stream(sql, params, 'Native')) bytes += piece.length
  return bytes
}

/** A replay that keeps nothing. Returns the number of moves. */
export async function replayAll(history: History, model: Model, until: number): Promise<{ events: number; moves: number }> {
  let moves = 0
  const audience = { isWanted: () => true, move: () => void moves++, end: () => {} }
  const events = await replay(history, compiled(model), EVERYBODY, until, audience)
  return { events, moves }
}

export type Folded = { customers: number; events: number; moves: number; writeMs: number }

type Told = { customerId: number; firstSeenAt: number; lastSeenAt: number; kept: KeptStanding | null }

/** Folds the whole log in customer order, and writes every move, customer and standing where the program keeps them. */
export async function foldAll(
  db: Db,
  history: History,
  model: Model,
  until: number,
  onProgress: (customers: number) => void,
): Promise<Folded> {
  const folded: Folded = { customers: 0, events: 0, moves: 0, writeMs: 0 }
  const ready = compiled(model)
  const moves: (RecordedMove & { facts: string; sign: 1 })[] = []
  const told: Told[] = []

  const write = async (isLast: boolean) => {
    const began = performance.now()
    while (moves.length >= MOVES_AT_ONCE || (isLast && moves.length > 0)) {
      const block = moves.splice(0, MOVES_AT_ONCE)
      await writeMoves(history, 0, until, model, block)
      folded.moves += block.length
    }
    while (told.length >= CUSTOMERS_AT_ONCE || (isLast && told.length > 0)) {
      const block = told.splice(0, CUSTOMERS_AT_ONCE)
      await writeCustomers(db, block)
      await keepStandings(
        db,
        model,
        block.flatMap(({ kept }) => kept ?? []),
      )
      folded.customers += block.length
      onProgress(folded.customers)
    }
    folded.writeMs += performance.now() - began
  }

  folded.events = await replay(history, ready, EVERYBODY, until, {
    isWanted: () => true,
    move: (customerId, at, from, to, because, facts) =>
      moves.push({
        customerId,
        at,
        from: ready.nameOf(from),
        to: ready.nameOf(to),
        because,
        facts: factsTextNow(facts),
        sign: 1,
      }),
    end: (customerId, { standing }) => {
      const { firstSeenAt, lastSeenAt } = standing?.facts ?? { firstSeenAt: null, lastSeenAt: null }
      told.push({
        customerId,
        firstSeenAt: firstSeenAt ?? until,
        lastSeenAt: lastSeenAt ?? until,
        kept: standing === null ? null : { customerId, standing, wakesAt: wakesAt(standing) },
      })
    },
    pause: () => write(false),
  })
  await write(true)
  return folded
}

async function writeCustomers(db: Db, rows: readonly Told[]): Promise<void> {
  const ids = rows.map(row => row.customerId)
  await sql`insert into customer (id, created_at, first_seen_at, last_seen_at, email, name, traits) overriding system value
    select id, first_seen, first_seen, last_seen, 'customer' || id || '@example.com', 'Customer ' || id, '{}'
    from unnest(${ids}::bigint[], ${rows.map(row => new Date(row.firstSeenAt))}::timestamptz[], ${rows.map(row => new Date(row.lastSeenAt))}::timestamptz[])
      as t (id, first_seen, last_seen)`.execute(db)
  await sql`insert into identity (kind, value, customer_id) select 'external', 'C' || id, id from unnest(${ids}::bigint[]) as t (id)`.execute(
    db,
  )
}
