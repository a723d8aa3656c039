import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { byCommandLine } from '../access/index.ts'
import { company } from '../company/index.ts'
import { onConsent } from '../consent/index.ts'
import { bulkJobs } from '../customers/bulk/index.ts'
import { onCompanyChanges } from '../customers/companies/index.ts'
import { directory } from '../customers/index.ts'
import { mergingJobs } from '../customers/merging/jobs.ts'
import { Onlooker } from '../events/catalogue/index.ts'
import { runOnlooker } from '../events/catalogue/jobs.ts'
import { importJobs, openSampleShop, runSweep } from '../events/imports/index.ts'
import { Fenced, type Listener, startWorker, stopWorker, undoSource, type Worker } from '../events/index.ts'
import { runLanes } from '../events/jobs.ts'
import { Rulebook } from '../events/rules/index.ts'
import { runForgetting } from '../events/shops/jobs.ts'
import { customerLens, modelJobs, onChanges, runClock } from '../lifecycle/index.ts'
import { runJobs } from '../platform/jobs/index.ts'
import { openVault } from '../platform/vault.ts'
import { observeProducts } from '../products/index.ts'
import { type Program } from './compose.ts'
import { isTold } from './told.ts'

/** Everybody who hears of changes to the log, inside the transaction that settles them. */
export const LISTENERS: readonly Listener[] = [onChanges, onCompanyChanges, observeProducts, onConsent]

/** Settles what comes in, wakes for what is due and does the long jobs, until disposed. Everything it leaves undone is done by the next one. */
export function work(program: Program): AsyncDisposable {
  const stop = new AbortController()
  const running = keepWorking(program, stop.signal)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

async function keepWorking(program: Program, signal: AbortSignal): Promise<void> {
  const { log } = program
  while (!signal.aborted) {
    try {
      await workAsOne(program, signal)
    } catch (error) {
      if (error instanceof Fenced) log.warn('This process was away for so long that others took its work over; it begins anew')
      else log.error({ err: error }, 'The worker stopped and is started again')
      await pause(1_000, signal)
    }
  }
}

/** One worker's life: three loops side by side; when one ends, all do. */
async function workAsOne(program: Program, outer: AbortSignal): Promise<void> {
  const { db, history, clock, home, log } = program
  const id = randomUUID()
  const onlooker = new Onlooker()
  const worker: Worker = await startWorker(db, history, clock, home, id, directory, [...LISTENERS, onlooker.listener])
  const ended = new AbortController()
  const signal = AbortSignal.any([outer, ended.signal])
  const waiting = (ms: number) => pause(ms, signal)
  const onTrouble = (what: string) => (error: unknown) => log.error({ err: error }, what)
  const timeZone = async () => (await company(db)).timeZone
  const handlers = {
    ...importJobs({
      db,
      history,
      clock,
      data: program.data,
      rules: new Rulebook(db, clock, openVault({ secret: program.config.secret, data: program.data })),
      isTold,
      undo: (sourceId, onProgress) => undoSource(worker, sourceId, onProgress),
    }),
    ...mergingJobs(worker),
    ...modelJobs(worker),
    ...bulkJobs({ db, clock, data: program.data, timeZone, lens: customerLens(db, history, clock, timeZone) }),
  }
  try {
    const loops = [
      runLanes(worker, signal, waiting, onTrouble('A batch could not be settled and is tried again')),
      runClock(worker, signal, waiting, onTrouble('The clock could not move customers on and tries again')),
      runOnlooker(onlooker, db, signal, waiting, onTrouble('What the catalogue learnt could not be kept yet')),
      runSweep(program, signal, waiting, onTrouble('Rejected rows of old imports could not be dropped yet')),
      runForgetting(
        { db, clock },
        signal,
        waiting,
        onTrouble('What shops sent long ago could not be forgotten and is tried again'),
      ),
      runJobs({ db, handlers, owner: id, clock, signal, pause: waiting, log }),
    ]
    await Promise.all(loops.map(loop => loop.finally(() => ended.abort())))
  } finally {
    ended.abort()
    await stopWorker(worker)
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {})

/** Fills an installation with the generated sample shop; once. */
export async function loadDemo({ db, history, clock, data }: Program): Promise<void> {
  await openSampleShop({ db, history, clock, data }, byCommandLine(clock.now()))
}
