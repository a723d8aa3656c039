import { type Act, audit } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { cursorTo, keysOf } from '../../platform/http/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Change } from '../batch.ts'
import { type Batch, type Listener, sourceNames } from '../index.ts'
import { type Compiled } from '../rules/rules.ts'
import { countsOf } from '../sources/arrivals.ts'
import { addSettled } from '../sources/store.ts'
import { type EventChange, type EventDetail, type EventPage, NAMES_MAX } from './contract.ts'
import { Common, nothingObserved, type Observed, observe } from './properties.ts'
import * as store from './store.ts'
import { detailOf, type Seeing, viewOf } from './view.ts'

const DAY_MS = 86_400_000
/** Of a burst of one name, so many are looked into: more would cost as much as all the rest of settling them. The share of events with a property is told of those. */
const LOOKED_PER_BATCH = 50

/**
 * Watches what is settled: counts it by source and name in the same transaction, so that the counters say what the log holds, and looks into
 * events to learn their properties. What it learnt is kept in memory until `flush`; a crash costs only what was learnt since.
 */
export class Onlooker {
  readonly #common = new Common()
  #seen = new Map<string, Observed>()

  /** To be the last of the listeners: from here on other workers wait for the counters until the transaction ends. */
  readonly listener: Listener = async ({ tx }: Batch, changes: Change[]) => {
    const { hours, minutes, names } = countsOf(changes)
    if (hours.length === 0) return
    await addSettled(tx, hours, minutes)
    this.#look(changes, await store.addNames(tx, names))
  }

  #look(changes: readonly Change[], listed: ReadonlyMap<string, number>): void {
    const looked = new Map<string, number>()
    for (const { fresh } of changes)
      for (const event of fresh) {
        if (!listed.has(event.name)) continue
        const n = (looked.get(event.name) ?? 0) + 1
        looked.set(event.name, n)
        if (n > LOOKED_PER_BATCH) continue
        const seen = this.#seen.get(event.name) ?? nothingObserved()
        this.#seen.set(event.name, seen)
        observe(seen, event, this.#common)
      }
  }

  /** Keeps what was learnt. Safe to call at any time; what cannot be kept now is kept with the next call. */
  async flush(db: Db): Promise<void> {
    const seen = this.#seen
    this.#seen = new Map()
    try {
      await store.addObserved(db, seen)
    } catch (error) {
      if (this.#seen.size === 0) this.#seen = seen
      throw error
    }
  }
}

/** Names with their volumes, the most frequent of the last thirty days first. */
export async function eventViews(
  db: Db,
  rules: Seeing['rules'],
  { search, cursor, limit }: { search: string; cursor?: string | undefined; limit: number },
  now: number,
): Promise<EventPage> {
  const keys = keysOf(cursor, 2)
  const after = keys === null ? null : { n30: Number(keys[0]), id: Number(keys[1]) }
  const rows = await store.page(db, search, after, limit + 1, since(now))
  const page = rows.slice(0, limit)
  const [names, sources] = await Promise.all([store.namesKnown(db), namesOf(db, page)])
  const last = page.at(-1)
  return {
    items: page.map(row => viewOf(row, { rules, sources, now })),
    next: rows.length > limit && last !== undefined ? cursorTo(last.n30, last.id) : null,
    names,
    namesMax: NAMES_MAX,
  }
}

/** One name with its properties; examples as far as somebody may see them. `data.event_not_found` when there is none. */
export async function eventDetail(
  db: Db,
  rules: Seeing['rules'] & { compiled: Compiled },
  id: number,
  mayContact: boolean,
  now: number,
): Promise<EventDetail> {
  const row = await store.one(db, id, since(now))
  if (row === undefined) throw new Fault('data.event_not_found', { id })
  return detailOf(row, { rules, sources: await namesOf(db, [row]), now }, rules.compiled, mayContact)
}

/** Keeps what a colleague says of a name. */
export async function changeEvent(db: Db, id: number, change: EventChange, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const before = await store.held(tx, id)
    if (before === undefined) throw new Fault('data.event_not_found', { id })
    const { description, owner, isVerified } = change
    await store.change(tx, id, {
      ...(description !== undefined && { description }),
      ...(owner !== undefined && { owner }),
      ...(isVerified !== undefined && { is_verified: isVerified }),
    })
    await audit(tx, act, 'data.event_described', before.name, { ...change })
  })
}

/** Takes a name off the list; what it counted counts among the rest from now on. It comes back when it arrives again. */
export async function forgetEvent(db: Db, id: number, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const before = await store.held(tx, id)
    if (before === undefined) throw new Fault('data.event_not_found', { id })
    await store.forget(tx, id)
    await audit(tx, act, 'data.event_forgotten', before.name, {})
  })
}

const since = (now: number): Date => new Date(now - 30 * DAY_MS)
const namesOf = (db: Db, rows: readonly store.NameRow[]): Promise<Map<number, string>> =>
  sourceNames(db, [...new Set(rows.flatMap(row => row.source_ids ?? []))])
