import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { handClock } from '../clock.ts'
import { Fault } from '../fault.ts'
import { type TestStores, testStores } from '../testing.ts'
import { cancelJob, doNext, enqueue, type Handler, type Job, type RunJobs, runJobs, secondsLeft, standings } from './index.ts'

let stores: TestStores
const clock = handClock(Date.parse('2025-01-01T12:00:00Z'))
beforeAll(async () => {
  stores = await testStores()
})
afterAll(() => stores[Symbol.asyncDispose]())
beforeEach(async () => {
  await stores.db.deleteFrom('job').execute()
})

/** A worker that lives until `die`. */
async function worker(handlers: Record<string, Handler>) {
  const id = randomUUID()
  const stop = new AbortController()
  await stores.db
    .insertInto('worker')
    .values({ id, home: id, alive_until: new Date(clock.now() + 15_000) })
    .execute()
  const options: RunJobs = { db: stores.db, handlers, owner: id, clock, signal: stop.signal, pause: async () => {} }
  return { options, stop, next: () => doNext(options), die: () => stores.db.deleteFrom('worker').where('id', '=', id).execute() }
}
const state = async () => (await stores.db.selectFrom('job').selectAll().orderBy('id').execute()).map(job => job.state)
const counting = (upTo: number, seen: number[], stopAt?: { at: number; how: (job: Job) => Promise<void> }): Handler => ({
  async run(job) {
    for (let n = (job.cursor as { n?: number }).n ?? 0; n < upTo; n++) {
      if (n === stopAt?.at) await stopAt.how(job)
      await stores.db.transaction().execute(async tx => {
        await job.step(tx, { cursor: { n: n + 1 }, progress: (n + 1) / upTo })
        seen.push(n)
      })
    }
  },
})

describe('jobs', () => {
  it('never stand in line twice for the same subject', async () => {
    expect(await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())).toBe(true)
    expect(await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())).toBe(false)
    expect(await enqueue(stores.db, { kind: 'count', subject: 'b' }, clock.now())).toBe(true)
    const { next } = await worker({ count: counting(1, []) })
    expect([await next(), await next(), await next()]).toEqual([true, true, false])
    expect(await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())).toBe(true)
  })

  it('go on at their last step with another worker when theirs is gone, and the old one can change nothing any more', async () => {
    const seen: number[] = []
    await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())
    const second = await worker({ count: counting(5, seen) })
    const first = await worker({
      count: counting(5, seen, {
        at: 3,
        how: async () => {
          await first.die()
          expect(await second.next()).toBe(true)
        },
      }),
    })
    await first.next()
    expect(seen).toEqual([0, 1, 2, 3, 4])
    expect(await state()).toEqual(['done'])
  })

  it('are given back when the process stops, without counting as a try', async () => {
    await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())
    for (let i = 0; i < 8; i++) {
      const one = await worker({
        count: {
          run: async job => {
            one.stop.abort()
            await job.step(stores.db, {})
          },
        },
      })
      await runJobs(one.options)
      await one.next()
    }
    expect(await state()).toEqual(['waiting'])
    const { next } = await worker({ count: counting(1, []) })
    await next()
    expect(await state()).toEqual(['done'])
  })

  it('stop at the next step when they are cancelled, and the step leaves nothing', async () => {
    const seen: number[] = []
    const ends: string[] = []
    await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())
    const handler = counting(5, seen, { at: 2, how: async () => void (await cancelJob(stores.db, 'a')) })
    const { next } = await worker({ count: { ...handler, ended: async (_tx, _subject, { state }) => void ends.push(state) } })
    await next()
    expect([seen, ends, await state()]).toEqual([[0, 1], ['cancelled'], ['cancelled']])
  })

  it('are given up with their reason after five tries without getting further', async () => {
    const ends: (string | null)[] = []
    await enqueue(stores.db, { kind: 'bad', subject: 'a' }, clock.now())
    const { next } = await worker({
      bad: {
        run: async () => Promise.reject(new Error('no luck')),
        ended: async (_tx, _subject, { error }) => void ends.push(error),
      },
    })
    for (let tries = 1; tries <= 5; tries++) {
      expect(await next()).toBe(true)
      expect(await next()).toBe(false)
      clock.forward(60_000)
    }
    expect(await next()).toBe(false)
    expect(ends).toEqual(['This was tried 5 times and failed each time: no luck'])
  })

  it('are given up when they take their worker down each time, but not while they get further', async () => {
    await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())
    const seen: number[] = []
    const killedAt = async (at: number) => {
      const one = await worker({
        count: counting(12, seen, {
          at,
          how: async job => {
            await one.die()
            await job.step(stores.db, {})
          },
        }),
      })
      await one.next()
    }
    for (let at = 1; at <= 10; at++) await killedAt(at)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (let i = 0; i < 5; i++) await killedAt(10)
    const last = await worker({ count: counting(12, seen) })
    await last.next()
    expect(await state()).toEqual(['failed'])
  })

  it('fail at once with expected trouble', async () => {
    await enqueue(stores.db, { kind: 'bad', subject: 'a' }, clock.now())
    const { next } = await worker({ bad: { run: async () => Promise.reject(new Fault('import.empty')) } })
    await next()
    expect(await state()).toEqual(['failed'])
  })

  it('tell how long the rest will take from their present pace', async () => {
    await enqueue(stores.db, { kind: 'count', subject: 'a' }, clock.now())
    const { next } = await worker({
      count: {
        run: async job => {
          await job.step(stores.db, { progress: 0.5, isNewPiece: true })
          clock.forward(10_000)
          await job.step(stores.db, { progress: 0.75 })
          const standing = (await standings(stores.db, ['a'])).get('a')
          expect(standing && secondsLeft(standing, clock.now())).toBe(10)
        },
      },
    })
    await next()
    expect(await state()).toEqual(['done'])
  })
})
