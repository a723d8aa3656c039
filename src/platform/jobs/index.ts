import { keepLooking } from '../bell.ts'
import { type Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import { type Log } from '../log.ts'
import { type Db } from '../postgres.ts'
import {
  advance,
  attemptsOf,
  type Claimed,
  cancel,
  claim,
  enqueue,
  finish,
  jobsBell,
  release,
  type Standing,
  type Step,
  standings,
} from './store.ts'

export { cancel as cancelJob, enqueue, type Standing, type Step, standings }

/** Tries without getting any further before a job is given up. */
const ATTEMPTS_MAX = 5

/** The job has been cancelled, this process is to stop, or another worker has taken the job over. Thrown by `step`, and to be let through. */
export class Interrupted extends Error {
  override name = 'Interrupted'
  readonly by: 'cancel' | 'stop' | 'takeover'
  constructor(by: 'cancel' | 'stop' | 'takeover') {
    super(`The job was interrupted by ${by}.`)
    this.by = by
  }
}

/** A job while it is being done. */
export type Job = {
  subject: string
  /** Where the last step left it; an empty object at first. */
  cursor: unknown
  signal: AbortSignal
  /**
   * Notes how far the work is, in the transaction that did it. Throws `Interrupted` when the job must not go on, and then
   * nothing of that transaction may stay. A cursor that moved is progress: the count of tries begins anew.
   */
  step(db: Db, step: Step): Promise<void>
  /** Waits without noting anything. */
  pause(ms: number): Promise<void>
}

export type Handler = {
  /** Does the job from its cursor on. Whatever it did after the last step may be done again. */
  run(job: Job): Promise<void>
  /** Settles what belongs to the end of a job, in the transaction that ends it. */
  ended?(
    tx: Db,
    subject: string,
    end: { state: 'done' | 'failed' | 'cancelled'; error: string | null; at: number },
  ): Promise<void>
}
export type Handlers = Readonly<Record<string, Handler>>

export type RunJobs = {
  db: Db
  handlers: Handlers
  /** The id of a living worker: its jobs are free for others when it is gone. */
  owner: string
  clock: Clock
  signal: AbortSignal
  pause: (ms: number) => Promise<void>
  log?: Pick<Log, 'error' | 'info'>
  /** How many jobs this process does side by side, so that a short one need not wait behind a long one. */
  concurrency?: number
}

/** Does jobs until the signal says stop. A job that is interrupted by that is given back and goes on where it was. */
export async function runJobs(options: RunJobs): Promise<void> {
  const loops = Array.from({ length: options.concurrency ?? 2 }, () => keepDoing(options))
  await Promise.all(loops)
}

const keepDoing = (options: RunJobs): Promise<void> => keepLooking(() => doNext(options), jobsBell, options.signal, options.pause)

/** Does the next job that is free. False: there is none. */
export async function doNext(options: RunJobs): Promise<boolean> {
  const { db, handlers, owner, clock } = options
  const claimed = await claim(db, owner, Object.keys(handlers), clock.now())
  const handler = claimed && handlers[claimed.kind]
  if (!handler) return false
  try {
    if (claimed.isCancelled) throw new Interrupted('cancel')
    if (claimed.attempts > ATTEMPTS_MAX) throw new Fault('job.stuck', { tries: ATTEMPTS_MAX })
    await handler.run(jobOf(options, claimed))
    await end(options, claimed, 'done', null)
  } catch (error) {
    await settleTrouble(options, claimed, error)
  }
  return true
}

function jobOf({ owner, clock, signal, pause }: RunJobs, { id, subject, cursor }: Claimed): Job {
  return {
    subject,
    cursor,
    signal,
    pause,
    async step(db, step) {
      const now = await advance(db, id, owner, step, clock.now())
      if (now === null) throw new Interrupted('takeover')
      if (now.isCancelled) throw new Interrupted('cancel')
      if (signal.aborted) throw new Interrupted('stop')
    },
  }
}

async function settleTrouble(options: RunJobs, claimed: Claimed, error: unknown): Promise<void> {
  const { db, owner, clock, log } = options
  if (error instanceof Interrupted && error.by === 'takeover') return
  if (error instanceof Interrupted && error.by === 'cancel') return end(options, claimed, 'cancelled', null)
  const again = (notBefore: number, isTried: boolean, text: string | null) =>
    release(db, claimed.id, owner, { notBefore, isTried, error: text })
  if (options.signal.aborted) return again(clock.now(), false, null)
  // Expected trouble comes again however often one tries.
  if (error instanceof Fault) return end(options, claimed, 'failed', error.message)
  const attempts = await attemptsOf(db, claimed.id)
  const isOver = attempts >= ATTEMPTS_MAX
  log?.error(
    { err: error, job: claimed.kind, subject: claimed.subject },
    isOver ? 'A job is given up' : 'A job failed and will be tried again',
  )
  const message = error instanceof Error ? error.message : String(error)
  if (isOver) return end(options, claimed, 'failed', new Fault('job.failed', { tries: ATTEMPTS_MAX, detail: message }).message)
  return again(clock.now() + 1000 * 2 ** attempts, true, message)
}

async function end(
  { db, handlers, owner, clock }: RunJobs,
  { id, kind, subject }: Claimed,
  state: 'done' | 'failed' | 'cancelled',
  error: string | null,
): Promise<void> {
  const at = clock.now()
  await db.transaction().execute(async tx => {
    if (!(await finish(tx, id, owner, state, error, at))) return
    await handlers[kind]?.ended?.(tx, subject, { state, error, at })
  })
}

/** Seconds that the rest will take at the pace so far; null while that cannot be told. */
export function secondsLeft({ progress, progressFrom, progressSince }: Standing, now: number): number | null {
  const done = progress - progressFrom
  const seconds = (now - progressSince) / 1000
  return done < 0.02 || seconds < 1 ? null : Math.round((seconds / done) * (1 - progress))
}
