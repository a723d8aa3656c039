import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Model } from '../model.ts'

export type ModelState = 'off' | 'preparing' | 'building' | 'live'
export type KnownModel = { model: Model; state: ModelState; isPrimary: boolean; trouble: string | null }

/** Every model that was ever put in place; of each the version that is in use, or was last. */
export async function knownModels(db: Db): Promise<Map<string, KnownModel>> {
  const { rows } = await sql<{ id: string; definition: unknown; state: ModelState; is_primary: boolean; trouble: string | null }>`
    select distinct on (id) id, definition, state, is_primary, trouble from lifecycle_model
    order by id, state = 'off', version desc`.execute(db)
  return new Map(
    rows.map(row => [
      row.id,
      { model: row.definition as Model, state: row.state, isPrimary: row.is_primary, trouble: row.trouble },
    ]),
  )
}

/** The same, and nobody else switches anything until the transaction ends. */
export async function lockModels(tx: Db): Promise<Map<string, KnownModel>> {
  await sql`lock table lifecycle_model in share row exclusive mode`.execute(tx)
  return knownModels(tx)
}

export async function prepare(tx: Db, model: Model, at: number): Promise<void> {
  const values = {
    definition: JSON.stringify(model),
    state: 'preparing',
    is_primary: false,
    published_at: new Date(at),
    trouble: null,
  }
  await tx
    .insertInto('lifecycle_model')
    .values({ id: model.id, version: model.version, ...values })
    .onConflict(conflict => conflict.columns(['id', 'version']).doUpdateSet(values))
    .execute()
}

/** Moves the version that is in use to another state. */
export async function setState(tx: Db, id: string, state: ModelState, trouble: string | null = null): Promise<void> {
  await tx.updateTable('lifecycle_model').set({ state, trouble }).where('id', '=', id).where('state', '!=', 'off').execute()
}

export async function setPrimary(tx: Db, id: string): Promise<void> {
  await tx.updateTable('lifecycle_model').set({ is_primary: false }).where('is_primary', '=', true).execute()
  await tx.updateTable('lifecycle_model').set({ is_primary: true }).where('id', '=', id).where('state', '=', 'live').execute()
}

/** The next customers after an id, locked in the order in which everybody locks them. Those who are read as others are not among them. */
export async function lockNext(tx: Db, after: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from customer where id > ${after} and merged_into is null order by id limit ${limit} for update`.execute(tx)
  return rows.map(row => row.id)
}

/** Which of these customers stand somewhere in a model, or wait for an event of theirs to come. */
export async function standing(tx: Db, modelId: string, customerIds: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ customer_id: number }>`
    select customer_id from customer_stage where model_id = ${modelId} and customer_id = any(${customerIds}::bigint[])`.execute(
    tx,
  )
  return new Set(rows.map(row => row.customer_id))
}

export async function lastCustomer(db: Db): Promise<number> {
  const { rows } = await sql<{ id: number | null }>`select max(id) as id from customer`.execute(db)
  return rows[0]?.id ?? 0
}

/** Removes some standings of a model. Returns how many. */
export async function removeStandings(tx: Db, modelId: string, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from customer_stage where model_id = ${modelId} and customer_id in (
      select customer_id from customer_stage where model_id = ${modelId} order by customer_id limit ${limit}) returning 1`.execute(
    tx,
  )
  return rows.length
}
