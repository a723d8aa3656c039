import { type History } from '../../../platform/clickhouse.ts'
import { type Clock } from '../../../platform/clock.ts'
import { Fault } from '../../../platform/fault.ts'
import { type Handler, type Handlers, type Job } from '../../../platform/jobs/index.ts'
import { type Db } from '../../../platform/postgres.ts'
import { addSpend, closeLayer, dropLayer, openLayer } from '../../../spend/index.ts'
import { type Envelope } from '../../contract.ts'
import { createSource, waiting } from '../../index.ts'
import { acceptByRules, type Rulebook } from '../../rules/index.ts'
import { forgetUpload } from '../files.ts'
import { dropStaged, eventsAfter } from '../history.ts'
import { spendOf } from '../spend.ts'
import { change, find, type Import, type State } from '../store.ts'
import { check, readAtOf } from './check.ts'

/** What the work on imports needs; `undo` takes a source's events back and tells how many customers are done. */
export type ImportJobDeps = {
  db: Db
  history: History
  clock: Clock
  data: string
  rules: Pick<Rulebook, 'pass'>
  /** Whether what each event says of its customer is so already. */
  isTold: (db: Db, envelopes: readonly Envelope[]) => Promise<boolean[]>
  undo: (sourceId: number, onProgress: (customers: number) => Promise<void>) => Promise<void>
}

export const subjectOf = (id: number): string => `import:${id}`
const idOf = (subject: string): number => Number(subject.slice('import:'.length))

const BATCH = 5_000
// More than this in the inbox and the lanes are behind: then we wait, so that nothing else has to stand in line behind a file.
const INBOX_MAX = 50_000
const WAIT_MS = 100

/** The long work on imports, each as a list of steps that goes on where it was interrupted. */
export function importJobs(deps: ImportJobDeps): Handlers {
  return {
    'import.check': {
      async run(job) {
        await check(deps, job, await current(deps.db, job))
      },
      ended: settled('checked'),
    },
    'import.start': {
      async run(job) {
        const checked = await check(deps, job, await current(deps.db, job))
        const one = await entered(deps, job, checked)
        const total = await handOver(deps, job, one)
        await settle(deps, job, one, total)
        await tidy(deps, one)
      },
      ended: settled('done'),
    },
    'import.undo': {
      async run(job) {
        const { id, kind, file, sourceId, counts } = await current(deps.db, job)
        const customers = Math.max(1, counts?.customers ?? 1)
        if (sourceId !== null && kind === 'spend') await dropLayer(deps.db, sourceId)
        else if (sourceId !== null)
          await deps.undo(sourceId, done => job.step(deps.db, { cursor: { done }, progress: Math.min(1, done / customers) }))
        await tidy(deps, { id, file })
      },
      ended: settled('undone'),
    },
  }
}

const current = async (db: Db, { subject }: Job): Promise<Import> => {
  const one = await find(db, idOf(subject))
  if (one === null) throw new Fault('import.not_found', { id: idOf(subject) })
  return one
}

const BUSY: readonly State[] = ['checking', 'importing', 'undoing']

/** What becomes of the import when its job ends. */
const settled =
  (whenDone: State): NonNullable<Handler['ended']> =>
  async (tx, subject, { state, error, at }) => {
    const isDone = state === 'done'
    const isLast = isDone && whenDone !== 'checked'
    const one = await find(tx, idOf(subject))
    if (one === null) return
    await change(tx, one.id, BUSY, {
      state: isDone ? whenDone : state,
      error,
      ...((isLast || !isDone) && { finishedAt: at }),
      // What people's rows look like is not kept longer than it is needed.
      ...(isLast && {
        file: null,
        looks: { columns: one.looks.columns.map(column => ({ ...column, samples: [] })), questions: [], preview: [] },
      }),
    })
  }

/** The import has a source of its own and is on its way in. */
async function entered(deps: ImportJobDeps, job: Job, one: Import): Promise<Import & { sourceId: number }> {
  const now = deps.clock.now()
  return deps.db.transaction().execute(async tx => {
    const sourceId = one.sourceId ?? (await createSource(tx, `import.${one.kind}`, one.fileName, now))
    if (one.kind === 'spend') await openLayer(tx, sourceId)
    const changed = await change(tx, one.id, BUSY, { state: 'importing', sourceId, error: null })
    if (changed === null) throw new Fault('import.wrong_state', { state: one.state })
    // Nobody hands over from an old place what a new reading has found.
    const isSameReading = handedOf(job.cursor).run === one.run
    await job.step(
      tx,
      isSameReading ? { isNewPiece: true } : { cursor: { phase: 'in', run: one.run, handed: 0 }, progress: 0, isNewPiece: true },
    )
    if (!isSameReading) job.cursor = { phase: 'in', run: one.run, handed: 0 }
    return { ...changed, sourceId }
  })
}

type Handed = { phase: 'in'; run: number; handed: number }
const handedOf = (cursor: unknown): Partial<Handed> => ((cursor as Partial<Handed>).phase === 'in' ? (cursor as Handed) : {})

/** Hands the events to the inbox; the place to go on is moved in the same transaction. Answers how many there are. */
async function handOver(deps: ImportJobDeps, job: Job, one: Import & { sourceId: number }): Promise<number> {
  const { db, history } = deps
  const total = one.events
  let handed = handedOf(job.cursor).handed ?? 0
  for (;;) {
    while ((await waiting(db)) > INBOX_MAX) {
      await job.pause(WAIT_MS)
      await job.step(db, {})
    }
    const events = await eventsAfter(history, one, handed, BATCH)
    const last = events.at(-1)
    if (last === undefined) return handed
    await db.transaction().execute(async tx => {
      await take(
        deps,
        tx,
        one,
        events.map(({ envelope }) => envelope),
      )
      await job.step(tx, {
        cursor: { phase: 'in', run: one.run, handed: last.seq },
        progress: shareSettled(last.seq, await waiting(tx, one.sourceId), total),
      })
    })
    handed = last.seq
  }
}

/** Spend goes into its layer, everything else to the inbox; of customers only what is not so already. */
async function take(
  deps: ImportJobDeps,
  tx: Db,
  one: Import & { sourceId: number },
  envelopes: readonly Envelope[],
): Promise<void> {
  if (one.kind === 'spend') return addSpend(tx, one.sourceId, envelopes.map(spendOf))
  const isNews = one.kind === 'customers' ? await newsAmong(deps, tx, one, envelopes) : () => true
  await acceptByRules(tx, deps.rules, one.sourceId, envelopes.filter(isNews), deps.clock.now())
}

/** What a file says as of its reading is told only where it changes something; what has its own time is known by its id. */
async function newsAmong({ isTold }: ImportJobDeps, tx: Db, one: Import, envelopes: readonly Envelope[]) {
  const asked = envelopes.filter(({ at }) => at === readAtOf(one))
  const told = await isTold(tx, asked)
  const old = new Set(asked.filter((_, i) => told[i]))
  return (envelope: Envelope) => !old.has(envelope)
}

/** Done means that every event is in the log and every stage knows of it. */
async function settle({ db, clock }: ImportJobDeps, job: Job, one: Import & { sourceId: number }, total: number): Promise<void> {
  for (;;) {
    const left = await waiting(db, one.sourceId)
    await job.step(db, { progress: shareSettled(total, left, total) })
    if (left === 0) break
    await job.pause(WAIT_MS)
  }
  if (one.kind === 'spend') await closeLayer(db, one.sourceId, clock.now())
}

const shareSettled = (handed: number, left: number, total: number): number =>
  total === 0 ? 0 : Math.min(1, Math.max(0, (handed - left) / total))

/** The file and its staging have done their work; the rejected rows stay, to be looked at. */
async function tidy({ history, data }: ImportJobDeps, { id, file }: Pick<Import, 'id' | 'file'>): Promise<void> {
  await dropStaged(history, id, ['import_row', 'import_event'])
  if (file !== null) await forgetUpload(data, file)
}
