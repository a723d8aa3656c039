import { sql } from 'kysely'
import { advance, wakesAt } from '../src/lifecycle/advance.ts'
import { compiled } from '../src/lifecycle/compile.ts'
import { type FactEvent } from '../src/lifecycle/facts.ts'
import { factsText, type RecordedMove, writeMoves } from '../src/lifecycle/history.ts'
import { type Model } from '../src/lifecycle/model.ts'
import { type KeptStanding, keepStandings } from '../src/lifecycle/store.ts'
import { type History } from '../src/platform/clickhouse.ts'
import { type Db } from '../src/platform/postgres.ts'
import { RowReader } from './row-binary.ts'

const MOVES_AT_ONCE = 50_000
const CUSTOMERS_AT_ONCE = 10_000

/** What the fold needs of each event, in the order of customers and time. The bare read of it is the reference of a replay. */
export const ORDERED_READ = `select customer_id, toUnixTimestamp64Milli(event.at), toString(name), identified, order_id, amount, toString(currency)
  from event order by customer_id, event.at, id`

export type Folded = { customers: number; events: number; moves: number; foldMs: number; readMs: number; writeMs: number }

type Told = { customerId: number; firstSeenAt: number; lastSeenAt: number; kept: KeptStanding | null }

/** Folds the whole log in customer order, as a replay would, and writes every move, customer and standing where the program keeps them. */
export async function foldAll(
  db: Db,
  history: History,
  model: Model,
  until: number,
  onProgress: (customers: number) => void,
): Promise<Folded> {
  const ready = compiled(model)
  const folded: Folded = { customers: 0, events: 0, moves: 0, foldMs: 0, readMs: 0, writeMs: 0 }
  const moves: (RecordedMove & { facts: string; sign: 1 })[] = []
  const told: Told[] = []

  const tell = (customerId: number, events: readonly FactEvent[]) => {
    const step = advance(ready, null, events, until)
    if (step === null) throw new Error('A whole history is always understood.')
    for (const move of step.moves)
      moves.push({
        customerId,
        at: move.at,
        from: move.from,
        to: move.to,
        because: move.because,
        facts: factsText(move),
        sign: 1,
      })
    const { standing } = step
    told.push({
      customerId,
      firstSeenAt: events[0]?.at ?? until,
      lastSeenAt: events.at(-1)?.at ?? until,
      kept: standing === null ? null : { customerId, standing, wakesAt: wakesAt(standing) },
    })
  }
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

  let customerId = 0
  let own: FactEvent[] = []
  const reader = new RowReader()
  let waitingSince = performance.now()
  for await (const chunk of history.stream(ORDERED_READ)) {
    const began = performance.now()
    folded.readMs += began - waitingSince
    reader.push(chunk)
    for (let row = reader.next(readEvent); row !== null; row = reader.next(readEvent)) {
      if (row.customerId !== customerId) {
        if (own.length > 0) tell(customerId, own)
        customerId = row.customerId
        own = []
      }
      own.push(row)
      folded.events++
    }
    folded.foldMs += performance.now() - began
    await write(false)
    waitingSince = performance.now()
  }
  if (own.length > 0) tell(customerId, own)
  await write(true)
  return folded
}

function readEvent(reader: RowReader): FactEvent & { customerId: number } {
  const customerId = reader.int64()
  const at = reader.int64()
  return {
    customerId,
    // Ties are settled by the read already.
    id: '',
    at,
    receivedAt: at,
    name: reader.word(),
    identifies: reader.uint8() === 1,
    orderId: reader.text(),
    amount: reader.uint8() === 1 ? null : reader.int64(),
    currency: reader.word(),
  }
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
