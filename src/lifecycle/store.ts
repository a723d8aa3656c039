import { sql } from 'kysely'
import { instants, numbers, texts } from '../platform/arrays.ts'
import { type Db } from '../platform/postgres.ts'
import { type Standing } from './advance.ts'
import { type Facts } from './facts.ts'
import { type Model } from './model.ts'

export type LiveModel = { model: Model; isPrimary: boolean }

/** Live models, the primary one first. */
export async function liveModels(db: Db): Promise<LiveModel[]> {
  const rows = await db
    .selectFrom('lifecycle_model')
    .select(['definition', 'is_primary'])
    .where('state', '=', 'live')
    .orderBy('is_primary', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(row => ({ model: row.definition as Model, isPrimary: row.is_primary }))
}

const HEARD_LOCK = 7_041_001

/** Models that hear of events: live ones, and those whose history is being built. They stay the same until the transaction ends. */
export async function heardModels(tx: Db): Promise<{ model: Model; isBuilding: boolean }[]> {
  await sql`select pg_advisory_xact_lock_shared(${HEARD_LOCK}::bigint)`.execute(tx)
  const rows = await tx
    .selectFrom('lifecycle_model')
    .select(['definition', 'state'])
    .where('state', 'in', ['live', 'building'])
    .orderBy('id')
    .execute()
  return rows.map(row => ({ model: row.definition as Model, isBuilding: row.state === 'building' }))
}

/** Waits until every transaction that asked which models hear of events has ended; new ones wait until this one has. */
export async function holdHeardModels(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${HEARD_LOCK}::bigint)`.execute(tx)
}

export async function publish(db: Db, model: Model, isPrimary: boolean, at: number): Promise<void> {
  await db
    .insertInto('lifecycle_model')
    .values({
      id: model.id,
      version: model.version,
      definition: JSON.stringify(model),
      state: 'live',
      is_primary: isPrimary,
      published_at: new Date(at),
    })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Whether a model was ever put in place, whatever became of it. */
export async function isKnown(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('lifecycle_model').select('id').where('id', '=', id).limit(1).execute()).length > 0
}

export async function hasPrimary(db: Db): Promise<boolean> {
  return (await db.selectFrom('lifecycle_model').select('id').where('is_primary', '=', true).execute()).length > 0
}

/** What is kept of a standing beside its columns. */
type Fold = { heardUntil: number; upcomingAt: number | null; facts: Facts; nextChangeAt: number | null }

type StandingRow = { customer_id: number; stage: string; since: Date; fold: Fold }

const toStanding = (row: StandingRow): Standing => ({
  stage: row.stage,
  since: row.since.getTime(),
  nextChangeAt: row.fold.nextChangeAt,
  heardUntil: row.fold.heardUntil,
  upcomingAt: row.fold.upcomingAt,
  facts: row.fold.facts,
})

export async function standingsOf(db: Db, model: Model, customerIds: readonly number[]): Promise<Map<number, Standing>> {
  const { rows } = await sql<StandingRow>`
    select customer_id, stage, since, fold from customer_stage
    where model_id = ${model.id} and version = ${model.version} and customer_id = any(${numbers(customerIds)}::bigint[])`.execute(
    db,
  )
  return new Map(rows.map(row => [row.customer_id, toStanding(row)]))
}

export type KeptStanding = { customerId: number; standing: Standing; wakesAt: number | null }

export async function keepStandings(tx: Db, model: Model, kept: readonly KeptStanding[]): Promise<void> {
  const folds = kept.map(
    ({ standing: { heardUntil, upcomingAt, facts, nextChangeAt } }): Fold => ({ heardUntil, upcomingAt, facts, nextChangeAt }),
  )
  await sql`
    insert into customer_stage (model_id, version, customer_id, stage, since, next_change_at, fold)
    select ${model.id}, ${model.version}, * from unnest(
      ${numbers(kept.map(one => one.customerId))}::bigint[], ${texts(kept.map(one => one.standing.stage))}::text[], ${instants(kept.map(one => one.standing.since))}::timestamptz[],
      ${instants(kept.map(one => one.wakesAt))}::timestamptz[], ${texts(folds.map(fold => JSON.stringify(fold)))}::jsonb[])
    on conflict (model_id, customer_id) do update
      set version = excluded.version, stage = excluded.stage, since = excluded.since, next_change_at = excluded.next_change_at, fold = excluded.fold`.execute(
    tx,
  )
}

export async function dropStandings(tx: Db, model: Model, customerIds: readonly number[]): Promise<void> {
  await sql`delete from customer_stage where model_id = ${model.id} and customer_id = any(${customerIds}::bigint[])`.execute(tx)
}

// What a model that was switched off has left is cleared away by a job, and wakes nobody until then.
const HEARS = sql`model_id in (select id from lifecycle_model where state in ('live', 'building'))`

/** Customers whose next change is due, the longest due first, locked; those whom another transaction holds are left for the next time. */
export async function lockDue(tx: Db, now: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from customer where id in (
      select customer_id from customer_stage where next_change_at <= ${new Date(now)} and ${HEARS} order by next_change_at limit ${limit})
    order by id for update skip locked`.execute(tx)
  return rows.map(row => row.id)
}

export async function nextDue(db: Db): Promise<number | null> {
  const { rows } = await sql<{
    at: Date | null
  }>`select min(next_change_at) as at from customer_stage where next_change_at is not null and ${HEARS}`.execute(db)
  return rows[0]?.at?.getTime() ?? null
}

/** Customers in a stage now, those who came last first; after the cursor. */
export async function inStage(
  db: Db,
  model: Model,
  stage: string,
  after: { since: number; id: number } | null,
  limit: number,
): Promise<{ id: number; since: number }[]> {
  const latest = after === null ? 'infinity' : new Date(after.since)
  const { rows } = await sql<{ customer_id: number; since: Date }>`
    select customer_id, since from customer_stage
    where model_id = ${model.id} and stage = ${stage}
      and since <= ${latest}::timestamptz and (since < ${latest}::timestamptz or customer_id > ${after?.id ?? 0})
    order by since desc, customer_id limit ${limit}`.execute(db)
  return rows.map(row => ({ id: row.customer_id, since: row.since.getTime() }))
}
