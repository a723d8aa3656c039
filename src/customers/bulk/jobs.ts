import { company } from '../../company/index.ts'
import { accept, createSource, type Envelope, headsOf, TRAIT_SET, waiting } from '../../events/index.ts'
import { type Handler, type Handlers, type Job } from '../../platform/jobs/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { BOM, linesOf } from '../export/cells.ts'
import { columnsOf, traitsIn } from '../export/table.ts'
import { type FindDeps, idsAfter, lastId, understood } from '../filters/index.ts'
import { addMembers, dropMembers } from '../lists/store.ts'
import { identitiesOf, records } from '../store.ts'
import { rowOf } from '../view.ts'
import { forgetFile, writePiece } from './files.ts'
import { type Bulk, endBulk, findBulk, noteWork } from './store.ts'

export type BulkJobDeps = FindDeps & { data: string }
export const BULK = 'customers.bulk'
export const subjectOf = (id: number): string => `bulk:${id}`
const idOf = (subject: string): number => Number(subject.slice('bulk:'.length))

/** How far it is: behind which customer; nobody who came after `until` is meant. */
type Cursor = { after: number; until: number; done: number; changed: number; bytes: number }
/** What becomes of a piece: how many it changed, and how long the file is now. */
type Outcome = { changed: number; bytes: number }

const PIECE = 1_000
// More than this in the inbox and the lanes are behind: then we wait, so that nobody's events stand in line behind us.
const INBOX_MAX = 20_000
const WAIT_MS = 100

/** Does something to many customers, piece by piece in the order of their ids; each piece and the place behind it are one. */
export const bulkJobs = (deps: BulkJobDeps): Handlers => ({
  [BULK]: { run: job => work(deps, job), ended: ended(deps) },
})

async function work(deps: BulkJobDeps, job: Job): Promise<void> {
  const one = await findBulk(deps.db, idOf(job.subject))
  if (one === null) return
  let cursor = job.cursor as Partial<Cursor> as Cursor
  if (cursor.until === undefined) {
    cursor = { after: 0, until: await lastId(deps.db), done: 0, changed: 0, bytes: 0 }
    const begun = await begin(deps, one, cursor)
    cursor = begun
    await deps.db.transaction().execute(async tx => {
      await job.step(tx, { cursor, progress: 0, isNewPiece: true })
      await noteWork(tx, one.id, { bytes: cursor.bytes })
    })
  }
  const next = await whom(deps, one, cursor.until)
  for (;;) {
    const ids = await next(cursor.after, PIECE)
    const last = ids.at(-1)
    if (last === undefined) break
    const before = cursor
    cursor = await deps.db.transaction().execute(async tx => {
      const { changed, bytes } = await DO[one.kind](deps, tx, one, ids, before)
      const now = { ...before, after: last, done: before.done + ids.length, changed: before.changed + changed, bytes }
      await noteWork(tx, one.id, { done: now.done, changed: now.changed, bytes: now.bytes })
      await job.step(tx, { cursor: now, progress: Math.min(0.99, now.done / Math.max(1, one.total ?? 1)) })
      return now
    })
    while (one.kind === 'trait' && (await waiting(deps.db)) > INBOX_MAX) {
      await job.pause(WAIT_MS)
      await job.step(deps.db, {})
    }
  }
  await noteWork(deps.db, one.id, { total: cursor.done })
}

/** A file begins with its head. */
async function begin(deps: BulkJobDeps, one: Bulk, cursor: Cursor): Promise<Cursor> {
  if (one.params.kind !== 'export' || one.file === null) return cursor
  const { head } = columnsOf(one.params.columns, await setting(deps, one))
  const bytes = await writePiece(deps.data, one.file, 0, `${one.params.hasMark ? BOM : ''}${linesOf([head])}`)
  return { ...cursor, bytes }
}

/** Those it is about, after an id, ascending. What a question says of time is counted from when it was asked. */
async function whom(deps: BulkJobDeps, one: Bulk, until: number): Promise<(after: number, limit: number) => Promise<number[]>> {
  if ('ids' in one.selection) {
    const ids = (await headsOf(deps.db, one.selection.ids.map(Number))).sort((a, b) => a - b)
    return async (after, limit) => {
      const rest = ids.filter(id => id > after).slice(0, limit)
      return rest
    }
  }
  const asked = { ...deps, clock: { now: () => one.createdAt } }
  const { where, context } = await understood(asked, one.selection.question, one.sight)
  return (after, limit) => idsAfter(deps.db, where, context.model, after, until, limit)
}

const DO: Record<Bulk['kind'], (deps: BulkJobDeps, tx: Db, one: Bulk, ids: number[], cursor: Cursor) => Promise<Outcome>> = {
  trait: setTrait,
  list_add: async ({ clock }, tx, one, ids, { bytes }) => ({
    changed: one.params.kind === 'list_add' ? await addMembers(tx, Number(one.params.list), ids, clock.now(), one.createdBy) : 0,
    bytes,
  }),
  list_remove: async (_deps, tx, one, ids, { bytes }) => ({
    changed: one.params.kind === 'list_remove' ? await dropMembers(tx, Number(one.params.list), ids) : 0,
    bytes,
  }),
  export: writeRows,
}

const STRENGTH = ['external', 'email', 'phone']

/** Hands in, for each, an event that tells the trait; from a source of its own, so that a customer's history says who told it. */
async function setTrait({ clock }: BulkJobDeps, tx: Db, one: Bulk, ids: number[], { bytes }: Cursor): Promise<Outcome> {
  if (one.params.kind !== 'trait') return { changed: 0, bytes }
  const { trait, value } = one.params
  let sourceId = one.sourceId
  if (sourceId === null) {
    sourceId = await createSource(tx, 'colleague', t('customers:bulk.source', { by: one.createdBy }), one.createdAt)
    await noteWork(tx, one.id, { sourceId })
  }
  const identities = await identitiesOf(tx, ids)
  const envelopes = ids.flatMap((id): Envelope[] => {
    const known = [...(identities.get(id) ?? [])].sort((a, b) => rank(a.kind) - rank(b.kind))
    const [identity] = known
    if (identity === undefined) return []
    return [
      {
        messageId: `bulk ${one.id} ${id}`,
        identities: [identity as Envelope['identities'][number]],
        name: TRAIT_SET,
        at: one.createdAt,
        traits: { [trait]: value },
      },
    ]
  })
  await accept(tx, sourceId, envelopes, clock.now())
  one.sourceId = sourceId
  return { changed: envelopes.length, bytes }
}

const rank = (kind: string) => (STRENGTH.includes(kind) ? STRENGTH.indexOf(kind) : STRENGTH.length)

async function setting({ db, lens, timeZone }: BulkJobDeps, one: Bulk) {
  const model = 'question' in one.selection ? one.selection.question.model : undefined
  const [{ stages }, zone, { currency }] = await Promise.all([lens.stages(model), timeZone(), company(db)])
  return { sight: one.sight, timeZone: zone, currency, stages }
}

async function writeRows(deps: BulkJobDeps, _tx: Db, one: Bulk, ids: number[], { bytes }: Cursor): Promise<Outcome> {
  if (one.params.kind !== 'export' || one.file === null) return { changed: 0, bytes }
  const model = 'question' in one.selection ? one.selection.question.model : undefined
  const traits = traitsIn(one.params.columns)
  const [{ cells }, rows, identities, glances] = await Promise.all([
    setting(deps, one).then(given => columnsOf(one.params.kind === 'export' ? one.params.columns : [], given)),
    records(deps.db, ids),
    identitiesOf(deps.db, ids),
    deps.lens.glances(model, ids, null),
  ])
  const lines = ids.flatMap(id => {
    const row = rows.get(id)
    return row === undefined ? [] : [cells(rowOf(row, identities.get(id) ?? [], glances.get(id), one.sight, traits))]
  })
  return { changed: lines.length, bytes: await writePiece(deps.data, one.file, bytes, linesOf(lines)) }
}

const ended =
  ({ data }: BulkJobDeps): NonNullable<Handler['ended']> =>
  async (tx, subject, { state, error, at }) => {
    const one = await findBulk(tx, idOf(subject))
    if (one === null) return
    await endBulk(tx, one.id, state, error, at)
    if (state !== 'done' && one.file !== null) await forgetFile(data, one.file)
  }
