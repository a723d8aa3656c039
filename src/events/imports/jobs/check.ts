import { type History } from '../../../platform/clickhouse.ts'
import { type Clock } from '../../../platform/clock.ts'
import { Fault } from '../../../platform/fault.ts'
import { type Job } from '../../../platform/jobs/index.ts'
import { type Db } from '../../../platform/postgres.ts'
import { type Envelope, ORDER_EVENTS } from '../../contract.ts'
import { undoneSources } from '../../index.ts'
import { textOf, uploadPath } from '../files.ts'
import { dropStaged, knownOrders, type Reading, rowsInOrder, stageEvents, stageRejects, stageRows } from '../history.ts'
import { type Conflict, type OrderFold, OrdersFold } from '../orders.ts'
import { isSettled } from '../preview.ts'
import { cellsOfRows, type RowBatch, readRows } from '../read.ts'
import { type Settled } from '../row.ts'
import { type Counts, change, type Import } from '../store.ts'

type Deps = { db: Db; history: History; clock: Clock; data: string }
/** Where a reading is: at a row of the file, or (rows all staged) at an event of those they make. */
type Place =
  | { phase: 'rows'; row: number; rows: number; rejected: number }
  | { phase: 'events'; seq: number; rows: number; rejected: number }

const START: Place = { phase: 'rows', row: 0, rows: 0, rejected: 0 }
/** Reading and staging the rows takes about this share of the time. */
const ROWS_SHARE = 0.75
const EVENTS_BATCH = 10_000
const KNOWN_BATCH = 500_000
// So many orders of one customer are sorted by time; beyond that they are handed over in pieces, which is only slower.
const CUSTOMER_ORDERS_MAX = 20_000
const CONFLICTS_MAX = 100_000

/**
 * Reads the whole file without letting anything in: what would go in and what would not is staged and counted.
 * An import that has been counted already is left as it is.
 */
export async function check(deps: Deps, job: Job, one: Import): Promise<Import> {
  if (one.counts !== null) return one
  const { mapping, file } = one
  if (file === null) throw new Fault('import.file_gone')
  if (!isSettled(mapping)) throw new Fault('import.open_questions', { questions: '' })
  const reading = { ...one, mapping, file }
  const place = placeOf(job.cursor)
  // Whatever an earlier reading left behind.
  if (place === START) await dropStaged(deps.history, one.id)
  const staged = place.phase === 'rows' ? await stage(deps, job, reading, place) : place
  const events = await makeEvents(deps, job, reading, staged)
  const counts = await counted(deps, reading, events)
  const changed = await change(deps.db, one.id, ['checking', 'importing'], { counts, events: events.seq })
  if (changed === null) throw new Fault('import.wrong_state', { state: one.state })
  return changed
}

const placeOf = (cursor: unknown): Place =>
  ['rows', 'events'].includes((cursor as Partial<Place>).phase ?? '') ? (cursor as Place) : START

type ReadImport = Import & { mapping: Settled; file: string }

/** File → staged rows, sorted out into good ones and those that are left out. */
async function stage(
  { db, history, data }: Deps,
  job: Job,
  one: ReadImport,
  from: Extract<Place, { phase: 'rows' }>,
): Promise<Extract<Place, { phase: 'events' }>> {
  let { rejected } = from
  let rows = 0
  const keep = async (batch: RowBatch) => {
    // Read again after an interruption, because a row may refer to the one above, but staged already.
    const good = batch.good.filter(row => row.row > from.row)
    const rejects = batch.rejects.filter(reject => reject.row > from.row)
    await stageRows(history, one, good)
    await stageRejects(history, one, rejects)
    rejected += rejects.length
    const cursor = { phase: 'rows', row: batch.row, rows: batch.rows, rejected }
    await job.step(db, batch.row > from.row ? { cursor, progress: batch.share * ROWS_SHARE } : {})
  }
  // One batch is on its way into the store while the next is being read.
  let keeping = Promise.resolve()
  for await (const batch of readRows(
    textOf(uploadPath(data, one.file), one.mapping.encoding),
    one.mapping,
    one.looks.columns.length,
    readAtOf(one),
  )) {
    rows = batch.rows
    await keeping
    keeping = keep(batch)
    // Heard of at the next await; until then it is not unhandled.
    keeping.catch(() => {})
  }
  await keeping
  const place = { phase: 'events' as const, seq: 0, rows, rejected }
  await job.step(db, { cursor: place, progress: ROWS_SHARE })
  return place
}

type Events = {
  seq: number
  rows: number
  rejected: number
  orders: number
  customers: number
  firstAt: number | null
  lastAt: number | null
  totals: Map<string, number>
}

/** Staged rows → the events they make, in the order in which they are handed over: customer by customer, each in the order of time. */
async function makeEvents(
  { db, history, data }: Deps,
  job: Job,
  one: ReadImport,
  from: Extract<Place, { phase: 'events' }>,
): Promise<Events> {
  const events: Events = {
    seq: 0,
    rows: from.rows,
    rejected: from.rejected,
    orders: 0,
    customers: 0,
    firstAt: null,
    lastAt: null,
    totals: new Map(),
  }
  let batch: { seq: number; envelope: Envelope }[] = []
  let conflicts = new Map<number, Conflict>()
  let ofCustomer: OrderFold[] = []
  let customer: string | null = null
  const release = () => {
    for (const order of ofCustomer.sort((a, b) => a.at - b.at))
      for (const envelope of order.envelopes()) {
        events.seq++
        add(events, envelope)
        if (events.seq > from.seq) batch.push({ seq: events.seq, envelope })
      }
    ofCustomer = []
  }
  const onOrder = (order: OrderFold, whose: string) => {
    if (whose !== customer || ofCustomer.length >= CUSTOMER_ORDERS_MAX) release()
    if (whose !== customer) events.customers++
    customer = whose
    ofCustomer.push(order)
  }
  const fold = new OrdersFold(one.mapping.amountPer ?? 'order', onOrder, conflict => conflicts.set(conflict.row, conflict))
  const good = Math.max(1, from.rows - from.rejected)
  let folded = 0
  const write = async () => {
    await stageEvents(history, one, batch)
    await job.step(db, {
      ...(batch.length > 0 && { cursor: { ...from, seq: events.seq } }),
      progress: ROWS_SHARE + (1 - ROWS_SHARE) * Math.min(1, folded / good),
    })
    batch = []
    if (conflicts.size < CONFLICTS_MAX) return
    await list()
  }
  const list = async () => {
    events.rejected += conflicts.size
    await stageConflicts(history, data, one, conflicts)
    conflicts = new Map()
  }
  for await (const rows of rowsInOrder(history, one)) {
    for (const row of rows) fold.add(row)
    folded += rows.length
    if (batch.length >= EVENTS_BATCH || conflicts.size >= CONFLICTS_MAX) await write()
  }
  fold.end()
  release()
  await write()
  if (conflicts.size > 0) await list()
  return events
}

function add(events: Events, { name, at, amount = 0, currency = '' }: Envelope): void {
  if (name === ORDER_EVENTS.completed) events.orders++
  if (name === ORDER_EVENTS.cancelled) return
  events.firstAt = Math.min(events.firstAt ?? at, at)
  events.lastAt = Math.max(events.lastAt ?? at, at)
  events.totals.set(currency, (events.totals.get(currency) ?? 0) + (name === ORDER_EVENTS.refunded ? -amount : amount))
}

/** Rows that contradict an earlier one are known only now, by number: the file is gone through once more for their cells. */
async function stageConflicts(
  history: History,
  data: string,
  one: ReadImport,
  conflicts: ReadonlyMap<number, Conflict>,
): Promise<void> {
  const cells = await cellsOfRows(
    textOf(uploadPath(data, one.file), one.mapping.encoding),
    one.mapping,
    one.looks.columns.length,
    conflicts,
  )
  await stageRejects(
    history,
    one,
    [...conflicts.values()].map(conflict => ({ ...conflict, cells: cells.get(conflict.row) ?? [] })),
  )
}

async function counted({ db, history }: Deps, one: Reading, events: Events): Promise<Counts> {
  const undone = await undoneSources(db)
  let known = 0
  for (let from = 0; from < events.seq; from += KNOWN_BATCH)
    known += await knownOrders(history, one, from, from + KNOWN_BATCH, undone)
  return {
    rows: events.rows,
    rejected: events.rejected,
    orders: events.orders - known,
    customers: events.customers,
    known,
    firstAt: events.firstAt === null ? null : new Date(events.firstAt).toISOString(),
    lastAt: events.lastAt === null ? null : new Date(events.lastAt).toISOString(),
    totals: [...events.totals].map(([currency, amount]) => ({ amount, currency })),
  }
}

const readAtOf = (one: Import): number => one.readAt ?? one.createdAt
