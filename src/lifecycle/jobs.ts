import { inTime } from '../events/contract.ts'
import { type Batch, type Change, historiesOf, type Listener, type LogEvent, type Worker } from '../events/index.ts'
import { orderEventOf } from '../orders/index.ts'
import { type Advance, advance, type Standing, wakesAt } from './advance.ts'
import { type CompiledModel, compiled } from './compile.ts'
import { type FactEvent } from './facts.ts'
import { factsText, movesOf, type RecordedMove, writeMoves } from './history.ts'
import { type Model } from './model.ts'
import { dropStandings, heardModels, keepStandings, lockDue, nextDue, standingsOf } from './store.ts'

export const toFactEvent = (event: LogEvent): FactEvent => ({
  ...orderEventOf(event),
  id: event.id,
  receivedAt: event.receivedAt,
  identifies: event.identified,
  properties: event.properties,
})

/** Moves customers on: hears of every change to the log, inside the transaction that settles it. */
export const onChanges: Listener = async (batch, changes) => {
  for (const { model, isBuilding } of await heardModels(batch.tx)) await moveOn(batch, model, changes, isBuilding)
}

/** Lets time pass for those whose next change is due. Returns for how many. */
export async function letTimePass(worker: Worker, limit = 5_000): Promise<number> {
  const now = worker.clock.now()
  const due = await nextDue(worker.db)
  if (due === null || due > now) return 0
  return worker.writer.batch(now, async batch => {
    const customerIds = await lockDue(batch.tx, now, limit)
    await onChanges(
      batch,
      customerIds.map(customerId => ({ customerId, fresh: [], whole: null })),
    )
    return customerIds.length
  })
}

type Outcome = { customerId: number; step: Advance; isRewrite: boolean }

async function moveOn(batch: Batch, model: Model, changes: readonly Change[], isBuilding: boolean): Promise<void> {
  const standings = await standingsOf(
    batch.tx,
    model,
    changes.map(change => change.customerId),
  )
  const outcomes = await outcomesOf(batch, compiled(model), changes, standings, isBuilding)
  const rewritten = outcomes.filter(outcome => outcome.isRewrite).map(outcome => outcome.customerId)
  const recorded = await movesOf(batch.history, model, rewritten)

  const rows = outcomes.flatMap(({ customerId, step, isRewrite }) => {
    const moves = step.moves.map(
      (move): Row => ({
        customerId,
        at: move.at,
        from: move.from,
        to: move.to,
        because: move.because,
        facts: factsText(move.facts),
        sign: 1,
      }),
    )
    return isRewrite ? corrections(recorded.get(customerId) ?? [], moves) : moves
  })
  await writeMoves(batch.history, batch.number, batch.now, model, rows)

  const kept = outcomes.flatMap(({ customerId, step: { standing } }) =>
    standing === null ? [] : [{ customerId, standing, wakesAt: wakesAt(standing) }],
  )
  if (kept.length > 0) await keepStandings(batch.tx, model, kept)
  const gone = outcomes.filter(outcome => outcome.step.standing === null).map(outcome => outcome.customerId)
  if (gone.length > 0) await dropStandings(batch.tx, model, gone)
}

/** Goes on from where each customer stands; where that is not enough, begins again from the whole history. */
async function outcomesOf(
  batch: Batch,
  model: CompiledModel,
  changes: readonly Change[],
  standings: ReadonlyMap<number, Standing>,
  isBuilding: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const unclear: Change[] = []
  for (const change of changes) {
    const standing = standings.get(change.customerId) ?? null
    // Where the history of a model is still being built, whoever stands nowhere may have a past that nobody has told it.
    const isNew = isBuilding && standing === null
    const step = change.whole === null && !isNew ? advance(model, standing, change.fresh.map(toFactEvent), batch.now) : null
    if (step !== null) outcomes.push({ customerId: change.customerId, step, isRewrite: false })
    else unclear.push(change)
  }
  const histories = await historiesOf(
    batch.tx,
    batch.history,
    unclear.filter(change => change.whole === null).map(change => change.customerId),
  )
  for (const { customerId, whole, fresh } of unclear) {
    // The log has this batch's events already; by id they are the same ones.
    const events = whole ?? [
      ...new Map([...(histories.get(customerId) ?? []), ...fresh].map(event => [event.id, event])).values(),
    ]
    outcomes.push({ customerId, step: fromScratch(model, events, batch.now), isRewrite: true })
  }
  return outcomes
}

/** The fold over a whole history up to an instant. */
export function fromScratch(model: CompiledModel, events: readonly LogEvent[], until: number): Advance {
  const step = advance(model, null, events.map(toFactEvent).sort(inTime), until)
  if (step === null) throw new Error('A whole history is always understood.')
  return step
}

type Row = RecordedMove & { facts: string; sign: 1 | -1 }

/** What has to be recorded so that the sum of all records becomes `right`: nothing for moves that stay as they were. */
function corrections(recorded: readonly RecordedMove[], right: readonly Row[]): Row[] {
  const key = (move: RecordedMove) => `${move.at} ${move.from} ${move.to} ${move.because}`
  const now = new Set(right.map(move => key(move)))
  const before = new Set(recorded.map(key))
  return [
    ...recorded.filter(move => !now.has(key(move))).map(move => ({ ...move, facts: '', sign: -1 as const })),
    ...right.filter(move => !before.has(key(move))),
  ]
}

const IDLE_MS_MAX = 2_000

/** Wakes for those whose next change is due, until the signal ends it. `pause` is the only waiting there is. */
export async function runClock(
  worker: Worker,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await letTimePass(worker)) === 0) await pause(IDLE_MS_MAX)
    } catch (error) {
      onTrouble(error)
      await pause(IDLE_MS_MAX)
    }
  }
}
