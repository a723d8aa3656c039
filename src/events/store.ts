import { sql } from 'kysely'
import { type Db } from '../platform/postgres.ts'
import { type Envelope } from './contract.ts'

export const LANES = 32
const WORKER_ALIVE_MS = 15_000

/** An event as it waits: `envelope` as it was handed in. */
export type Waiting = { sourceId: number; receivedAt: number; envelope: Envelope }
export type Bundle = { lane: number; sourceId: number; receivedAt: number; envelopes: readonly Envelope[] }

/** Appends bundles to the inbox, each as one row. */
export async function append(db: Db, bundles: readonly Bundle[]): Promise<void> {
  // Values and not arrays of values: a text that is a parameter by itself is sent as it is.
  await sql`insert into inbox (lane, source_id, received_at, events, envelopes) values ${sql.join(
    bundles.map(
      ({ lane, sourceId, receivedAt, envelopes }) =>
        sql`(${lane}, ${sourceId}, ${new Date(receivedAt).toISOString()}, ${envelopes.length}, ${JSON.stringify(envelopes)})`,
    ),
  )}`.execute(db)
}

/** Takes the next bundles of this worker's lanes, oldest first, until they hold `limit` events. They are gone when the transaction commits, and back when it does not. */
export async function takeNext(tx: Db, worker: string, limit: number): Promise<Waiting[]> {
  const { rows } = await sql<{ seq: number; source_id: number; received_at: Date; envelopes: string }>`
    delete from inbox where seq in (
      select seq from (
        select seq, sum(events) over (order by seq) - events as before from (
          select seq, events from inbox where lane = any(array(select id from lane where owner = ${worker})) order by seq limit ${limit}) as next)
        as counted where before < ${limit})
    returning seq, source_id, received_at, envelopes`.execute(tx)
  return rows
    .sort((a, b) => a.seq - b.seq)
    .flatMap(row => {
      const receivedAt = row.received_at.getTime()
      return (JSON.parse(row.envelopes) as Envelope[]).map(envelope => ({ sourceId: row.source_id, receivedAt, envelope }))
    })
}

export async function hasRows(db: Db, worker: string): Promise<boolean> {
  const { rows } =
    await sql`select 1 from inbox where lane = any(array(select id from lane where owner = ${worker})) limit 1`.execute(db)
  return rows.length > 0
}

/** How many events wait, of one source or of all. */
export async function waiting(db: Db, sourceId?: number): Promise<number> {
  const query = db.selectFrom('inbox').select(({ fn }) => fn.sum<number | null>('events').as('n'))
  const row = await (sourceId === undefined ? query : query.where('source_id', '=', sourceId)).executeTakeFirstOrThrow()
  return Number(row.n ?? 0)
}

/** How many events of each source wait. */
export async function waitingBySource(db: Db): Promise<Map<number, number>> {
  const { rows } = await sql<{ source_id: number; n: number }>`
    select source_id, sum(events)::bigint as n from inbox group by source_id`.execute(db)
  return new Map(rows.map(row => [row.source_id, row.n]))
}

export async function createSource(db: Db, kind: string, name: string, at: number): Promise<number> {
  const row = await db
    .insertInto('source')
    .values({ kind, name, created_at: new Date(at) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function sourceNames(db: Db, ids: readonly number[]): Promise<Map<number, string>> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('source')
          .select(['id', 'name'])
          .where('id', 'in', [...ids])
          .execute()
  return new Map(rows.map(row => [row.id, row.name]))
}

export async function markUndone(db: Db, sourceId: number, at: number): Promise<void> {
  await db
    .updateTable('source')
    .set({ undone_at: new Date(at) })
    .where('id', '=', sourceId)
    .where('undone_at', 'is', null)
    .execute()
}

export async function markDropped(db: Db, sourceId: number, at: number): Promise<void> {
  await db
    .updateTable('source')
    .set({ dropped_at: new Date(at) })
    .where('id', '=', sourceId)
    .execute()
}

/** Sources whose events no longer count although the log may still hold them. */
export async function undoneSources(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom('source')
    .select('id')
    .where('undone_at', 'is not', null)
    .where('dropped_at', 'is', null)
    .execute()
  return rows.map(row => row.id)
}

export async function removeInboxOf(db: Db, sourceId: number): Promise<void> {
  await db.deleteFrom('inbox').where('source_id', '=', sourceId).execute()
}

/** Of customers that were joined: with whom each of these is read, beside themselves. Those who are alone are missing. */
export async function groupsOf(db: Db, customerIds: readonly number[]): Promise<Map<number, number[]>> {
  const { rows } = await sql<{ id: number; head: number }>`
    select id, merged_into as head from customer where merged_into = any(${customerIds}::bigint[])`.execute(db)
  return new Map([...Map.groupBy(rows, row => row.head)].map(([head, members]) => [head, members.map(row => row.id)]))
}

/** Whom these are read as; each once. */
export async function headsOf(db: Db, customerIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct coalesce(merged_into, id) as id from customer where id = any(${customerIds}::bigint[])`.execute(db)
  return rows.map(row => row.id)
}

// Workers, lanes and batches

/** Announces a worker, and that every earlier one on the same data folder is dead. */
export async function announce(db: Db, worker: string, home: string, now: number): Promise<void> {
  await db.transaction().execute(async tx => {
    await tx.deleteFrom('worker').where('home', '=', home).execute()
    await tx
      .insertInto('worker')
      .values({ id: worker, home, alive_until: new Date(now + WORKER_ALIVE_MS) })
      .execute()
  })
}

/** Says that a worker lives, removes the dead, and takes its fair share of lanes. False: this worker was itself removed. */
export async function heartbeat(db: Db, worker: string, now: number): Promise<boolean> {
  return db.transaction().execute(async tx => {
    const [alive] = await tx
      .updateTable('worker')
      .set({ alive_until: new Date(now + WORKER_ALIVE_MS) })
      .where('id', '=', worker)
      .returning('id')
      .execute()
    if (alive === undefined) return false
    // A worker in the middle of settling holds its row; if it hangs there, Postgres ends its session and the next heartbeat removes it.
    await sql`delete from worker where id in (select id from worker where alive_until < ${new Date(now)} for update skip locked)`.execute(
      tx,
    )
    // A worker with more than its share lets the surplus go; free lanes are taken up to the share.
    await sql`with share as (select ceil(${LANES}::numeric / count(*))::int as lanes from worker)
      update lane set owner = null where id in (select id from lane where owner = ${worker} order by id offset (select lanes from share))`.execute(
      tx,
    )
    await sql`with share as (select ceil(${LANES}::numeric / count(*))::int as lanes from worker)
      update lane set owner = ${worker} where id in (
        select id from lane where owner is null order by id
        limit greatest(0, (select lanes from share) - (select count(*) from lane where owner = ${worker})) for update skip locked)`.execute(
      tx,
    )
    return true
  })
}

export async function leave(db: Db, worker: string): Promise<void> {
  await db.deleteFrom('worker').where('id', '=', worker).execute()
}

/** Reserves a batch number before anything is written under it. */
export async function openBatch(db: Db, worker: string): Promise<number> {
  const row = await db.insertInto('log_batch').values({ worker }).returning('id').executeTakeFirstOrThrow()
  return row.id
}

/** Within the settling transaction: holds the worker's row, so that whoever removes the worker waits, or we see that it is gone. */
export async function isAlive(tx: Db, worker: string): Promise<boolean> {
  return (await tx.selectFrom('worker').select('id').where('id', '=', worker).forKeyShare().execute()).length === 1
}

export async function closeBatch(db: Db, batch: number): Promise<void> {
  await db.deleteFrom('log_batch').where('id', '=', batch).execute()
}

/** Whether a batch was never settled; locks its row. Waits for a transaction that may just be settling it, so that the answer is final. */
export async function isUnsettled(tx: Db, batch: number): Promise<boolean> {
  return (await tx.selectFrom('log_batch').select('id').where('id', '=', batch).forUpdate().execute()).length === 1
}

/** Notes that batches of dead workers were taken back, and forgets those of which nobody can still be asleep. */
export async function markTakenBack(db: Db, batches: readonly number[], now: number): Promise<void> {
  await sql`update log_batch set taken_back_at = ${new Date(now)} where id = any(${batches}::bigint[])`.execute(db)
  await sql`delete from log_batch where taken_back_at < ${new Date(now - 86_400_000)}`.execute(db)
}

/** Batches whose worker is gone and that nobody has taken back yet. */
export async function orphanBatches(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from log_batch where taken_back_at is null and worker not in (select id from worker)`.execute(db)
  return rows.map(row => row.id)
}
