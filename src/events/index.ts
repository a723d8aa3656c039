import { Bell } from '../platform/bell.ts'
import { type History } from '../platform/clickhouse.ts'
import { type Clock } from '../platform/clock.ts'
import { derivedId } from '../platform/ids.ts'
import { type Db } from '../platform/postgres.ts'
import { type Change, changesOf, doubtful, toLogEvent } from './batch.ts'
import { type Envelope, type LogEvent } from './contract.ts'
import { customersOfSource, dropSource, eventsOf, type Groups, knownIds, voidBatches, writeEvents } from './history.ts'
import {
  announce,
  append,
  type Bundle,
  closeBatch,
  groupsOf,
  hasRows,
  headsOf,
  heartbeat,
  isAlive,
  isUnsettled,
  LANES,
  leave,
  markDropped,
  markTakenBack,
  markUndone,
  openBatch,
  orphanBatches,
  removeInboxOf,
  takeNext,
  undoneSources,
  type Waiting,
} from './store.ts'

export type { Change } from './batch.ts'
export { type Envelope, type Identity, type LogEvent, ORDER_EVENTS, type OrderLine, TRAIT_SET } from './contract.ts'
export { countOfSource, eventsBefore, type Only } from './history.ts'
// How files of other modules are read: as files of orders are.
export { currencyBeside, decimalEvidence, readAmount, toUnits } from './imports/amounts.ts'
export { decoderOf, encodingOf } from './imports/bytes.ts'
export { type Delimiter, recordsOf } from './imports/records.ts'
export { createSource, groupsOf, headsOf, sourceNames, undoneSources, waiting, waitingBySource } from './store.ts'

/** Where a batch is written: the transaction that settles it, the log, and the number that the log rows carry. */
export type Batch = { tx: Db; history: History; number: number; now: number }
/** What says whom an event is about. */
export type Sighted = Pick<Envelope, 'identities' | 'at'> & {
  alsoKnownAs?: Envelope['alsoKnownAs'] | undefined
  messageId: string
}
export type Found = {
  /** The customer that each sighting was taken for, in their order; and whom that one is read as. */
  personas: number[]
  customers: number[]
  /** The newest event in the log of those known before. */
  lastSeenAt: ReadonlyMap<number, number>
  /** With whom each is read, now. Those who are alone are missing. */
  groups: Groups
  /** Who has just been joined, and whom they are read as now. */
  joined: readonly { winner: number; loser: number }[]
}
/** Knows who is who. Everything happens inside the transaction that settles a batch. */
export type Directory = {
  /** Whom each sighting is about, making the customers that are new and joining those who turn out to be one; all of them locked. */
  resolve(tx: Db, sightings: readonly Sighted[], now: number): Promise<Found>
  lock(tx: Db, customerIds: readonly number[]): Promise<void>
  /** Keeps what the changes say about the customers themselves. */
  keepSeen(tx: Db, changes: readonly Change[]): Promise<void>
  /** Removes customers of whom nothing is left, with everything that hangs on them. */
  remove(tx: Db, customerIds: readonly number[]): Promise<void>
}

/** Hears of every change once, inside the transaction that settles it. What it writes to the log goes under the batch's number. */
export type Listener = (batch: Batch, changes: Change[]) => Promise<void>

/** Rings when something has come in. A transaction around it may not have committed yet, so one look is not enough. */
export const inboxBell = new Bell()

/** What a row of the inbox holds at most, so that a batch is not much larger than was asked for. */
const BUNDLE_MAX = 1_000

/**
 * Takes envelopes in. When it answers (and a surrounding transaction commits) they are on disk and will be processed once:
 * a message id that comes again, waiting or settled, is recognised when it is settled.
 */
export async function accept(db: Db, sourceId: number, envelopes: readonly Envelope[], receivedAt: number): Promise<void> {
  if (envelopes.length === 0) return
  const lanes = Map.groupBy(envelopes, ({ identities: [first], messageId }) =>
    laneOf(first === undefined ? messageId : `${first.kind}:${first.value}`),
  )
  const bundles: Bundle[] = []
  for (const [lane, own] of lanes)
    for (let i = 0; i < own.length; i += BUNDLE_MAX)
      bundles.push({ lane, sourceId, receivedAt, envelopes: own.slice(i, i + BUNDLE_MAX) })
  await append(db, bundles)
  inboxBell.ring()
}

/** The id in the log for a message id: the same for the same. */
export const eventId = (messageId: string): string => derivedId('message', messageId)

/** Spreads senders over the lanes (FNV-1a): the same sender always takes the same one. */
function laneOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 15)) >>> 0) % LANES
}

/** The whole histories of customers, without what is being undone. */
export async function historiesOf(db: Db, history: History, customerIds: readonly number[]): Promise<Map<number, LogEvent[]>> {
  return eventsOf(history, customerIds, await groupsOf(db, customerIds), await undoneSources(db))
}

/** Raised when this worker was declared dead while it was away; it must announce itself anew. */
export class Fenced extends Error {
  override name = 'Fenced'
}

/** Writes to the log so that exactly what a transaction settled stays there. Dispose it to give its unused batch numbers back. */
export class LogWriter implements AsyncDisposable {
  readonly #db: Db
  readonly #history: History
  readonly #worker: string
  /** Numbers opened in the transaction of an earlier batch, so that a batch costs one commit and not two. */
  readonly #reserved: number[] = []
  /** Failed, and not taken back yet. Nothing is begun before they are: what they left in the log would pass for settled, and be lost later. */
  readonly #failed = new Set<number>()

  constructor(db: Db, history: History, worker: string) {
    this.#db = db
    this.#history = history
    this.#worker = worker
  }

  /** Runs `work` in a transaction with a batch number. When it fails, what it wrote to the log is taken back before the error goes on. */
  async batch<T>(now: number, work: (batch: Batch) => Promise<T>): Promise<T> {
    await this.#takeBack()
    const number = this.#reserved.pop() ?? (await openBatch(this.#db, this.#worker))
    try {
      const result = await this.#db.transaction().execute(async tx => {
        if (!(await isAlive(tx, this.#worker))) throw new Fenced('This worker was declared dead.')
        const answer = await work({ tx, history: this.#history, number, now })
        await closeBatch(tx, number)
        return { answer, next: await openBatch(tx, this.#worker) }
      })
      this.#reserved.push(result.next)
      return result.answer
    } catch (error) {
      this.#failed.add(number)
      await this.#takeBack()
      throw error
    }
  }

  /** Unless a batch was settled after all: a commit can go through and only its answer be lost. If this fails, the next batch or start does it. */
  async #takeBack(): Promise<void> {
    for (const number of this.#failed) {
      await this.#db.transaction().execute(async tx => {
        if (!(await isUnsettled(tx, number))) return
        await voidBatches(this.#history, [number])
        await closeBatch(tx, number)
      })
      this.#failed.delete(number)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const number of this.#reserved.splice(0)) await closeBatch(this.#db, number)
  }
}

/** A living worker: announced, with lanes, and able to write. */
export type Worker = {
  id: string
  db: Db
  history: History
  clock: Clock
  directory: Directory
  listeners: readonly Listener[]
  writer: LogWriter
}

/** Announces this process, takes back what dead ones left half-written, and takes its lanes. Earlier processes on the same `home` count as dead. */
export async function startWorker(
  db: Db,
  history: History,
  clock: Clock,
  home: string,
  id: string,
  directory: Directory,
  listeners: readonly Listener[],
): Promise<Worker> {
  await announce(db, id, home, clock.now())
  await beat(db, history, clock, id)
  return { id, db, history, clock, directory, listeners, writer: new LogWriter(db, history, id) }
}

/** To be called every few seconds. Throws `Fenced` when this worker was declared dead. */
export async function beat(db: Db, history: History, clock: Clock, id: string): Promise<void> {
  if (!(await heartbeat(db, id, clock.now()))) throw new Fenced('This worker was declared dead.')
  const orphans = await orphanBatches(db)
  await voidBatches(history, orphans)
  if (orphans.length > 0) await markTakenBack(db, orphans, clock.now())
}

export async function stopWorker(worker: Worker): Promise<void> {
  await worker.writer[Symbol.asyncDispose]()
  await leave(worker.db, worker.id)
}

/** Settles the next batch of this worker's lanes. Returns how many events it took from the inbox: 0 when there was nothing to do. */
export async function settleNext(worker: Worker, limit = 5_000): Promise<number> {
  if (!(await hasRows(worker.db, worker.id))) return 0
  return worker.writer.batch(worker.clock.now(), async batch => {
    const rows = (await takeNext(batch.tx, worker.id, limit)).map(row => ({ ...row, id: eventId(row.envelope.messageId) }))
    const found = await worker.directory.resolve(
      batch.tx,
      rows.map(({ id, envelope: { identities, alsoKnownAs, at } }) => ({ identities, alsoKnownAs, at, messageId: id })),
      batch.now,
    )
    const changes = await whatIsNew(batch, eventsFrom(rows, found), found)
    await writeEvents(
      batch.history,
      batch.number,
      changes.flatMap(change => change.fresh),
    )
    await tell(worker, batch, changes)
    return rows.length
  })
}

const eventsFrom = (rows: readonly (Waiting & { id: string })[], { customers, personas }: Found): LogEvent[] =>
  rows.flatMap(({ envelope, id, sourceId, receivedAt }, i) => {
    const [customerId, persona] = [customers[i], personas[i]]
    if (customerId === undefined || persona === undefined) return []
    return [toLogEvent({ customerId, persona, id, sourceId, receivedAt, envelope })]
  })

async function whatIsNew(
  { tx, history }: Batch,
  events: readonly LogEvent[],
  { lastSeenAt, groups, joined }: Found,
): Promise<Change[]> {
  const undone = await undoneSources(tx)
  const wanted = events.filter(event => !undone.includes(event.sourceId))
  const winners = new Set(joined.map(({ winner }) => winner))
  // A repeated message need not carry the same time, so the log is asked for the ids of everyone who was known before.
  const known = await knownIds(
    history,
    wanted.filter(event => lastSeenAt.has(event.customerId) || winners.has(event.customerId)),
    groups,
  )
  const doubted = doubtful(
    wanted.filter(event => !known.has(event.id)),
    lastSeenAt,
  )
  const asked = new Set([...doubted, ...winners])
  return changesOf(wanted, known, await eventsOf(history, [...asked], groups, undone), asked, joined)
}

async function tell(worker: Pick<Worker, 'directory' | 'listeners'>, batch: Batch, changes: Change[]): Promise<void> {
  if (changes.length === 0) return
  await worker.directory.keepSeen(batch.tx, changes)
  for (const listener of worker.listeners) await listener(batch, changes)
}

/** Tells the listeners the whole past of customers anew, as the log has it; they are locked. Returns those of whom the log has nothing. */
export async function retell(
  worker: Pick<Worker, 'directory' | 'listeners'>,
  batch: Batch,
  customerIds: readonly number[],
): Promise<number[]> {
  const histories = await historiesOf(batch.tx, batch.history, customerIds)
  await tell(
    worker,
    batch,
    customerIds.map(customerId => ({ customerId, fresh: [], whole: histories.get(customerId) ?? [] })),
  )
  return customerIds.filter(customerId => !histories.has(customerId))
}

/**
 * Takes a source's events back as if they had never come: facts, stages and moves of everyone concerned are told anew from what remains,
 * and customers with nothing left are removed. Safe to repeat and to continue after a crash. `onProgress` hears how many customers are done.
 */
export async function undoSource(
  worker: Worker,
  sourceId: number,
  onProgress: (customers: number) => Promise<void>,
  chunk = 2_000,
): Promise<void> {
  await markUndone(worker.db, sourceId, worker.clock.now())
  await removeInboxOf(worker.db, sourceId)
  let done = 0
  for (let after = 0; ; ) {
    const customerIds = await customersOfSource(worker.history, sourceId, after, chunk)
    const last = customerIds.at(-1)
    if (last === undefined) break
    await worker.writer.batch(worker.clock.now(), async batch => {
      const heads = await headsOf(batch.tx, customerIds)
      await worker.directory.lock(batch.tx, heads)
      const gone = await retell(worker, batch, heads)
      await worker.directory.remove(batch.tx, gone)
    })
    after = last
    done += customerIds.length
    await onProgress(done)
  }
  await dropSource(worker.history, sourceId)
  await markDropped(worker.db, sourceId, worker.clock.now())
}
