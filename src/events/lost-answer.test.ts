import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { directory } from '../customers/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { handClock } from '../platform/clock.ts'
import { testStores } from '../platform/testing.ts'
import { accept, createSource, settleNext, startWorker, stopWorker, waiting } from './index.ts'

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
  const seen = (messageId: string) => ({
    messageId,
    identities: [{ kind: 'external' as const, value: 'ann' }],
    name: 'Seen',
    at: NOON,
    properties: {},
  })
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
