import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { directory } from '../customers/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { handClock } from '../platform/clock.ts'
import { testStores } from '../platform/testing.ts'
import { accept, createSource, settleNext, startWorker, stopWorker, waiting } from './index.ts'

const seen = (messageId: string) => ({
  messageId,
  identities: [{ kind: 'external' as const, value: 'ann' }],
  name: 'Seen',
  at: NOON,
  properties: {},
})
const NOON = Date.parse('2026-11-22T12:00:00Z')

test('what was written although the answer was lost is taken back before anything else is settled, also when that fails at first', async () => {
  await using stores = await testStores()
  const { db } = stores
  const clock = handClock(NOON)
  let losesAnswers = true
  let awayFor = 3
  const history: History = {
    ...stores.history,
    insert: async (...args) => {
      await stores.history.insert(...args)
      if (losesAnswers) throw new Error('the answer was lost')
    },
    rows: async (sql, params) => {
      if (!/batch in/.test(sql) || awayFor-- <= 0) return stores.history.rows(sql, params)
      throw new Error('the store is away')
    },
  }
  let told = 0
  const worker = await startWorker(db, history, clock, 'test', randomUUID(), directory, [
    async (_batch, changes) => {
      told += changes.flatMap(({ fresh }) => fresh).length
    },
  ])
  const source = await createSource(db, 'tracking', 'shop', NOON)
  await accept(db, source, [seen('a'), seen('b')], NOON)

  await expect(settleNext(worker)).rejects.toThrow('the store is away')
  losesAnswers = false
  await expect(settleNext(worker)).rejects.toThrow('the store is away')
  await expect(settleNext(worker)).rejects.toThrow('the store is away')
  expect(await waiting(db)).toBe(2)
  await settleNext(worker)
  // A worker that was away in between takes nothing back that was settled.
  await stopWorker(worker)
  await stopWorker(await startWorker(db, history, clock, 'test', randomUUID(), directory, []))
  const [log] = await stores.history.rows('select count() as events, uniqExact(id) as ids from event')
  expect([log, told, await waiting(db)]).toEqual([{ events: 2, ids: 2 }, 2, 0])
})

test('what is still being written when its answer is given up is waited for, and taken back', async () => {
  await using stores = await testStores()
  const { db } = stores
  let givesUp = true
  let written = Promise.resolve()
  const history: History = {
    ...stores.history,
    insert: async (...args) => {
      if (!givesUp) return stores.history.insert(...args)
      givesUp = false
      written = stores.history.insert(...args)
      await expect
        .poll(() => stores.history.rows("select 1 from system.processes where query_kind = 'Insert' and query like '%event%'"))
        .not.toEqual([])
      throw new Error('the answer was given up')
    },
  }
  const worker = await startWorker(db, history, handClock(NOON), 'test', randomUUID(), directory, [])
  await accept(db, await createSource(db, 'tracking', 'shop', NOON), [seen('a'), seen('b')], NOON)
  await stores.history.command('alter table event add column slow UInt8 default sleepEachRow(0.4)')

  await expect(settleNext(worker)).rejects.toThrow('the answer was given up')
  await written
  expect(await stores.history.rows('select 1 from event')).toEqual([])
  await settleNext(worker)
  await stopWorker(worker)
  expect(await stores.history.rows('select count() as events, uniqExact(id) as ids from event')).toEqual([{ events: 2, ids: 2 }])
})
