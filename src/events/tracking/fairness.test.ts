import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { byCommandLine, createKey } from '../../access/index.ts'
import { systemClock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { type TestStores, testStores } from '../../platform/testing.ts'
import { vaultWith } from '../../platform/vault.ts'
import { type Envelope } from '../contract.ts'
import { waiting } from '../index.ts'
import { Intake, type Sender } from './index.ts'

let stores: TestStores
let intake: Intake
beforeAll(async () => {
  stores = await testStores()
  intake = new Intake(stores.db, systemClock, vaultWith('test'))
  // A disk that takes its time: every write to the inbox waits.
  await sql`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.1); return null; end $$`.execute(
    stores.db,
  )
  await sql`create trigger slow after insert on inbox for each statement execute function slow()`.execute(stores.db)
})
afterAll(() => stores[Symbol.asyncDispose]())

const sender = async (name: string): Promise<Sender> =>
  intake.senders.of((await createKey(stores.db, { kind: 'write', name }, byCommandLine(systemClock.now()))).key)
const request = (id: string, events: number): Envelope[] =>
  Array.from({ length: events }, (_, i) => ({
    messageId: `${id}-${i}`,
    identities: [{ kind: 'anonymous', value: id }],
    name: 'Seen',
    at: 1_700_000_000_000,
  }))

test('a key that sends more than can be kept is told to wait, and a quiet one beside it does not notice', async () => {
  const [loud, quiet] = [await sender('Loud'), await sender('Quiet')]
  const [mega, count] = [2 ** 20, 60]
  let answered = 0
  const flood = Array.from({ length: count }, (_, i) =>
    intake.take(loud, { envelopes: request(`loud-${i}`, 500), unusable: [] }, systemClock.now(), mega).then(
      () => {
        answered++
        return 'accepted'
      },
      (error: unknown) => (error instanceof Fault ? `${error.code} ${error.status}` : 'error'),
    ),
  )
  const before: number[] = []
  for (let i = 0; i < 3; i++) {
    const was = answered
    await intake.take(quiet, { envelopes: request(`quiet-${i}`, 1), unusable: [] }, systemClock.now(), 500)
    before.push(answered - was)
  }
  const outcomes = await Promise.all(flood)
  const accepted = outcomes.filter(outcome => outcome === 'accepted').length
  // Alone it may fill half of the room, 32 of 64 MB; the rest is answered so that every SDK sends it again.
  expect(accepted).toBe(32)
  expect(new Set(outcomes)).toEqual(new Set(['accepted', 'tracking.overloaded 503']))
  // Each of the quiet key's requests waited for the group being written and went with the next: never behind all of the loud one's.
  for (const requests of before) expect(requests).toBeLessThanOrEqual(20)
  expect(await waiting(stores.db)).toBe(accepted * 500 + 3)
})
