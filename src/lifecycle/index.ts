import { type Sums } from '../customers/companies/contract.ts'
import { type Lens } from '../customers/index.ts'
import { historiesOf } from '../events/index.ts'
import { dayInWords, dayOf, endOfDay, isDay, lastDays, startOfDay } from '../platform/calendar.ts'
import { type History } from '../platform/clickhouse.ts'
import { type Clock } from '../platform/clock.ts'
import { Fault } from '../platform/fault.ts'
import { t } from '../platform/messages.ts'
import { type Db } from '../platform/postgres.ts'
import { type Standing } from './advance.ts'
import { compiled } from './compile.ts'
import {
  type Explanation,
  type ModelView,
  type MovesBetween,
  type PopulationAt,
  type PopulationOver,
  type StaysOfCustomer,
} from './contract.ts'
import { explain, stageInWords } from './explain.ts'
import { readyModels } from './files.ready.ts'
import { flows, flowsByDay, inStageAt, movesOf, type RecordedMove, span } from './history.ts'
import { fromScratch } from './jobs.ts'
import { type Model, OUTSIDE, UNASSIGNED } from './model.ts'
import { movesOver, populationOf, populationsOver, shownStages } from './population.ts'
import { sumsOf } from './store.sums.ts'
import { hasPrimary, inStage, isKnown, type LiveModel, liveModels, publish, standingsOf } from './store.ts'

export type { Standing } from './advance.ts'
export { readModel } from './files.ready.ts'
export { letTimePass, onChanges, runClock } from './jobs.ts'
export type { Model } from './model.ts'
export { makePrimary, modelJobs, readyView, readyViews, switchOff, switchOn } from './switching/index.ts'

// Models

/** The model that is live from the first start on. */
const FIRST = 'reach-to-loyalty'

/** Puts the first model in place, unless it is there already. Safe to repeat. */
export async function installModels(db: Db, at: number): Promise<void> {
  const first = readyModels().find(model => model.id === FIRST)
  if (first !== undefined && !(await isKnown(db, FIRST))) await publish(db, first, !(await hasPrimary(db)), at)
}

/** The live models in words, the primary one first. */
export async function modelViews(db: Db, history: History, now: number, timeZone: string): Promise<ModelView[]> {
  const live = await liveModels(db)
  return Promise.all(
    live.map(async ({ model, isPrimary }) => ({
      id: model.id,
      name: model.name,
      description: model.description,
      version: model.version,
      isPrimary,
      span: await spanOf(history, model, now, timeZone),
      stages: shownStages(model).flatMap(stage => stageInWords(stage.id, model) ?? []),
      parameters: model.parameters,
    })),
  )
}

/** The live model of that id, or the primary one for `primary`. */
export async function modelOf(db: Db, id = 'primary'): Promise<Model> {
  const found = (await liveModels(db)).find((live: LiveModel) => (id === 'primary' ? live.isPrimary : live.model.id === id))
  if (found === undefined) throw new Fault('lifecycle.model_not_found', { model: id })
  return found.model
}

// Instants as people write them

/** The instant that `at` means: a day stands for its end in the time zone, nothing for now; never later than now. */
export function instantOf(at: string | undefined, timeZone: string, now: number): number {
  if (at === undefined || at === '') return now
  return Math.min(now, isDay(at) ? endOfDay(at, timeZone) : exactly(at))
}

/** The instants between which a period lies: the last one before its first day, and the end of its last day; never later than now. */
export function periodOf(from: string, to: string, timeZone: string, now: number): { start: number; end: number } {
  const start = isDay(from) ? startOfDay(from, timeZone) - 1 : exactly(from)
  const end = instantOf(to, timeZone, now)
  if (start > end) throw new Fault('lifecycle.date_invalid', { date: `${from} – ${to}` })
  return { start, end }
}

function exactly(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new Fault('lifecycle.date_invalid', { date: text })
  return at
}

// Where customers stand

export async function populationAt(history: History, model: Model, at: number): Promise<PopulationAt> {
  return populationOf(model, await flows(history, model, at, at), at)
}

/** Populations at the ends of the days, weeks or months of a period, in the company's calendar. */
export async function populationOver(
  history: History,
  model: Model,
  { start, end }: { start: number; end: number },
  by: PopulationOver['by'],
  timeZone: string,
): Promise<PopulationOver> {
  const days = lastDays(dayOf(start + 1, timeZone), dayOf(end, timeZone), by)
  const points = days.map(day => ({ day, at: Math.min(end, endOfDay(day, timeZone)) }))
  return populationsOver(model, by, await flowsByDay(history, model, start, end, timeZone), points)
}

export async function movesBetween(
  history: History,
  model: Model,
  { start, end }: { start: number; end: number },
): Promise<MovesBetween> {
  return movesOver(model, await flows(history, model, start, end), start, end)
}

async function spanOf(
  history: History,
  model: Model,
  now: number,
  timeZone: string,
): Promise<{ first: string; last: string } | null> {
  const found = await span(history, model, now)
  return found === null ? null : { first: dayOf(found.first, timeZone), last: dayOf(found.last, timeZone) }
}

export type InStage = { id: number; since: number }

/** Customers in a stage now, newest arrivals first, or at a past instant, by id. `after` is the last one of the page before. */
export async function customersInStage(
  db: Db,
  history: History,
  model: Model,
  stage: string,
  at: number | null,
  after: InStage | null,
  limit: number,
): Promise<InStage[]> {
  return at === null ? inStage(db, model, stage, after, limit) : inStageAt(history, model, stage, at, after?.id ?? 0, limit)
}

/** Where customers stand now (`at` null), or stood at an instant as their events tell. Those who were not customers yet are missing. */
export async function standings(
  db: Db,
  history: History,
  model: Model,
  customerIds: readonly number[],
  at: number | null,
): Promise<Map<number, Standing>> {
  const found = at === null ? await standingsOf(db, model, customerIds) : await standingsAt(db, history, model, customerIds, at)
  return new Map([...found].filter(([, standing]) => standing.stage !== OUTSIDE))
}

async function standingsAt(
  db: Db,
  history: History,
  model: Model,
  customerIds: readonly number[],
  at: number,
): Promise<Map<number, Standing>> {
  const histories = await historiesOf(db, history, customerIds)
  const told = [...histories].map(([id, events]) => [id, fromScratch(compiled(model), events, at).standing] as const)
  return new Map(told.flatMap(([id, standing]) => (standing === null ? [] : [[id, standing]])))
}

/** What customers' lists and profiles show of the lifecycle. */
export function customerLens(db: Db, history: History, clock: Clock, timeZone: () => Promise<string>): Lens {
  return {
    stages: async model => {
      const { id, stages } = await modelOf(db, model)
      return { id, stages: stages.map(stage => ({ id: stage.id, name: stage.name, super: stage.super })) }
    },
    instant: async at => (at === undefined || at === '' ? null : instantOf(at, await timeZone(), clock.now())),
    glances: async (model, customerIds, at) => {
      const found = await standings(db, history, await modelOf(db, model), customerIds, at)
      return new Map(
        [...found].map(([id, { stage, since, facts }]) => [
          id,
          { stage, since, orders: facts.orders, lastOrderAt: facts.lastOrderAt, revenue: facts.revenue },
        ]),
      )
    },
    inStage: async (model, stage, at, after, limit) =>
      customersInStage(db, history, await modelOf(db, model), stage, at, after, limit),
    moves: async customerId => {
      const model = await modelOf(db)
      const moves = await movesOfCustomer(history, model, customerId)
      const name = (id: string) => stageInWords(id, model)?.name ?? t('lifecycle:unassigned')
      return moves.map(({ at, from, to, because }) => ({ at, from: from === OUTSIDE ? null : name(from), to: name(to), because }))
    },
  }
}

/** What groups of people come to in the primary model, now. */
export const companySums =
  (db: Db): Sums =>
  async people =>
    sumsOf(db, await modelOf(db), people)

// One customer

/** Why a customer stands where they stand, now or at an instant, and what comes next by itself. */
export async function explainCustomer(
  db: Db,
  history: History,
  model: Model,
  customerId: number,
  at: number,
  timeZone: string,
): Promise<Explanation> {
  const events = (await historiesOf(db, history, [customerId])).get(customerId) ?? []
  const { standing, moves } = fromScratch(compiled(model), events, at)
  return explain(compiled(model), String(customerId), standing, moves.at(-1)?.from ?? OUTSIDE, at, instant =>
    dayInWords(instant, timeZone),
  )
}

/** All moves of one customer as they are known now. */
export async function movesOfCustomer(history: History, model: Model, customerId: number): Promise<RecordedMove[]> {
  return (await movesOf(history, model, [customerId])).get(customerId) ?? []
}

/** Every stay of a customer, the first one first; the last one lasts. */
export async function staysOf(history: History, model: Model, customerId: number): Promise<StaysOfCustomer> {
  const moves = await movesOfCustomer(history, model, customerId)
  const items = moves.flatMap((move, i) => {
    const stage = stageInWords(move.to, model)
    if (stage === null && move.to !== UNASSIGNED) return []
    const end = moves[i + 1]?.at
    const { name, super: superStage } = stage ?? { name: t('lifecycle:unassigned'), super: null }
    return [
      {
        stage: move.to,
        name,
        super: superStage,
        from: new Date(move.at).toISOString(),
        to: end === undefined ? null : new Date(end).toISOString(),
        because: move.because,
      },
    ]
  })
  return { model: model.id, version: model.version, items }
}
