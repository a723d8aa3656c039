import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { server as serverOn } from '../src/app/serve.ts'
import { directory } from '../src/customers/index.ts'
import { accept, createSource, type Envelope, settleNext, startWorker, stopWorker } from '../src/events/index.ts'
import { installModels, letTimePass, modelOf, movesOfCustomer, onChanges, standings } from '../src/lifecycle/index.ts'
import { handClock } from '../src/platform/clock.ts'
import { testStores } from '../src/platform/testing.ts'
import { basic, NOON, trackingServer } from './tracking-server.ts'

const DAY = 86_400_000

test('a message again, a hundred times at once, after a restart and forty days later, is one event', {
  timeout: 60_000,
}, async () => {
  await using server = await trackingServer()
  const order = {
    type: 'track',
    event: 'Order Completed',
    userId: 'ann',
    messageId: 'm1',
    properties: { order_id: '1', total: 20 },
  }
  const said = (more: object = {}) => ({ batch: [{ ...order, ...more }], sentAt: new Date(server.clock.now()).toISOString() })
  const sent = await Promise.all(Array.from({ length: 100 }, () => server.post('/v1/batch', said())))
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]))
  const first = await server.stored()
  expect(first).toHaveLength(1)

  // Built anew over the same stores: nothing is remembered but what they hold.
  const restarted = await serverOn(server.program, () => server.url)
  try {
    const again = async (key: string, payload: object) =>
      (await restarted.inject({ method: 'POST', url: '/v1/batch', payload, headers: { authorization: basic(key) } })).statusCode
    expect(await again(server.writeKey, said())).toBe(200)
    expect(await server.stored()).toEqual(first)
    server.clock.forward(40 * DAY)
    // Told at another time and with another key: the id decides.
    expect(await again(server.writeKey, said())).toBe(200)
    expect(await again(server.writeKey, said({ timestamp: new Date(NOON + 39 * DAY).toISOString() }))).toBe(200)
    expect(await again(server.secretKey, { batch: [order, order] })).toBe(200)
    expect(await server.stored()).toEqual(first)
  } finally {
    await restarted.close()
  }
})

test('more than can be kept is refused at once and asked for again; what was answered 200 is there', {
  timeout: 60_000,
}, async () => {
  await using server = await trackingServer()
  const { db } = server
  // Found before the store hangs, as it is after the first second of any day.
  expect((await server.post('/v1/track', { type: 'track', event: 'First', userId: 'u' })).status).toBe(200)
  // Nothing can be appended until this lets go.
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const { promise: isHeld, resolve: nowHeld } = Promise.withResolvers<void>()
  const holding = db.transaction().execute(async tx => {
    await sql`lock table inbox in exclusive mode`.execute(tx)
    nowHeld()
    await held
  })
  await isHeld
  // Several times what may wait, in batches of half a megabyte.
  const note = 'x'.repeat(20_000)
  const statuses: number[] = []
  const send = async (n: number) => {
    const batch = Array.from({ length: 24 }, (_, i) => ({
      ...{ type: 'track', event: 'Much', userId: `u${n}` },
      messageId: `${n}-${i}`,
      properties: { note },
    }))
    const answer = await server.post('/v1/batch', { batch })
    statuses.push(answer.status)
    if (answer.status !== 200) expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    return answer.status === 200 ? batch.map(({ messageId }) => messageId) : []
  }
  const sending = Array.from({ length: 140 }, (_, n) => send(n))
  // Those for whom there is no room hear so while the others still wait.
  await expect.poll(() => statuses.length, { timeout: 20_000 }).toBeGreaterThan(50)
  expect(statuses).not.toContain(200)
  letGo()
  await holding
  const answered = (await Promise.all(sending)).flat()
  await server.settle()
  const [kept] = await server.program.history.rows<{ n: number; ids: number }>(
    "select count() as n, uniqExact(id) as ids from event where name = 'Much'",
  )
  expect(kept?.n).toBe(kept?.ids)
  expect(kept?.n).toBeGreaterThanOrEqual(answered.length)
  expect((await server.post('/v1/track', { type: 'track', event: 'Last', userId: 'u' })).status).toBe(200)
})

/** Instants at which programs have miscounted: before and at the beginning of Unix time, at the ends of 31 and of 32 bits of seconds, beyond. */
const ODD = ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.001Z', '1999-12-31T23:59:59Z', '2000-02-29T12:00:00Z']
const FAR = ['2038-01-19T03:14:08Z', '2106-02-07T06:28:16Z', '2107-03-01T00:00:00Z', '2150-01-01T00:00:00Z']
const END = Date.parse('2110-01-01T00:00:00Z')

const when = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -400, max: 0 }).map(days => NOON + days * DAY) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD, ...FAR).map(text => Date.parse(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }).map(days => NOON + days * DAY) },
)
const happening = fc.record({
  at: when,
  name: fc.constantFrom(
    'Order Completed',
    'Order Completed',
    'Order Updated',
    'Order Refunded',
    'Order Cancelled',
    'Page Viewed',
    'Identified',
  ),
  order: fc.integer({ min: 1, max: 4 }),
  amount: fc.integer({ min: 1, max: 100_000 }),
  currency: fc.constantFrom('EUR', 'USD'),
  /** Where it stands in the line of arrivals, and how far the clock goes on after it, in days. */
  arrives: fc.integer({ min: 0, max: 1_000 }),
  waits: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }) }),
})

test('events of all kinds and of all times, late, early and shuffled, lead where a clean replay leads', {
  timeout: 90_000,
}, async () => {
  await using stores = await testStores()
  const { db, history } = stores
  const clock = handClock(NOON)
  await installModels(db, NOON)
  const worker = await startWorker(db, history, clock, 'test', randomUUID(), directory, [onChanges])
  const source = await createSource(db, 'tracking', 'shop', NOON)
  const settle = async () => {
    while ((await settleNext(worker)) > 0);
    while ((await letTimePass(worker)) > 0);
  }
  const model = await modelOf(db)
  const led = async (name: string) => {
    const { customer_id: id } = await db
      .selectFrom('identity')
      .select('customer_id')
      .where('value', '=', name)
      .executeTakeFirstOrThrow()
    const standing = (await standings(db, history, model, [id], null)).get(id)
    const moves = (await movesOfCustomer(history, model, id)).map(({ at, from, to, because }) => [at, from, to, because])
    return { stage: standing?.stage, since: standing?.since, next: standing?.nextChangeAt, facts: standing?.facts, moves }
  }
  // One run for many customers: they all live through the same clock.
  const { seed = Date.now() % 2 ** 31 } = fc.readConfigureGlobal()
  const lives = fc.sample(fc.array(happening, { minLength: 2, maxLength: 14 }), {
    numRuns: 25,
    seed,
  })
  const eventsOf = (name: string, life: (typeof lives)[number]): Envelope[] =>
    life.map(({ at, name: what, order, amount, currency }, i) => ({
      messageId: `${name}-${i}`,
      identities: [{ kind: 'external', value: name }],
      name: what,
      // No two at once: which of them counts first would be for the arrival to say.
      at: at + i,
      ...(what.startsWith('Order') && { orderId: `${order}`, amount, currency }),
    }))
  const arrivals = lives
    .flatMap((life, n) =>
      eventsOf(`late-${n}`, life).map((event, i) => ({ event, arrives: life[i]?.arrives ?? 0, waits: life[i]?.waits ?? 0 })),
    )
    .sort((a, b) => a.arrives - b.arrives)
  for (let i = 0; i < arrivals.length; i += 12) {
    const group = arrivals.slice(i, i + 12)
    await accept(
      db,
      source,
      group.map(({ event }) => event),
      clock.now(),
    )
    await settle()
    clock.forward(Math.max(...group.map(({ waits }) => waits)) * DAY)
  }
  clock.set(END)
  await settle()
  const clean = lives.flatMap((life, n) => eventsOf(`clean-${n}`, life)).sort((a, b) => a.at - b.at)
  await accept(db, source, clean, clock.now())
  await settle()
  for (const [n, life] of lives.entries())
    expect([seed, life, await led(`late-${n}`)]).toEqual([seed, life, await led(`clean-${n}`)])
  await stopWorker(worker)
})
