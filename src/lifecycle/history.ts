import { type History, instantSql } from '../platform/clickhouse.ts'
import { type Move } from './advance.ts'
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

export const factsText = ({ facts }: Move): string =>
  JSON.stringify({
    orders: facts.orders,
    first_order: facts.firstOrderAt,
    last_order: facts.lastOrderAt,
    identified: facts.identified,
  })

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

/** How many moves of each kind there were up to and including `start`, and after it up to and including `end`. Each is a plain sum: nothing is counted twice. */
export async function flows(history: History, model: Model, start: number, end: number): Promise<Flow[]> {
  const rows = await history.rows<{ from_stage: string; to_stage: string; before: number | string; within: number | string }>(
    `select from_stage, to_stage, sumIf(sign, at <= fromUnixTimestamp64Milli({start:Int64}, 'UTC')) as before,
            sumIf(sign, at > fromUnixTimestamp64Milli({start:Int64}, 'UTC')) as within
     from move where ${OF_MODEL} and at <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
     group by from_stage, to_stage having before != 0 or within != 0`,
    { model: model.id, version: model.version, start, end },
  )
  return rows.map(row => ({ from: row.from_stage, to: row.to_stage, before: Number(row.before), within: Number(row.within) }))
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
  const rows = await history.rows<{ day: string; from_stage: string; to_stage: string; n: number | string }>(
    `select toString(if(at <= fromUnixTimestamp64Milli({start:Int64}, 'UTC'), toDate32('1900-01-01'), toDate32(toTimeZone(at, {zone:String})))) as day,
            from_stage, to_stage, sum(sign) as n
     from move where ${OF_MODEL} and at <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
     group by day, from_stage, to_stage having n != 0 order by day`,
    { model: model.id, version: model.version, start, end, zone: timeZone },
  )
  return rows.map(row => ({ day: row.day, from: row.from_stage, to: row.to_stage, count: Number(row.n) }))
}

/** Customers who stood in a stage at an instant, by id, after the cursor. Reads the log in its own order and stops when it has enough. */
export async function inStageAt(
  history: History,
  model: Model,
  stage: string,
  at: number,
  afterId: number,
  limit: number,
): Promise<{ id: number; since: number }[]> {
  const rows = await history.rows<{ customer_id: number | string; since: number | string }>(
    `select customer_id, toUnixTimestamp64Milli(max(at)) as since from (
       select customer_id, at, to_stage from move
       where ${OF_MODEL} and customer_id > {after:UInt64} and at <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')
       group by customer_id, at, from_stage, to_stage having sum(sign) > 0)
     group by customer_id having argMax(to_stage, at) = {stage:String}
     order by customer_id limit {limit:UInt32}`,
    { model: model.id, version: model.version, stage, at, after: afterId, limit },
  )
  return rows.map(row => ({ id: Number(row.customer_id), since: Number(row.since) }))
}

/** The first and the last instant at which anyone moved, or null while nobody has. */
export async function span(history: History, model: Model): Promise<{ first: number; last: number } | null> {
  const [row] = await history.rows<{ first: number | string; last: number | string; n: number | string }>(
    `select toUnixTimestamp64Milli(min(at)) as first, toUnixTimestamp64Milli(max(at)) as last, sum(sign) as n from move where ${OF_MODEL}`,
    { model: model.id, version: model.version },
  )
  return row === undefined || Number(row.n) === 0 ? null : { first: Number(row.first), last: Number(row.last) }
}
