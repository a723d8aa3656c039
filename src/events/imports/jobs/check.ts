import { type History } from '../../../platform/clickhouse.ts'
import { type Clock } from '../../../platform/clock.ts'
import { Fault } from '../../../platform/fault.ts'
import { type Job } from '../../../platform/jobs/index.ts'
import { type Db } from '../../../platform/postgres.ts'
import { compareSpend } from '../../../spend/index.ts'
import { type Envelope } from '../../contract.ts'
import { undoneSources } from '../../index.ts'
import { type Settled } from '../cells.ts'
import { textOf, uploadPath } from '../files.ts'
import { type Conflict, type Made as Folded, IDENTIFIED, type NumberedEvent, SPEND } from '../fold.ts'
import {
  dropStaged,
  eventsAfter,
  knownEntries,
  type Reading,
  rowsInOrder,
  stageEvents,
  stageRejects,
  stageRows,
} from '../history.ts'
import { foldOf, kindOfImport, readerOf } from '../kinds.ts'
import { isSettled } from '../preview.ts'
import { cellsOfRows, type RowBatch, readRows } from '../read.ts'
import { spendOf } from '../spend.ts'
import { type Counts, change, type Import } from '../store.ts'

export type CheckDeps = {
  db: Db
  history: History
  clock: Clock
  data: string
  /** Whether what each event says of its customer is so already: identity, traits, consent. */
  isTold: (db: Db, envelopes: readonly Envelope[]) => Promise<boolean[]>
}
type Deps = CheckDeps
/** Where a reading is: at a row of the file, or (rows all staged) at an event of those they make. */
type Place =
  | { phase: 'rows'; row: number; rows: number; rejected: number }
  | { phase: 'events'; seq: number; rows: number; rejected: number }

const START: Place = { phase: 'rows', row: 0, rows: 0, rejected: 0 }
/** Reading and staging the rows takes about this share of the time. */
const ROWS_SHARE = 0.75
const EVENTS_BATCH = 10_000
const KNOWN_BATCH = 500_000
const TOLD_BATCH = 5_000
/** How often it is looked whether a batch is full. */
const ROWS_A_LOOK = 1_000

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
  const changed = await change(deps.db, one.id, ['checking', 'importing'], { counts, events: events.events })
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
  const kind = kindOfImport(one.kind)
  const width = one.looks.columns.length
  const text = textOf(uploadPath(data, one.file), one.mapping.encoding)
  for await (const batch of readRows(text, kind, one.mapping, width, readerOf(kind, one.mapping, width, readAtOf(one)))) {
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

/** Staged rows → the events they make, staged in the order in which they are handed over. */
async function makeEvents(
  { db, history, data }: Deps,
  job: Job,
  one: ReadImport,
  from: Extract<Place, { phase: 'events' }>,
): Promise<Made> {
  const fold = foldOf(kindOfImport(one.kind), one.mapping, readAtOf(one))
  const good = Math.max(1, from.rows - from.rejected)
  let rows = 0
  const keep = async (events: NumberedEvent[], conflicts: Conflict[], progress: number) => {
    // Made again after an interruption, because their numbers come from counting, but staged already.
    const fresh = events.filter(({ seq }) => seq > from.seq)
    await stageEvents(history, one, fresh)
    if (conflicts.length > 0) await stageConflicts(history, data, one, conflicts)
    const last = fresh.at(-1)
    await job.step(db, { ...(last && { cursor: { ...from, seq: last.seq } }), progress })
  }
  // One batch is on its way into the store while the next is being made.
  let keeping = Promise.resolve()
  const next = async (isFull: boolean) => {
    if (!isFull) return
    await keeping
    keeping = keep(fold.takeEvents(), fold.takeConflicts(), ROWS_SHARE + (1 - ROWS_SHARE) * Math.min(1, rows / good))
    // Heard of at the next await; until then it is not unhandled.
    keeping.catch(() => {})
  }
  for await (const some of rowsInOrder(history, one))
    for (const row of some) {
      fold.add(row)
      rows++
      if (rows % ROWS_A_LOOK === 0) await next(fold.waiting >= EVENTS_BATCH)
    }
  fold.end()
  await next(true)
  await keeping
  return { ...fold.made, rows: from.rows, rejected: from.rejected + fold.made.conflicts }
}

type Made = Folded & { rows: number; rejected: number }

/** Rows that contradict an earlier one are known only now, by number: the file is gone through once more for their cells. */
async function stageConflicts(history: History, data: string, one: ReadImport, conflicts: readonly Conflict[]): Promise<void> {
  const text = textOf(uploadPath(data, one.file), one.mapping.encoding)
  const cells = await cellsOfRows(
    text,
    kindOfImport(one.kind),
    one.mapping,
    one.looks.columns.length,
    new Set(conflicts.map(({ row }) => row)),
  )
  await stageRejects(
    history,
    one,
    conflicts.map(conflict => ({ ...conflict, cells: cells.get(conflict.row) ?? [] })),
  )
}

async function counted(deps: Deps, one: ReadImport, events: Made): Promise<Counts> {
  const { known, replaced } = await compared(deps, one, events)
  return {
    rows: events.rows,
    rejected: events.rejected,
    entries: events.entries - known,
    orders: kindOfImport(one.kind) === 'orders' ? events.entries - known : events.orders,
    customers: events.customers,
    known,
    consents: events.consents,
    replaced,
    firstAt: events.firstAt === null ? null : new Date(events.firstAt).toISOString(),
    lastAt: events.lastAt === null ? null : new Date(events.lastAt).toISOString(),
    totals: [...events.totals].map(([currency, amount]) => ({ amount, currency })),
  }
}

/** How much of it is so already, and what it would put other figures in the place of. */
async function compared(deps: Deps, one: ReadImport, events: Made): Promise<{ known: number; replaced: number }> {
  const kind = kindOfImport(one.kind)
  if (kind === 'customers') return { known: await toldBefore(deps, one), replaced: 0 }
  if (kind === 'spend') return comparedSpend(deps, one)
  const undone = await undoneSources(deps.db)
  let known = 0
  for (let from = 0; from < events.events; from += KNOWN_BATCH)
    known += await knownEntries(deps.history, one, from, from + KNOWN_BATCH, undone)
  return { known, replaced: 0 }
}

async function* stagedEvents({ history }: Deps, one: Reading): AsyncGenerator<Envelope[]> {
  for (let after = 0; ; ) {
    const events = await eventsAfter(history, one, after, TOLD_BATCH)
    const last = events.at(-1)
    if (last === undefined) return
    yield events.map(({ envelope }) => envelope)
    after = last.seq
  }
}

async function toldBefore(deps: Deps, one: Reading): Promise<number> {
  let known = 0
  for await (const envelopes of stagedEvents(deps, one)) {
    const asked = envelopes.filter(({ name }) => name === IDENTIFIED)
    known += (await deps.isTold(deps.db, asked)).filter(Boolean).length
  }
  return known
}

async function comparedSpend(deps: Deps, one: Reading): Promise<{ known: number; replaced: number }> {
  const sum = { known: 0, replaced: new Set<string>() }
  for await (const envelopes of stagedEvents(deps, one)) {
    const { known, replaced } = await compareSpend(deps.db, envelopes.filter(({ name }) => name === SPEND).map(spendOf))
    sum.known += known
    for (const day of replaced) sum.replaced.add(day)
  }
  return { known: sum.known, replaced: sum.replaced.size }
}

export const readAtOf = (one: Pick<Import, 'readAt' | 'createdAt'>): number => one.readAt ?? one.createdAt
