import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Program } from '../src/app/compose.ts'
import { createSource } from '../src/events/index.ts'
import { customersInStage, modelOf, movesBetween, populationAt, populationOver } from '../src/lifecycle/index.ts'
import { type Model } from '../src/lifecycle/model.ts'
import { dayOf, endOfDay, startOfDay } from '../src/platform/calendar.ts'
import { type History } from '../src/platform/clickhouse.ts'
import { dice } from './dice.ts'
import { generateEvents, untilMerged } from './events.ts'
import { type Figure, percentile } from './figures.ts'
import { type Folded, foldAll, readAll, replayAll } from './fold.ts'
import { installationOn } from './installation.ts'
import { costOf, cpuMsOf, msOf } from './processes.ts'

const DAY_MS = 86_400_000
const ZONE = 'Europe/Berlin'
// The bar of the design: the data of any screen at this size within 0.2 s.
const SCREEN_MS = 200
// And a replay within twice the bare read.
const REPLAY_RATIO = 2

/** Wall clock and CPU of all processes. */
async function timed(work: () => Promise<void>): Promise<{ ms: number; cpuMs: number }> {
  const before = cpuMsOf(process.pid)
  return { ms: await msOf(work), cpuMs: cpuMsOf(process.pid) - before }
}

export type Size = { customers: number; events: number; dates: number }

/** Fills an installation with customers, their events, standings and moves, unless it has them already. */
export async function load(
  program: Program,
  { customers, events }: Size,
  say: (line: string) => void,
): Promise<{ folded: Folded; figures: Figure[] } | null> {
  const { db, history, clock } = program
  const model = await modelOf(db)
  const there = await db.selectFrom('customer').select('id').limit(1).execute()
  if (there.length > 0) return null
  const now = clock.now()
  const source = await createSource(db, 'orders', 'bench', now)
  await generateEvents(history, { customers, events, now, source }, done => {
    if (done % 250_000 === 0) say(`  ${done} customers made`)
  })
  await untilMerged(history, pause)
  say('  reading in the order of customers, without folding')
  let bytes = 0
  const read = await timed(async () => {
    bytes = await readAll(history, model)
  })
  say('  replaying the model')
  let replayed = { events: 0, moves: 0 }
  const replay = await timed(async () => {
    replayed = await replayAll(history, model, now)
  })
  let folded: Folded | undefined
  const cost = await costOf(process.pid, async () => {
    folded = await foldAll(db, history, model, now, done => {
      if (done % 100_000 === 0) say(`  ${done} customers folded`)
    })
  })
  if (folded === undefined) throw new Error('Nothing was folded.')
  await untilMerged(history, pause)
  // As autovacuum does soon after.
  await sql`vacuum (analyze) customer, identity, customer_stage`.execute(db)
  const bench = 'replay of a model'
  const perEvent = (cpuMs: number) => (cpuMs * 1_000) / replayed.events
  const figures: Figure[] = [
    { bench, what: 'events', value: replayed.events, unit: '' },
    { bench, what: 'moves', value: replayed.moves, unit: '' },
    {
      bench,
      what: 'replay, nothing written',
      value: replay.ms / 1_000,
      unit: 's',
      reference: { what: `bare ordered read of the same columns, ${Math.round(bytes / 1e6)} MB`, value: read.ms / 1_000 },
      bar: { atMost: (REPLAY_RATIO * read.ms) / 1_000 },
    },
    {
      bench,
      what: '  CPU of all processes',
      value: perEvent(replay.cpuMs),
      unit: 'µs/event',
      reference: { what: 'bare ordered read', value: perEvent(read.cpuMs) },
    },
    { bench, what: 'and moves, customers and standings written: writing', value: folded.writeMs / 1_000, unit: 's' },
    { bench, what: 'and written, CPU of all processes', value: (cost.cpuMs * 1_000) / folded.events, unit: 'µs/event' },
    { bench, what: 'peak memory while folding and writing, PSS', value: cost.peak.pssMb, unit: 'MB' },
  ]
  return { folded, figures }
}

/** How long the stage map waits for its data at any past date. */
export async function population(data: string, size: Size, say: (line: string) => void): Promise<Figure[]> {
  await using program = await installationOn(data)
  const { db, history, clock } = program
  const loaded = await load(program, size, say)
  const model = await modelOf(db)
  const now = clock.now()
  const roll = dice(7)
  const instants = Array.from({ length: size.dates }, () => Math.floor(now - roll() * 3 * 365 * DAY_MS))
  // What the pages ask for: the end of a day where the company is.
  const days = instants.map(at => endOfDay(dayOf(at, ZONE), ZONE))
  const few = days.slice(0, Math.max(3, Math.floor(size.dates / 3)))
  const stages = model.stages.map(stage => stage.id)
  const stageOf = (i: number) => stages[i % stages.length] ?? ''
  say('  asking')

  const back = (end: number, days: number) => ({ start: startOfDay(dayOf(end - (days - 1) * DAY_MS, ZONE), ZONE) - 1, end })
  const twoYears = (end: number) => back(end, 730)
  const month = (end: number) => back(end, 30)
  const halfway = Math.floor(size.customers / 2)
  const asked: Asked[] = [
    {
      what: 'population at a date',
      at: days,
      ours: at => populationAt(history, model, at),
      byHand: at => populationByHand(history, at),
    },
    {
      what: 'population at an instant within a day',
      at: instants.slice(0, few.length),
      ours: at => populationAt(history, model, at),
      byHand: at => populationByHand(history, at),
    },
    {
      what: 'population by day, two years',
      at: few,
      ours: end => populationOver(history, model, twoYears(end), 'day', ZONE),
      byHand: end =>
        history.rows(
          `select toDate(at, '${ZONE}') as day, from_stage, to_stage, sum(sign) from move where at <= ${instant(end)} group by 1, 2, 3`,
        ),
    },
    {
      what: 'population by month, two years',
      at: few,
      ours: end => populationOver(history, model, twoYears(end), 'month', ZONE),
      byHand: end =>
        history.rows(
          `select toStartOfMonth(toDate(at, '${ZONE}')) as month, from_stage, to_stage, sum(sign) from move where at <= ${instant(end)} group by 1, 2, 3`,
        ),
    },
    {
      what: 'moves of 30 days',
      at: days,
      ours: end => movesBetween(history, model, month(end)),
      byHand: end =>
        history.rows(
          `select from_stage, to_stage, sum(sign) from move where at > ${instant(month(end).start)} and at <= ${instant(end)} group by 1, 2`,
        ),
    },
    {
      what: 'customers in a stage at a date, first 50',
      at: few,
      ours: (at, i) => customersInStage(db, history, model, stageOf(i), at, null, 50),
      byHand: (at, i) => pageByHand(history, model, stageOf(i), at, 0, size.customers),
    },
    {
      what: 'customers in a stage at a date, 50 in the middle',
      at: few,
      ours: (at, i) => customersInStage(db, history, model, stageOf(i), at, { id: halfway, since: 0 }, 50),
      byHand: (at, i) => pageByHand(history, model, stageOf(i), at, halfway, size.customers),
    },
    {
      what: 'customers in a stage now, first 50',
      at: few,
      ours: (_, i) => customersInStage(db, history, model, stageOf(i), null, null, 50),
      byHand: (_, i) =>
        sql`select customer_id, since from customer_stage where stage = ${stageOf(i)} and model_id = ${model.id} order by since desc limit 50`.execute(
          db,
        ),
    },
  ]
  const figures: Figure[] = []
  for (const question of asked) figures.push(...(await latencies(question)))
  return [...figures, ...(loaded?.figures ?? [])]
}

const instant = (ms: number) => `fromUnixTimestamp64Milli(${ms}, 'UTC')`

const populationByHand = (history: History, at: number): Promise<unknown> =>
  history.rows(`select to_stage, count() from move where at <= ${instant(at)} group by to_stage
    union all select from_stage, -count() from move where at <= ${instant(at)} group by from_stage`)

/** The shortest way to the same page that we know by hand: so many customers from the cursor on that a page of any stage is surely among them. */
async function pageByHand(
  history: History,
  model: Model,
  stage: string,
  at: number,
  after: number,
  customers: number,
): Promise<unknown> {
  for (let upTo = after + 20_000; ; upTo *= 4) {
    const found = await history.rows(`select customer_id from move
      where model_id = '${model.id}' and customer_id > ${after} and customer_id <= ${upTo} and at <= ${instant(at)}
      group by customer_id having argMax(to_stage, at) = '${stage}' order by customer_id limit 50`)
    if (found.length === 50 || upTo >= customers) return found
  }
}

type Asked = {
  what: string
  at: number[]
  ours: (at: number, i: number) => Promise<unknown>
  byHand: (at: number, i: number) => Promise<unknown>
}

/** Asks in turn, ours and by hand, so that both meet the same machine. The CPU of all processes tells the same when that machine has other work. */
async function latencies({ what, at, ours, byHand }: Asked): Promise<Figure[]> {
  const [own, hand] = [new Samples(), new Samples()]
  await ours(at[0] ?? 0, 0)
  await byHand(at[0] ?? 0, 0)
  for (const [i, date] of at.entries()) {
    await own.take(() => ours(date, i))
    await hand.take(() => byHand(date, i))
  }
  const bench = 'where customers stood'
  return [
    ...[0.5, 0.95].map(share => ({
      bench,
      what: `${what}, p${share * 100}`,
      value: percentile(own.ms, share),
      unit: 'ms',
      reference: { what: 'by hand', value: percentile(hand.ms, share) },
      ...(share === 0.95 ? { bar: { atMost: SCREEN_MS } } : {}),
    })),
    {
      bench,
      what: '  CPU of all processes, mean',
      value: own.cpuMs / at.length,
      unit: 'ms',
      reference: { what: 'by hand', value: hand.cpuMs / at.length },
    },
  ]
}

class Samples {
  readonly ms: number[] = []
  cpuMs = 0

  async take(work: () => Promise<unknown>): Promise<void> {
    const before = cpuMsOf(process.pid)
    this.ms.push(await msOf(work))
    this.cpuMs += cpuMsOf(process.pid) - before
  }
}
