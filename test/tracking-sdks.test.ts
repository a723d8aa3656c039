import Rudder from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Fate, roughRoad } from './rough-road.ts'
import { type TrackingServer, trackingServer } from './tracking-server.ts'

let server: TrackingServer
beforeAll(async () => {
  // The SDKs look at the real clock.
  server = await trackingServer(Date.now())
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  server.clock.set(Date.now() + 60_000)
  await sql`delete from customer`.execute(server.db)
  await server.program.history.command('truncate table event')
})

const ROADS: [string, Fate[]][] = [
  ['on a good road', []],
  ['that is turned back with 503', [503, 503]],
  ['that is turned back with 429', [429]],
  ['whose answers are lost', ['answer lost', 'cut', 'answer lost']],
]
const EVERYTHING = ['Aliased', 'Group Joined', 'Identified', 'Order Completed', 'Page Viewed', 'Screen Viewed']

async function expectEverythingOnce() {
  const events = await server.stored()
  expect(events.map(({ name }) => name).sort()).toEqual(EVERYTHING)
  const order = events.find(({ name }) => name === 'Order Completed')
  expect(order).toMatchObject({ order_id: 'o1', currency: 'USD' })
  expect(Number(order?.amount)).toBe(2750)
  return events
}
const ORDER = { order_id: 'o1', total: 27.5, currency: 'USD', products: [{ product_id: 'p1', price: 9.5, quantity: 1 }] }

test.each(ROADS)('@segment/analytics-node %s brings every event exactly once', async (_, fates) => {
  await using road = await roughRoad(server.url, count => fates[count] ?? 'through')
  const analytics = new Analytics({ writeKey: server.writeKey, host: road.url, flushAt: 3 })
  const errors: unknown[] = []
  analytics.on('error', error => errors.push(error))
  const timestamp = new Date('2026-01-02T03:04:05.000Z')
  analytics.identify({ userId: 'u1', traits: { email: 'a@b.example', plan: 'pro' } })
  analytics.track({ userId: 'u1', event: 'Order Completed', properties: ORDER, timestamp })
  analytics.page({ anonymousId: 'an1', category: 'Docs', name: 'Home' })
  analytics.screen({ userId: 'u1', name: 'Main' })
  analytics.group({ userId: 'u1', groupId: 'g1', traits: { name: 'A' } })
  analytics.alias({ userId: 'u1', previousId: 'an1' })
  await analytics.closeAndFlush()
  const events = await expectEverythingOnce()
  expect(errors).toEqual([])
  expect(road.posts).toBeGreaterThanOrEqual(2 + fates.length)
  // Sent now and happened then: no further off than the way took, and the clock of this test is a minute ahead.
  const order = events.find(({ name }) => name === 'Order Completed')
  expect(Math.abs(Number(order?.at) - timestamp.getTime())).toBeLessThan(100_000)
})

test.each(ROADS)('@rudderstack/rudder-sdk-node %s brings every event exactly once', async (_, fates) => {
  await using road = await roughRoad(server.url, count => fates[count] ?? 'through')
  const analytics = new Rudder(server.writeKey, { dataPlaneUrl: road.url, gzip: true, flushAt: 3 })
  const sent = [
    new Promise(done => analytics.identify({ userId: 'u1', traits: { email: 'a@b.example' } }, done as never)),
    new Promise(done => analytics.track({ userId: 'u1', event: 'Order Completed', properties: ORDER }, done as never)),
    new Promise(done => analytics.page({ anonymousId: 'an1', name: 'Home' }, done as never)),
    new Promise(done => analytics.screen({ userId: 'u1', name: 'Main' }, done as never)),
    new Promise(done => analytics.group({ userId: 'u1', groupId: 'g1' }, done as never)),
    new Promise(done => analytics.alias({ userId: 'u1', previousId: 'an1' }, done as never)),
  ]
  expect((await Promise.all(sent)).filter(Boolean)).toEqual([])
  await expectEverythingOnce()
  expect(road.posts).toBeGreaterThan(fates.length)
})
