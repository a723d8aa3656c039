import { type Readable } from 'node:stream'
import { type Act, audit, type Caller } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { pageOf } from '../../platform/http/index.ts'
import { secretToken } from '../../platform/ids.ts'
import { cancelJob, enqueue, type Standing, secondsLeft, standings } from '../../platform/jobs/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { countNow } from '../filters/index.ts'
import { oneList } from '../lists/index.ts'
import { isPersonal, sightOf } from '../sight.ts'
import { type BulkRequest, type BulkView, type BulkViews } from './contract.ts'
import { forgetFile, readFile } from './files.ts'
import { BULK, type BulkJobDeps, subjectOf } from './jobs.ts'
import { type Bulk, bulksOf, forgetFilesBefore, insertBulk, type Owner } from './store.ts'

export { type BulkJobDeps, bulkJobs } from './jobs.ts'

const FILE_KEPT_MS = 7 * 86_400_000

const ownerOf = ({ kind, id, label }: Pick<Caller, 'kind' | 'id' | 'label'>): Owner => ({
  userId: kind === 'user' ? id : null,
  label,
})
/** Who acts: their rights decide what they may do and what a file may hold. */
export type Actor = Pick<Caller, 'kind' | 'id' | 'label' | 'capabilities'>

/** Begins to do something to many customers; a job. Refuses what whoever asks may not do, and when nobody fits. */
export async function beginBulk(deps: BulkJobDeps, request: BulkRequest, actor: Actor, act: Act): Promise<BulkView> {
  const { db, clock, data } = deps
  const sight = sightOf(actor)
  if (!actor.capabilities.has(request.kind === 'export' ? 'customers:export' : 'customers:write'))
    throw new Fault('access.forbidden')
  if (request.kind === 'trait' && isPersonal(request.trait) && !sight.contact)
    throw new Fault('customer.field_hidden', { field: request.trait })
  const about =
    request.kind === 'list_add' || request.kind === 'list_remove' ? (await oneList(db, Number(request.list))).name : ''
  const total = await totalOf(deps, request, sight)
  if (total === 0) throw new Fault('customer.bulk_nobody')
  for (const file of await forgetFilesBefore(db, clock.now() - FILE_KEPT_MS)) await forgetFile(data, file)
  const one = await db.transaction().execute(async tx => {
    const file = request.kind === 'export' ? `${secretToken(18)}.csv` : null
    const made = await insertBulk(tx, { request, sight, total, file, owner: ownerOf(actor), at: clock.now() })
    await enqueue(tx, { kind: BULK, subject: subjectOf(made.id) }, clock.now())
    const { selection, ...params } = request
    await audit(tx, act, `customers.${ACTS[request.kind]}`, about || aboutOf(made), {
      id: String(made.id),
      about: total,
      ...params,
      selection: 'ids' in selection ? { picked: selection.ids.length } : selection.question,
    })
    return made
  })
  return viewOf(db, one, undefined, clock.now())
}

const ACTS = { trait: 'trait_set', list_add: 'list_added', list_remove: 'list_removed', export: 'exported' } as const

async function totalOf(deps: BulkJobDeps, { selection }: BulkRequest, sight: Bulk['sight']): Promise<number> {
  if ('ids' in selection) return new Set(selection.ids).size
  const { count, isExact } = await countNow(deps, selection.question, sight)
  return isExact ? count : Math.max(1, count)
}

const aboutOf = ({ params }: Pick<Bulk, 'params'>): string =>
  params.kind === 'trait' ? `${params.trait} = ${params.value}` : t('customers:bulk.file')

async function viewOf(db: Db, one: Bulk, standing: Standing | undefined, now: number): Promise<BulkView> {
  const isWorking = one.state === 'working'
  return {
    id: String(one.id),
    kind: one.kind,
    about: 'list' in one.params ? await nameOfList(db, Number(one.params.list)) : aboutOf(one),
    state: one.state,
    total: one.total,
    done: one.done,
    changed: one.changed,
    progress: isWorking ? (standing?.progress ?? 0) : null,
    secondsLeft: isWorking && standing ? secondsLeft(standing, now) : null,
    error: one.error,
    file: one.file !== null && one.state === 'done' ? { name: fileNameOf(one), bytes: one.bytes } : null,
    createdAt: new Date(one.createdAt).toISOString(),
    createdBy: one.createdBy,
    finishedAt: one.finishedAt === null ? null : new Date(one.finishedAt).toISOString(),
  }
}

const fileNameOf = ({ createdAt }: Bulk): string =>
  `${t('customers:bulk.file_name')}-${new Date(createdAt).toISOString().slice(0, 16).replace(':', '')}.csv`

async function nameOfList(db: Db, id: number): Promise<string> {
  const row = await db.selectFrom('list').select('name').where('id', '=', id).executeTakeFirst()
  return row?.name ?? t('customers:bulk.list_gone')
}

/** What somebody has done to many, the newest first. */
export async function bulkViewsOf(
  { db, clock }: BulkJobDeps,
  actor: Actor,
  before: number | null,
  limit: number,
): Promise<BulkViews> {
  const found = await bulksOf(db, ownerOf(actor), { before }, limit + 1)
  const { items, next } = pageOf(found, limit, one => [one.id])
  return { items: await withStandings(db, items, clock.now()), next }
}

async function withStandings(db: Db, items: readonly Bulk[], now: number): Promise<BulkView[]> {
  const standing = await standings(
    db,
    items.map(one => subjectOf(one.id)),
  )
  return Promise.all(items.map(one => viewOf(db, one, standing.get(subjectOf(one.id)), now)))
}

async function existing(db: Db, id: number, actor: Actor): Promise<Bulk> {
  const [one] = await bulksOf(db, ownerOf(actor), { id }, 1)
  if (one === undefined) throw new Fault('customer.bulk_not_found')
  return one
}

export async function bulkViewOf({ db, clock }: BulkJobDeps, id: number, actor: Actor): Promise<BulkView> {
  const [view] = await withStandings(db, [await existing(db, id, actor)], clock.now())
  if (view === undefined) throw new Fault('customer.bulk_not_found')
  return view
}

/** Stops it at its next piece. What was done stays done. */
export async function cancelBulk(deps: BulkJobDeps, id: number, actor: Actor, act: Act): Promise<BulkView> {
  const one = await existing(deps.db, id, actor)
  if (!(await cancelJob(deps.db, subjectOf(id)))) throw new Fault('customer.bulk_busy')
  await audit(deps.db, act, 'customers.bulk_cancelled', aboutOf(one), { id: String(id) })
  return bulkViewOf(deps, id, actor)
}

/** The file of an export, for whoever asked for it, as long as they still may see what is in it. */
export async function fileOf(
  { db, data }: BulkJobDeps,
  id: number,
  actor: Actor,
  act: Act,
): Promise<{ name: string; bytes: number; content: Readable }> {
  const one = await existing(db, id, actor)
  const sight = sightOf(actor)
  if ((one.sight.contact && !sight.contact) || (one.sight.money && !sight.money)) throw new Fault('access.forbidden')
  const content = one.file === null || one.state !== 'done' ? null : await readFile(data, one.file)
  if (content === null) throw new Fault(one.state === 'working' ? 'customer.bulk_busy' : 'customer.file_gone')
  await audit(db, act, 'customers.export_downloaded', fileNameOf(one), { id: String(id), customers: one.done })
  return { name: fileNameOf(one), bytes: one.bytes, content }
}
