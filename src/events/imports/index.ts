import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Readable } from 'node:stream'
import { type Act, audit } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { type History } from '../../platform/clickhouse.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { cancelJob, enqueue, type Standing, secondsLeft, standings } from '../../platform/jobs/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Field, type FileKind, type ImportView, type Mapping } from './contract.ts'
import { isCurrency } from './currency.ts'
import { detect, rowsOf, settle } from './detect.ts'
import { AMOUNT_FIELDS, DATE_FIELDS } from './evidence.ts'
import { forgetUpload, keepUpload, sampleOf, sweepUploads, uploadPath } from './files.ts'
import { dropStaged, rejectsInOrder } from './history.ts'
import { subjectOf } from './jobs/index.ts'
import { kindOfImport } from './kinds.ts'
import { columnsView, isSettled, previewOf, questionsOf, withinWidth } from './preview.ts'
import { rejectsCsv } from './rejects.ts'
import { sampleShop } from './sample-shop.ts'
import { change, filesKept, find, findSample, type Import, insert, page, remove, type State } from './store.ts'
import { REJECTS_KEPT_DAYS, viewOf } from './view.ts'

export { type ImportJobDeps, importJobs } from './jobs/index.ts'
export { dropOldRejects, runSweep } from './jobs/sweep.ts'

export type ImportDeps = { db: Db; history: History; clock: Clock; data: string }

/** Not being worked on, and nothing of it in the log for good. */
const IDLE: readonly State[] = ['draft', 'checked', 'failed', 'cancelled']
const UNDOABLE: readonly State[] = ['done', 'failed', 'cancelled', 'undoing']

/** Takes a file in: on disk when it answers. Throws a Fault when it is nothing that can be read. `kind`: the sender knows what it is. */
export async function upload(
  deps: ImportDeps,
  file: { name: string; bytes: AsyncIterable<Uint8Array>; kind?: Import['kind'] },
  act: Act,
): Promise<ImportView> {
  const { db, data, clock } = deps
  await sweepUploads(data, await filesKept(db), clock.now())
  const kept = await keepUpload(data, file.bytes)
  try {
    const found = await look(deps, kept.file, file.kind && kindOfImport(file.kind))
    const one = await db.transaction().execute(async tx => {
      const made = await insert(tx, {
        ...found,
        ...kept,
        kind: file.kind === 'sample' ? 'sample' : found.kind,
        fileName: nameOf(file.name),
        createdAt: act.at,
        createdBy: act.who.label,
      })
      await audit(tx, act, 'import.uploaded', made.fileName, { id: String(made.id), bytes: kept.bytes })
      return made
    })
    return viewOf(one, null)
  } catch (error) {
    await forgetUpload(data, kept.file)
    throw error
  }
}

/** A name without folders and control characters. */
const nameOf = (name: string): string =>
  basename(name.replaceAll('\\', '/'))
    .replace(/\p{Cc}/gu, '')
    .slice(0, 200) || t('imports:unnamed')

type Look = Pick<Import, 'recognised' | 'mapping' | 'looks'> & { kind: FileKind }

async function look({ db, data, clock }: ImportDeps, file: string, asked?: FileKind): Promise<Look> {
  const { timeZone, currency, country } = await company(db)
  const found = detect(await sampleOf(uploadPath(data, file)), { timeZone, currency, country }, asked)
  if (found.rows.length === 0) throw new Fault(found.mapping.hasHeader ? 'import.header_only' : 'import.empty')
  const { kind, recognised, mapping } = found
  return { kind, recognised, mapping, looks: looksOf(kind, mapping, found, clock.now()) }
}

const looksOf = (
  kind: FileKind,
  mapping: Mapping,
  seen: { names: string[]; width: number; rows: string[][] },
  now: number,
): Import['looks'] => ({
  columns: columnsView(seen.names, seen.width, seen.rows),
  questions: questionsOf(kind, mapping, seen.rows),
  preview: previewOf(kind, mapping, seen, now),
})

export async function importView({ db, clock }: ImportDeps, id: number): Promise<ImportView> {
  const one = await existing(db, id)
  const standing = await standings(db, [subjectOf(id)])
  return viewOf(one, paceOf(standing.get(subjectOf(id)), clock.now()))
}

const paceOf = (standing: Standing | undefined, now: number) =>
  standing === undefined ? null : { progress: standing.progress, secondsLeft: secondsLeft(standing, now) }

const existing = async (db: Db, id: number): Promise<Import> => {
  const one = await find(db, id)
  if (one === null) throw new Fault('import.not_found', { id })
  return one
}

/** The newest first. `next` is the id to go on before, null at the end. */
export async function importViews(
  { db, clock }: ImportDeps,
  before: number | null,
  limit: number,
): Promise<{ items: ImportView[]; next: number | null }> {
  const found = await page(db, before, limit + 1)
  const items = found.slice(0, limit)
  const standing = await standings(
    db,
    items.map(({ id }) => subjectOf(id)),
  )
  return {
    items: items.map(one => viewOf(one, paceOf(standing.get(subjectOf(one.id)), clock.now()))),
    next: found.length > limit ? (items.at(-1)?.id ?? null) : null,
  }
}

/** Looks at a file as one of another kind: what its columns mean is found out anew. Nothing may be in the log yet. */
export async function changeKind(deps: ImportDeps, id: number, kind: FileKind): Promise<ImportView> {
  const one = await existing(deps.db, id)
  if (one.sourceId !== null || one.kind === 'sample') throw new Fault('import.undo_first')
  if (one.file === null) throw new Fault('import.file_gone')
  const found = await look(deps, one.file, kind)
  const changed = await change(deps.db, id, IDLE, { ...found, state: 'draft', counts: null, error: null, finishedAt: null })
  if (changed === null) throw wrongState(one)
  return viewOf(changed, null)
}

/** Changes how a file is read. What the new columns leave open is asked anew. Nothing may be in the log yet. */
export async function remap({ db, data, clock }: ImportDeps, id: number, wanted: Mapping): Promise<ImportView> {
  const one = await existing(db, id)
  if (one.sourceId !== null) throw new Fault('import.undo_first')
  if (one.file === null) throw new Fault('import.file_gone')
  if (!isCurrency(wanted.currency)) throw new Fault('company.currency_unknown', { currency: wanted.currency })
  if (!isTimeZone(wanted.timeZone)) throw new Fault('company.time_zone_unknown', { timeZone: wanted.timeZone })
  const sample = await sampleOf(uploadPath(data, one.file))
  const text = wanted.encoding === sample.encoding ? sample : await sampleOf(uploadPath(data, one.file), wanted.encoding)
  const kind = kindOfImport(one.kind)
  const seen = rowsOf(kind, text, wanted)
  const beyond = [...Object.values(wanted.columns), ...(wanted.traits ?? []).map(({ column }) => column)].find(
    column => column >= seen.width,
  )
  if (beyond !== undefined && seen.width === one.looks.columns.length)
    throw new Fault('import.no_column', { column: beyond + 1, count: seen.width })
  const mapping = settle(kind, reopened(one.mapping, withinWidth(kind, wanted, seen.width)), seen.rows)
  const changed = await change(db, id, IDLE, {
    state: 'draft',
    mapping,
    looks: looksOf(kind, mapping, seen, clock.now()),
    counts: null,
    error: null,
    finishedAt: null,
  })
  if (changed === null) throw wrongState(one)
  return viewOf(changed, null)
}

/** An answer that was given for other columns is open again, unless it has just been given anew. */
function reopened(before: Mapping, wanted: Mapping): Mapping {
  const moved = (...fields: Field[]) => fields.some(field => before.columns[field] !== wanted.columns[field])
  const isDateOpen = moved(...DATE_FIELDS) && before.dateOrder === wanted.dateOrder
  const isDecimalOpen = moved(...AMOUNT_FIELDS) && before.decimal === wanted.decimal
  const { amountPer, ...others } = wanted
  // What was asked about consent was asked about these columns.
  const isConsentOpen = moved('consent_email', 'consent_sms', 'consent_whatsapp', 'consented_at', 'withdrawn_at')
  const isAmountPerOpen = moved('amount', 'order_id') && before.amountPer === amountPer
  return {
    ...others,
    ...(isDateOpen && { dateOrder: null }),
    ...(isDecimalOpen && { decimal: null }),
    ...(!isAmountPerOpen && amountPer && { amountPer }),
    ...(isConsentOpen && before.consents === wanted.consents && { consents: null }),
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const wrongState = ({ state }: Import) => new Fault('import.wrong_state', { state: t(`imports:state.${state}`) })

/** Reads the whole file without letting anything in; a job. Refuses while a question is open. */
export async function checkFile(deps: ImportDeps, id: number): Promise<ImportView> {
  const one = await ready(deps.db, id)
  const now = deps.clock.now()
  return begin(deps, one, 'import.check', IDLE, {
    state: 'checking',
    counts: null,
    error: null,
    finishedAt: null,
    isNewRun: true,
    readAt: now,
  })
}

/** Brings the orders in; a job. Checks first what has not been checked. Starting again goes on where it was; orders that are in are not doubled. */
export async function start(deps: ImportDeps, id: number, act: Act): Promise<ImportView> {
  const one = await ready(deps.db, id)
  const begun = { error: null, finishedAt: null }
  const first = { ...begun, state: 'checking' as const, isNewRun: true, readAt: deps.clock.now() }
  return begin(deps, one, 'import.start', IDLE, one.counts === null ? first : { ...begun, state: 'importing' }, tx =>
    audit(tx, act, 'import.started', one.fileName, { id: String(id) }),
  )
}

async function ready(db: Db, id: number): Promise<Import> {
  const one = await existing(db, id)
  if (!IDLE.includes(one.state)) throw wrongState(one)
  if (one.file === null) throw new Fault('import.file_gone')
  if (one.looks.questions.length > 0 || !isSettled(one.mapping))
    throw new Fault('import.open_questions', { questions: one.looks.questions.map(asked).join(' ') })
  return one
}

function asked({ about, sample, options, missing }: ImportView['questions'][number]): string {
  const [first, second] = options
  if (about === 'columns')
    return t('imports:question.columns', { fields: missing.map(field => t(`imports:field.${field}`)).join(', ') })
  return t(`imports:question.${about}`, { sample: sample ?? '', first: first?.reading ?? '', second: second?.reading ?? '' })
}

async function begin(
  { db, clock }: ImportDeps,
  one: Import,
  kind: string,
  from: readonly State[],
  to: Parameters<typeof change>[3],
  also?: (tx: Db) => Promise<void>,
): Promise<ImportView> {
  const now = clock.now()
  await db.transaction().execute(async tx => {
    const changed = await change(tx, one.id, from, to)
    if (changed === null || !(await enqueue(tx, { kind, subject: subjectOf(one.id) }, now))) throw wrongState(one)
    await also?.(tx)
  })
  return importView({ db, clock } as ImportDeps, one.id)
}

/** Stops what is being done at its next step. What is in stays in, until it is undone. */
export async function cancelImport(deps: ImportDeps, id: number, act: Act): Promise<ImportView> {
  const one = await existing(deps.db, id)
  // Half an undo is no state to be left in.
  if (one.state === 'undoing' || !(await cancelJob(deps.db, subjectOf(id)))) throw wrongState(one)
  await audit(deps.db, act, 'import.cancelled', one.fileName, { id: String(id) })
  return importView(deps, id)
}

/** Takes everything back that came with the import; a job. */
export async function undo(deps: ImportDeps, id: number, act: Act): Promise<ImportView> {
  const one = await existing(deps.db, id)
  if (one.sourceId === null) throw wrongState(one)
  return begin(deps, one, 'import.undo', UNDOABLE, { state: 'undoing', error: null, finishedAt: null }, tx =>
    audit(tx, act, 'import.undone', one.fileName, { id: String(id) }),
  )
}

/** Forgets an import of which nothing is in the log, and its file. */
export async function forget({ db, history, data }: ImportDeps, id: number, act: Act): Promise<void> {
  const one = await existing(db, id)
  const isIn = one.sourceId !== null && one.state !== 'undone'
  await db.transaction().execute(async tx => {
    if (isIn || !(await remove(tx, id, [...IDLE, 'undone']))) throw wrongState(one)
    await audit(tx, act, 'import.forgotten', one.fileName, { id: String(id) })
  })
  await dropStaged(history, id)
  if (one.file !== null) await forgetUpload(data, one.file)
}

/** The rows that were left out, each with its reason, as a CSV file. */
export async function rejectedRows(
  { db, history }: ImportDeps,
  id: number,
): Promise<{ name: string; csv: AsyncIterable<string> }> {
  const one = await existing(db, id)
  if (one.rejectsDroppedAt !== null) throw new Fault('import.rejects_gone', { days: REJECTS_KEPT_DAYS })
  const name = `${one.fileName.replace(/\.(csv|txt|tsv|jsonl|ndjson|json|gz)$/gi, '').replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${t('imports:rejects.file')}.csv`
  return {
    name,
    csv: rejectsCsv(
      one.looks.columns.map(column => column.name),
      rejectsInOrder(history, one),
    ),
  }
}

/** Brings in the sample shop: generated orders up to now, through the same door as any file. Safe to repeat: there is only one. */
export async function openSampleShop(deps: ImportDeps, act: Act): Promise<ImportView> {
  const there = await findSample(deps.db)
  if (there) return importView(deps, there.id)
  const { currency } = await company(deps.db)
  const bytes = (async function* () {
    for (const text of sampleShop({ now: deps.clock.now(), currency })) yield Buffer.from(text)
  })()
  const { id } = await upload(deps, { name: t('imports:sample.name'), bytes, kind: 'sample' }, act)
  return start(deps, Number(id), act)
}

/** Takes the sample shop out again; null when there is none. */
export async function closeSampleShop(deps: ImportDeps, act: Act): Promise<ImportView | null> {
  const one = await findSample(deps.db)
  if (one === null) return null
  return one.state === 'undoing' ? importView(deps, one.id) : undo(deps, one.id, act)
}

/** A file's bytes, or `import.unreadable` when it cannot be opened. */
async function readable(path: string): Promise<Readable> {
  try {
    return (await open(path)).createReadStream()
  } catch (cause) {
    throw new Fault('import.unreadable', { path }, { cause })
  }
}

/** What a file on this machine would bring, or does bring; waits for the end. For the command line: the jobs run elsewhere. */
export async function importFile(
  deps: ImportDeps,
  path: string,
  act: Act,
  options: {
    kind?: FileKind
    mapping?: Partial<Mapping>
    isDryRun?: boolean
    pause: (ms: number) => Promise<void>
    onProgress?: (view: ImportView) => void
  },
): Promise<ImportView> {
  let view = await upload(deps, { name: path, bytes: await readable(path), ...(options.kind && { kind: options.kind }) }, act)
  const id = Number(view.id)
  if (options.mapping) view = await remap(deps, id, { ...view.mapping, ...options.mapping })
  view = options.isDryRun ? await checkFile(deps, id) : await start(deps, id, act)
  while (view.progress !== null || view.state === 'checking' || view.state === 'importing') {
    options.onProgress?.(view)
    await options.pause(150)
    view = await importView(deps, id)
  }
  return view
}
