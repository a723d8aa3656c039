import { type History, instantSql } from '../platform/clickhouse.ts'
import { type Move } from './advance.ts'
import { type FactFold } from './facts.ts'
import { type Model } from './model.ts'

export type RecordedMove = { customerId: number; at: number; from: string; to: string; because: 'event' | 'clock' }

/** Writes moves (`sign` 1) and takes moves back (`sign` −1) under a batch number, as one block. */
export async function writeMoves(
  history: History,
  batch: number,
  now: number,
  model: Model,
  moves: readonly (RecordedMove & { facts: string; sign: 1 | -1 })[],
): Promise<void> {
  if (moves.length === 0) return
  await history.insert(
    'move',
    moves.map(move => ({
      model_id: model.id,
      model_version: model.version,
      customer_id: move.customerId,
      at: instantSql(move.at),
      from_stage: move.from,
      to_stage: move.to,
      because: move.because,
      facts: move.facts,
      recorded_at: instantSql(now),
      sign: move.sign,
      batch,
    })),
  )
}

/** Removes all moves of a model, of whatever version. Safe to repeat. */
export async function forgetMoves(history: History, modelId: string): Promise<void> {
  const [row] = await history.rows<{ n: number | string }>('select count() as n from move where model_id = {model:String}', {
    model: modelId,
  })
  if (Number(row?.n ?? 0) === 0) return
  await history.command('delete from move where model_id = {model:String} settings lightweight_deletes_sync = 2', {
    model: modelId,
  })
}

/** The facts that decided a move, as they are kept with it. */
export const factsText = ({ orders, firstOrderAt, lastOrderAt, identified }: Move['facts']): string =>
  `{"orders":${orders},"first_order":${firstOrderAt},"last_order":${lastOrderAt},"identified":${identified}}`

/** The same, from a fold that is still going on. */
export const factsTextNow = ({ book: { orders, firstOrderAt, lastOrderAt }, identified }: FactFold): string =>
  `{"orders":${orders},"first_order":${known(firstOrderAt)},"last_order":${known(lastOrderAt)},"identified":${identified}}`

const known = (value: number): number | null => (Number.isNaN(value) ? null : value)

const OF_MODEL = 'model_id = {model:String} and model_version = {version:UInt32}'

type MoveRow = {
  customer_id: number | string
  at: number | string
  from_stage: string
  to_stage: string
  because: 'event' | 'clock'
}

/** The moves of customers as they are known now, in the order of time. */
export async function movesOf(
  history: History,
  model: Model,
  customerIds: readonly number[],
): Promise<Map<number, RecordedMove[]>> {
  if (customerIds.length === 0) return new Map()
  const rows = await history.rows<MoveRow>(
    `select customer_id, toUnixTimestamp64Milli(move.at) as at, from_stage, to_stage, because from move
     where ${OF_MODEL} and customer_id in {customers:Array(UInt64)}
     group by customer_id, move.at, from_stage, to_stage, because having sum(sign) > 0
     order by customer_id, move.at`,
    { model: model.id, version: model.version, customers: customerIds },
  )
  const moves = rows.map(row => ({
    customerId: Number(row.customer_id),
    at: Number(row.at),
    from: row.from_stage,
    to: row.to_stage,
    because: row.because,
  }))
  return Map.groupBy(moves, move => move.customerId)
}

export type Flow = { from: string; to: string; before: number; within: number }

const HALF_HOUR_MS = 30 * 60_000
const DAY_MS = 24 * 60 * 60_000
const SINCE_1900_MS = 2_208_988_800_000

/** Sums of moves by half hours and by days in UTC are kept beside the moves: whoever asks about `at` in these very words alone is answered from there. */
const cell = (ms: number) => `intDiv(toUnixTimestamp64Milli(at) + ${SINCE_1900_MS}, ${ms})`
const cellAsTime = (ms: number) => `fromUnixTimestamp64Milli(${cell(ms)} * ${ms} - ${SINCE_1900_MS}, 'UTC')`
const cellNumber = (at: number, ms: number) => (at + SINCE_1900_MS) / ms

const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`

/**
 * Sums of moves by `key`, an expression over `AT`, up to and including `end`, where everything up to `start` has the same key:
 * the far past by days, the period by half hours, and what no whole half hour holds from the moves themselves.
 */
async function sumsBy<Row>(
  history: History,
  model: Model,
  key: string,
  instants: { start: number; end: number },
  params: Record<string, string> = {},
): Promise<Row[]> {
  const { start, end } = instants
  const floor = (at: number, ms: number) => Math.floor(at / ms) * ms
  const past = floor(start + 1, DAY_MS)
  // Days begin on the half hour nearly everywhere; where they do not (Nepal), the period is read move by move.
  const isOnHalfHour = (start + 1) % HALF_HOUR_MS === 0 || start === end
  const whole = isOnHalfHour ? floor(end + 1, HALF_HOUR_MS) : past
  const sums = (at: string, condition: string) =>
    `select ${key.replaceAll('AT', at)} as key, from_stage, to_stage, sum(sign) as n from move where ${OF_MODEL} and ${condition} group by key, from_stage, to_stage`
  const [day, halfHour] = [cell(DAY_MS), cell(HALF_HOUR_MS)]
  const parts = [
    sums(cellAsTime(DAY_MS), `${day} < {day:Int64}`),
    ...(past < whole ? [sums(cellAsTime(HALF_HOUR_MS), `${halfHour} >= {first:Int64} and ${halfHour} < {last:Int64}`)] : []),
    ...(whole <= end ? [sums('at', `at >= ${instant('whole')} and at <= ${instant('end')}`)] : []),
  ]
  return history.rows<Row>(
    `select key, from_stage, to_stage, sum(n) as n from (${parts.join(' union all ')}) group by key, from_stage, to_stage having n != 0 order by key`,
    {
      model: model.id,
      version: model.version,
      ...instants,
      whole,
      day: cellNumber(past, DAY_MS),
      first: cellNumber(past, HALF_HOUR_MS),
      last: cellNumber(whole, HALF_HOUR_MS),
      ...params,
    },
  )
}

/** How many moves of each kind there were up to and including `start`, and after it up to and including `end`. Each is a plain sum: nothing is counted twice. */
export async function flows(history: History, model: Model, start: number, end: number): Promise<Flow[]> {
  type Row = { key: number; from_stage: string; to_stage: string; n: number | string }
  const key = start === end ? 'toUInt8(0)' : `AT > ${instant('start')}`
  const rows = await sumsBy<Row>(history, model, key, { start, end })
  const kinds = Map.groupBy(rows, row => `${row.from_stage} ${row.to_stage}`)
  return [...kinds.values()].flatMap(([one, other]) => {
    if (one === undefined) return []
    const count = (isWithin: number) => Number([one, other].find(row => row?.key === isWithin)?.n ?? 0)
    return [{ from: one.from_stage, to: one.to_stage, before: count(0), within: count(1) }]
  })
}

export type DayFlow = { day: string; from: string; to: string; count: number }

/** Moves up to and including `end` by day of the company's calendar; everything up to `start` is told as one day, the day before it. */
export async function flowsByDay(
  history: History,
  model: Model,
  start: number,
  end: number,
  timeZone: string,
): Promise<DayFlow[]> {
  const key = `if(AT <= ${instant('start')}, toDate32('1900-01-01'), toDate32(toTimeZone(AT, {zone:String})))`
  type Row = { key: string; from_stage: string; to_stage: string; n: number | string }
  const rows = await sumsBy<Row>(history, model, key, { start, end }, { zone: timeZone })
  return rows.map(row => ({ day: row.key, from: row.from_stage, to: row.to_stage, count: Number(row.n) }))
}

/** How far the search for a page goes at first, in customer ids, and how much farther each time it was not enough. */
const REACH_FIRST = 20_000
const REACH_GROWTH = 8
const REACH_MAX = 2_000_000

/** Customers who stood in a stage at an instant, by id, after the cursor. Reads the moves in the order they lie in, and no more of them than it takes. */
export async function inStageAt(
  history: History,
  model: Model,
  stage: string,
  at: number,
  afterId: number,
  limit: number,
): Promise<{ id: number; since: number }[]> {
  for (let reach = REACH_FIRST; ; reach *= REACH_GROWTH) {
    const upTo = reach > REACH_MAX ? Number.MAX_SAFE_INTEGER : afterId + reach
    const rows = await history.rows<{ customer_id: number | string; since: number | string }>(STANDING_AT, {
      model: model.id,
      version: model.version,
      stage,
      at,
      after: afterId,
      upTo,
      limit,
    })
    if (rows.length >= limit || upTo === Number.MAX_SAFE_INTEGER)
      return rows.map(row => ({ id: Number(row.customer_id), since: Number(row.since) }))
  }
}

// Whoever came to a stage once more often than they left it stands in it. When they came is asked for these few alone.
const STANDING_AT = `
  select customer_id, toUnixTimestamp64Milli(max(at)) as since from (
    select customer_id, at from move
    where ${OF_MODEL} and to_stage = {stage:String} and at <= ${instant('at')} and customer_id in (
      select customer_id from move
      where ${OF_MODEL} and customer_id > {after:UInt64} and customer_id <= {upTo:UInt64} and at <= ${instant('at')}
        and (to_stage = {stage:String} or from_stage = {stage:String})
      group by customer_id having sum(sign * ((to_stage = {stage:String}) - (from_stage = {stage:String}))) > 0
      order by customer_id limit {limit:UInt32})
    group by customer_id, at having sum(sign) > 0)
  group by customer_id order by customer_id`

/** The half hour of the first move and the instant of the last event up to `now`; null while nobody has moved. */
export async function span(history: History, model: Model, now: number): Promise<{ first: number; last: number } | null> {
  const [row] = await history.rows<{ first: number | string; n: number | string; last: number | string }>(
    `select min(half_hour) as first, count() as n,
            (select toUnixTimestamp64Milli(max(at)) from event where at <= ${instant('now')}) as last
     from (select ${cell(HALF_HOUR_MS)} as half_hour from move where ${OF_MODEL} group by half_hour having sum(sign) > 0)`,
    { model: model.id, version: model.version, now },
  )
  if (row === undefined || Number(row.n) === 0) return null
  return { first: Number(row.first) * HALF_HOUR_MS - SINCE_1900_MS, last: Number(row.last) }
}
