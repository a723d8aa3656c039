import { z } from 'zod'
import { type Batch, groupsOf, historiesOf, undoneSources, type Worker } from '../../events/index.ts'
import { INSERT_ROWS_MAX } from '../../platform/clickhouse.ts'
import { enqueue, type Handlers, type Job } from '../../platform/jobs/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Standing, wakesAt } from '../advance.ts'
import { compiled } from '../compile.ts'
import { replay } from '../history.replay.ts'
import { factsText, factsTextNow, forgetMoves, type RecordedMove, writeMoves } from '../history.ts'
import { fromScratch } from '../jobs.ts'
import { type Model } from '../model.ts'
import { holdHeardModels, keepStandings } from '../store.ts'
import { knownModels, lastCustomer, lockNext, removeStandings, setState, standing } from './store.ts'

export const BUILD = 'lifecycle.build'
export const CLEAR = 'lifecycle.clear'
const PREFIX = 'lifecycle:'
export const subjectOf = (id: string): string => `${PREFIX}${id}`
const idOf = ({ subject }: Pick<Job, 'subject'>): string => subject.slice(PREFIX.length)

/** So many customers are locked while their history is told: about half a second. */
const CUSTOMERS_AT_ONCE = 4_000
const STANDINGS_AT_ONCE = 20_000

/** Switches models on and clears away after those that were switched off. */
export const modelJobs = (worker: Worker, customersAtOnce = CUSTOMERS_AT_ONCE): Handlers => ({
  [BUILD]: {
    run: job => build(worker, job, customersAtOnce),
    async ended(tx, subject, { state, error, at }) {
      if (state === 'done') return
      const id = idOf({ subject })
      await holdHeardModels(tx)
      await setState(tx, id, 'off', error)
      await enqueue(tx, { kind: CLEAR, subject }, at)
    },
  },
  [CLEAR]: {
    run: job => clear(worker, job),
  },
})

const at = z.object({ phase: z.enum(['clear', 'build']).default('clear'), after: z.int().default(0) })

/**
 * What is left of an earlier time is cleared away. Then the model hears of new events, and whoever they are about is told to it with their
 * whole history; everybody else is told piece by piece. A customer is locked by whoever tells them, so each is told once, and
 * when all are, nothing is missing: the model is live.
 */
async function build(worker: Worker, job: Job, customersAtOnce: number): Promise<void> {
  const { db } = worker
  const id = idOf(job)
  const model = (await knownModels(db)).get(id)?.model
  if (model === undefined) throw new Error(`There is no model ${id} to be switched on.`)
  const { phase, after: begun } = at.parse(job.cursor)
  if (phase === 'clear') {
    await clear(worker, job)
    await db.transaction().execute(async tx => {
      // Whoever does not know yet that it hears of events must have ended: what they wrote is then seen when their customers are told.
      await holdHeardModels(tx)
      await setState(tx, id, 'building')
      await job.step(tx, { cursor: { phase: 'build', after: 0 }, progress: 0, isNewPiece: true })
    })
  }
  const last = await lastCustomer(db)
  for (let after: number | null = phase === 'build' ? begun : 0; after !== null; )
    after = await worker.writer.batch(worker.clock.now(), batch =>
      tellNext(batch, model, after ?? 0, customersAtOnce, to =>
        job.step(batch.tx, { cursor: { phase: 'build', after: to }, progress: Math.min(1, to / Math.max(1, last)) }),
      ),
    )
  await db.transaction().execute(async tx => {
    await setState(tx, id, 'live')
    await job.step(tx, { progress: 1 })
  })
}

type Row = RecordedMove & { facts: string; sign: 1 }

/** Tells the model the whole past of the next customers after an id. Returns the last one, or null when there is nobody any more. */
async function tellNext(
  batch: Batch,
  model: Model,
  after: number,
  limit: number,
  step: (to: number) => Promise<void>,
): Promise<number | null> {
  const { tx, history, now } = batch
  const customers = await lockNext(tx, after, limit)
  const upTo = customers.at(-1)
  if (upTo === undefined) return null
  // Asked after they are locked: whoever was told by their own events in the meantime is not told again.
  const told = await standing(tx, model.id, customers)
  const wanted = customers.filter(id => !told.has(id))
  const [groups, undone] = await Promise.all([groupsOf(tx, wanted), undoneSources(tx)])
  const ready = compiled(model)
  const rows: Row[] = []
  const kept: { customerId: number; standing: Standing; wakesAt: number | null }[] = []
  const keep = (customerId: number, standing: Standing | null) =>
    standing !== null && kept.push({ customerId, standing, wakesAt: wakesAt(standing) })

  const alone = new Set(wanted.filter(id => !groups.has(id)))
  await replay(history, ready, { after, upTo, undone }, now, {
    isWanted: id => alone.has(id),
    move: (customerId, at, from, to, because, facts) =>
      rows.push({ customerId, at, from: ready.nameOf(from), to: ready.nameOf(to), because, facts: factsTextNow(facts), sign: 1 }),
    end: (customerId, walk) => keep(customerId, walk.standing),
  })
  for (const [customerId, events] of await historiesOf(tx, history, [...groups.keys()])) {
    const { standing, moves } = fromScratch(ready, events, now)
    keep(customerId, standing)
    for (const move of moves) rows.push({ ...move, customerId, facts: factsText(move.facts), sign: 1 })
  }
  for (let i = 0; i < rows.length; i += INSERT_ROWS_MAX)
    await writeMoves(history, batch.number, now, model, rows.slice(i, i + INSERT_ROWS_MAX))
  if (kept.length > 0) await keepStandings(tx, model, kept)
  await step(upTo)
  return upTo
}

/** Removes everything that was told of a model. Safe to repeat. */
async function clear({ db, history }: Pick<Worker, 'db' | 'history'>, job: Job): Promise<void> {
  const id = idOf(job)
  for (let removed = STANDINGS_AT_ONCE; removed === STANDINGS_AT_ONCE; )
    removed = await db.transaction().execute(async (tx: Db) => {
      const count = await removeStandings(tx, id, STANDINGS_AT_ONCE)
      await job.step(tx, {})
      return count
    })
  await forgetMoves(history, id)
}
