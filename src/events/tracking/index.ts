import { type Act, audit, keysInUse } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { inTime } from '../../platform/patience.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Vault } from '../../platform/vault.ts'
import { type Envelope } from '../contract.ts'
import { accept, waitingBySource } from '../index.ts'
import { addHits } from '../rules/index.ts'
import { addAtDoor } from '../sources/index.ts'
import { type Sorted, unusableOf } from './batch.ts'
import { LIMITS } from './limits.ts'
import { LiveWindow } from './live.ts'
import { FairQueue, hasRoom, type Parcel } from './queue.ts'
import { type Sender, Senders } from './store.senders.ts'
import { forgetOldest, type Kept, keep } from './store.ts'

type Waiting = Parcel & {
  sender: Sender
  sorted: Sorted
  receivedAt: number
  done: () => void
  fail: (why: unknown) => void
}

// More wait in the inbox than the workers empty in ten seconds: taking still more would only make everything later.
const BACKLOG_MAX = 200_000
const BACKLOG_LOOK_MS = 1_000
/** Understood, not yet on disk. */
const WAITING_BYTES_MAX = 64 * 2 ** 20
const GROUP_EVENTS_MAX = 5_000
/** A connection that says nothing for so long is given up; what it may still commit is recognised when it comes again. */
const WRITE_MS_MAX = 10_000
export const QUARANTINE_KEPT_PER_SOURCE = 10_000

export { dismiss, dismissAll, quarantinePage, replay } from './store.quarantine.ts'
export { type Sender, userSecretOf } from './store.senders.ts'

/** Notes that a write key's user secret is looked at; `access.key_not_found` when there is no such key in use. */
export async function showUserSecret(db: Db, keyId: number, act: Act): Promise<void> {
  const key = await db
    .selectFrom('api_key')
    .select('name')
    .where('id', '=', keyId)
    .where('kind', '=', 'write')
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (key === undefined) throw new Fault('access.key_not_found')
  await audit(db, act, 'key.user_secret_shown', key.name)
}

/**
 * Keeps events of many requests in one transaction before any of these is answered: a disk writes a hundred as fast as one.
 * Nothing is waited for on purpose; while one group is written, the next one gathers.
 */
export class Intake {
  readonly senders: Senders
  readonly live = new LiveWindow()
  readonly #db: Db
  readonly #clock: Clock
  readonly #queue = new FairQueue<Waiting>()
  #isWriting = false
  #look: { at: number; backlog: Promise<Map<number, number>> } = {
    at: Number.NEGATIVE_INFINITY,
    backlog: Promise.resolve(new Map()),
  }

  constructor(db: Db, clock: Clock, vault: Vault) {
    this.#db = db
    this.#clock = clock
    this.senders = new Senders(db, clock, vault)
  }

  /** Answers when everything of the request is on disk, the usable on its way and the rest in quarantine. Safe to repeat. */
  async take(sender: Sender, sorted: Sorted, receivedAt: number, bytes: number): Promise<void> {
    const { sourceId } = sender
    const events = sorted.envelopes.length + sorted.unusable.length
    const isFull = await this.#isFull(sourceId).catch((error: unknown) => {
      throw asAway(error)
    })
    // Looked at last, with nothing to wait for between here and the queue: of a thousand at once each sees what the others hold.
    const hasSpace = hasRoom(this.#queue.bytesOf(sourceId), this.#queue.bytes, bytes, WAITING_BYTES_MAX)
    // 503 also for a key that alone is too loud: some SDKs throw away what is answered 429.
    if (isFull || !hasSpace) throw new Fault('tracking.overloaded')
    return new Promise<void>((done, fail) => {
      this.#queue.push({ sourceId, sender, sorted, receivedAt, bytes, events, done, fail })
      void this.#write()
    })
  }

  /** Whether the inbox has no room for more of a source, as of a moment ago. */
  async #isFull(sourceId: number): Promise<boolean> {
    const now = this.#clock.now()
    if (Math.abs(now - this.#look.at) >= BACKLOG_LOOK_MS) {
      this.#look = { at: now, backlog: waitingBySource(this.#db) }
      this.#look.backlog.catch(() => {
        this.#look.at = Number.NEGATIVE_INFINITY
      })
    }
    const waiting = await this.#look.backlog
    let all = 0
    for (const n of waiting.values()) all += n
    return !hasRoom(waiting.get(sourceId) ?? 0, all, 1, BACKLOG_MAX)
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    try {
      while (!this.#queue.isEmpty) {
        const group = this.#queue.next(GROUP_EVENTS_MAX)
        await this.#writeGroup(group)
        this.#queue.settled(group)
      }
    } finally {
      this.#isWriting = false
    }
  }

  async #writeGroup(group: Waiting[]): Promise<void> {
    try {
      const inUse = await inTime(WRITE_MS_MAX, keysInUse(this.#db, [...new Set(group.map(({ sender }) => sender.keyId))]))
      for (const { sender, fail } of group.filter(one => !inUse.has(one.sender.keyId))) {
        this.senders.forget(sender.keyId)
        fail(new Fault('access.key_refused'))
      }
      const good = group.filter(({ sender }) => inUse.has(sender.keyId))
      if (good.length > 0) await inTime(WRITE_MS_MAX, write(this.#db, good))
      for (const { sender, sorted, receivedAt, done } of good) {
        this.live.show(sender, receivedAt, sorted.envelopes, sorted.unusable)
        done()
      }
    } catch (error) {
      if (isData(error)) await this.#writeApart(group)
      else for (const { fail } of group) fail(asAway(error))
    }
  }

  /** Something in a group cannot be stored at all: each request on its own, then each event, until it is found and set aside. */
  async #writeApart(group: Waiting[]): Promise<void> {
    const [one] = group
    if (one === undefined || group.length > 1) {
      for (const single of group) await this.#writeGroup([single])
      return
    }
    const { sender, sorted, receivedAt, done, fail } = one
    try {
      const unusable = [...sorted.unusable]
      const envelopes: Envelope[] = []
      for (const envelope of sorted.envelopes) {
        if (await isStorable(this.#db, sender, envelope, receivedAt)) envelopes.push(envelope)
        else unusable.push(unusableOf({ reason: 'refused_by_store' }, envelope, LIMITS.keptCharsMax))
      }
      await inTime(WRITE_MS_MAX, write(this.#db, [{ ...one, sorted: { ...sorted, envelopes: [], unusable } }]))
      this.live.show(sender, receivedAt, envelopes, unusable)
      done()
    } catch (error) {
      fail(asAway(error))
    }
  }
}

/** Stores one event, or says that it cannot be stored. */
async function isStorable(db: Db, sender: Sender, envelope: Envelope, receivedAt: number): Promise<boolean> {
  try {
    await inTime(WRITE_MS_MAX, accept(db, sender.sourceId, [envelope], receivedAt))
    return true
  } catch (error) {
    if (!isData(error)) throw error
    return false
  }
}

/** Everything of some requests, all or nothing. */
async function write(db: Db, requests: readonly Waiting[]): Promise<void> {
  const bySource = [...Map.groupBy(requests, ({ sender }) => sender.sourceId)]
  const unusable: Kept[] = requests.flatMap(({ sender: { sourceId, isTrusted }, sorted, receivedAt }) =>
    sorted.unusable.map(one => ({ ...one, sourceId, isTrusted, receivedAt })),
  )
  const writeAll = async (tx: Db) => {
    for (const [sourceId, own] of bySource) {
      const receivedAt = Math.max(...own.map(one => one.receivedAt))
      await accept(
        tx,
        sourceId,
        own.flatMap(({ sorted }) => sorted.envelopes),
        receivedAt,
      )
    }
    await countAtDoor(tx, requests)
    if (unusable.length === 0) return
    await keep(tx, unusable)
    for (const sourceId of new Set(unusable.map(one => one.sourceId)))
      await forgetOldest(tx, sourceId, QUARANTINE_KEPT_PER_SOURCE)
  }
  // A single statement is a transaction by itself, two round trips cheaper.
  if (bySource.length === 1 && !requests.some(isCountedAtDoor)) await writeAll(db)
  else await db.transaction().execute(writeAll)
}

const isCountedAtDoor = ({ sorted }: Waiting): boolean => sorted.unusable.length > 0 || (sorted.blocked?.size ?? 0) > 0
const sum = (counts: Iterable<number>): number => [...counts].reduce((all, n) => all + n, 0)

/** What did not go in is counted in the transaction that keeps it, so that the counters know of every answer. */
async function countAtDoor(tx: Db, requests: readonly Waiting[]): Promise<void> {
  const counted = requests.filter(isCountedAtDoor)
  await addAtDoor(
    tx,
    counted.map(({ sourceId, sorted, receivedAt: at }) => ({
      sourceId,
      quarantined: sum(sorted.unusable.map(({ times }) => times)),
      blocked: sum(sorted.blocked?.values() ?? []),
      at,
    })),
  )
  await addHits(
    tx,
    counted.flatMap(({ sorted, receivedAt: at }) => [...(sorted.blocked ?? [])].map(([id, n]) => ({ id, n, at }))),
  )
}

/** Class 22 of SQLSTATE: a value that cannot be stored, today or later. */
const isData = (error: unknown): boolean => /^22/.test(String((error as { code?: unknown } | null)?.code ?? ''))

/** Whatever hinders us in keeping events, the sender shall come again: nothing of it is their fault. */
const asAway = (error: unknown): Fault => (error instanceof Fault ? error : new Fault('server.recovering', {}, { cause: error }))
