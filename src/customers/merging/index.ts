import { type Act, audit } from '../../access/index.ts'
import { retell, type Worker } from '../../events/index.ts'
import { Fault } from '../../platform/fault.ts'
import { enqueue, standings } from '../../platform/jobs/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { PERSONAL_IDS, type Sight } from '../sight.ts'
import { lock, records } from '../store.ts'
import { labelOf } from '../view.ts'
import { type CustomerMerges } from './contract.ts'
import { groupsFrom } from './groups.ts'
import {
  dismissDoubts,
  doubtsAbout,
  insertByColleague,
  keepGroups,
  type Merge,
  markApart,
  mergeById,
  mergesAmong,
  ownIdentitiesOf,
} from './store.ts'

const JOIN = 'customers.join'
const SEPARATE = 'customers.separate'

// What a colleague asks for

/** Asks for two customers to be read as one from now on, the second as the first. It is done in a moment, by a worker. */
export async function askToJoin(db: Db, act: Act, winner: number, loser: number): Promise<void> {
  if (winner === loser) throw new Fault('customer.join_self')
  await db.transaction().execute(async tx => {
    const cursor = { winner, loser, by: act.who.label }
    if (await enqueue(tx, { kind: JOIN, subject: subjectOf(winner), cursor }, act.at))
      await audit(tx, act, 'customer.joined', `customer:${winner}`, { with: `customer:${loser}` })
    else throw new Fault('customer.join_busy')
  })
}

/** Asks for a joining to be taken back. Both then stand as if it had never been. */
export async function askToSeparate(db: Db, act: Act, customerId: number, mergeId: number): Promise<void> {
  const merge = await mergeById(db, mergeId)
  const members = await membersOf(db, customerId)
  if (merge === null || !members.includes(merge.loser)) throw new Fault('customer.merge_not_found')
  if (merge.undone_at !== null) return
  await db.transaction().execute(async tx => {
    const cursor = { merge: mergeId, by: act.who.label }
    if (await enqueue(tx, { kind: SEPARATE, subject: subjectOf(customerId), cursor }, act.at))
      await audit(tx, act, 'customer.separated', `customer:${customerId}`, { from: `customer:${merge.loser}` })
    else throw new Fault('customer.join_busy')
  })
}

/** Notes that two customers are not the same person; they are not suggested again. */
export async function dismiss(db: Db, act: Act, customerId: number, otherId: number): Promise<void> {
  await db.transaction().execute(async tx => {
    if ((await dismissDoubts(tx, await membersOf(tx, customerId), await membersOf(tx, otherId), act.at)) > 0)
      await audit(tx, act, 'customer.doubt_dismissed', `customer:${customerId}`, { with: `customer:${otherId}` })
  })
}

const subjectOf = (customerId: number): string => `customer:${customerId}`

export { JOIN, SEPARATE }

// What a worker does

/** Reads two customers, and all that are read as them, as one. Safe to repeat. */
export async function join(worker: Worker, winner: number, loser: number, by: string): Promise<void> {
  await worker.writer.batch(worker.clock.now(), async batch => {
    const locked = await lock(batch.tx, [winner, loser])
    const [first, second] = [winner, loser].map(id => locked.find(one => one.id === id))
    // Gone, or joined to somebody meanwhile: nothing is left to do.
    if (first === undefined || second === undefined || first.mergedInto !== null || second.mergedInto !== null) return
    await insertByColleague(batch.tx, loser, winner, by, batch.now)
    await keepGroups(batch.tx, new Map([[winner, [...first.absorbed, loser, ...second.absorbed]]]))
    await dismissDoubts(batch.tx, [winner, ...first.absorbed], [loser, ...second.absorbed], batch.now)
    await retell(worker, batch, [winner, loser])
  })
}

/** Takes a joining back: whoever was joined through it stands alone again, with all that is theirs. Safe to repeat. */
export async function separate(worker: Worker, mergeId: number, by: string): Promise<void> {
  await worker.writer.batch(worker.clock.now(), async batch => {
    const merge = await mergeById(batch.tx, mergeId)
    if (merge === null) return
    const members = await membersOf(batch.tx, merge.loser)
    const head = members[0]
    if (head === undefined) return
    const [locked] = await lock(batch.tx, [head])
    if (locked === undefined || locked.mergedInto !== null)
      throw new Error('The customer was just joined to another; it is tried again.')
    if (!(await markApart(batch.tx, mergeId, by, batch.now))) return
    const everybody = [head, ...locked.absorbed]
    const standing = (await mergesAmong(batch.tx, everybody)).filter(one => one.undone_at === null)
    const groups = groupsFrom(everybody, standing)
    await keepGroups(batch.tx, groups)
    await retell(worker, batch, [...groups.keys()])
  })
}

/** Everybody who is read as the same person as this one; whoever is in front, first. */
async function membersOf(db: Db, customerId: number): Promise<number[]> {
  const own = await db.selectFrom('customer').select(['id', 'merged_into']).where('id', '=', customerId).executeTakeFirst()
  if (own === undefined) return []
  const head = own.merged_into ?? own.id
  const others = await db.selectFrom('customer').select('id').where('merged_into', '=', head).execute()
  return [head, ...others.map(row => row.id)]
}

// What is shown

export async function mergesOf(db: Db, customerId: number, sight: Sight): Promise<CustomerMerges> {
  const members = await membersOf(db, customerId)
  const [merges, doubts, jobs] = await Promise.all([
    mergesAmong(db, members),
    doubtsAbout(db, members),
    standings(db, [subjectOf(customerId)]),
  ])
  const heads = await headsBy(db, [...new Set(doubts.flatMap(({ a, b }) => [a, b]))])
  const label = await labels(db, [...merges.flatMap(({ winner, loser }) => [winner, loser]), ...heads.values()], sight)
  const shown = (id: number) => ({ id: String(id), label: label(id) })
  const idShown = (kind: string, value: string) => ({
    kind,
    value: sight.contact || !PERSONAL_IDS.has(kind) ? value : t('customers:hidden'),
  })
  const others = new Set<number>([customerId])
  return {
    items: merges.map((merge: Merge) => ({
      id: String(merge.id),
      customer: shown(merge.winner),
      other: shown(merge.loser),
      because: merge.because,
      by: merge.kind === null || merge.value === null ? null : idShown(merge.kind, merge.value),
      colleague: merge.by,
      at: merge.at.toISOString(),
      undoneAt: merge.undone_at?.toISOString() ?? null,
      undoneBy: merge.undone_by,
    })),
    doubts: doubts.flatMap(doubt => {
      const [a, b] = [heads.get(doubt.a) ?? doubt.a, heads.get(doubt.b) ?? doubt.b]
      const other = a === customerId ? b : a
      // Joined meanwhile, or told already about another of those joined.
      if (others.has(other)) return []
      others.add(other)
      return [
        {
          customer: shown(other),
          reason: doubt.reason,
          by: idShown(doubt.kind, doubt.value),
          times: doubt.times,
          lastAt: doubt.last_at.toISOString(),
        },
      ]
    }),
    isWorking: jobs.size > 0,
  }
}

async function headsBy(db: Db, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('customer')
    .select(['id', 'merged_into'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map(row => [row.id, row.merged_into ?? row.id]))
}

/** What each of these is called by themselves, whoever they are read as. */
async function labels(db: Db, ids: readonly number[], sight: Sight): Promise<(id: number) => string> {
  const [rows, identities] = await Promise.all([records(db, ids), ownIdentitiesOf(db, ids)])
  return id => {
    const record = rows.get(id)
    return labelOf(record ?? { id, name: null, email: null }, identities.get(id) ?? [], sight)
  }
}
