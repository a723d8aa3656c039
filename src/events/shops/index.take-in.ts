import { company } from '../../company/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Envelope } from '../contract.ts'
import { acceptByRules, type Rulebook } from '../rules/index.ts'
import { hear, UNHEARD } from './memory.ts'
import * as store from './store.ts'
import { type Connection, type Kept, type Outcome } from './store.ts'
import { understand } from './understand.ts'
import { type OrderWord, type Setting, Unclear, type Word } from './words.ts'

export const settingOf = async (
  db: Db,
  { id, takes_tests }: Connection,
  { key, received_at }: Pick<Kept, 'key' | 'received_at'>,
): Promise<Setting> => ({
  connectionId: id,
  receivedAt: received_at.getTime(),
  currency: (await company(db)).currency,
  takesTests: takes_tests,
  key,
})

/** Reads a delivery that is kept, hands in what it says, and notes what became of it; all in one transaction. Safe to repeat: what is known already adds nothing. */
export async function takeIn(
  tx: Db,
  rules: Rulebook,
  connection: Connection,
  delivery: Kept & { body: Buffer },
  setting: Setting,
  now: number,
): Promise<Outcome> {
  const outcome = await read(tx, rules, connection, delivery, setting, now)
  await store.settle(tx, delivery.id, outcome)
  return outcome
}

const nothing = (result: Outcome['result'], reason: string | null, field: string | null = null): Outcome => ({
  result,
  reason,
  field,
  events: 0,
  orderKey: null,
})

async function read(
  tx: Db,
  rules: Rulebook,
  connection: Connection,
  delivery: Kept & { body: Buffer },
  setting: Setting,
  now: number,
): Promise<Outcome> {
  if (!connection.is_on) return nothing('held', 'off')
  if (connection.kind === 'generic' && connection.mapping === null) return nothing('held', 'no_mapping')
  try {
    const heard = understand(connection.kind, connection.mapping, delivery.topic, delivery.body.toString(), setting)
    switch (heard.is) {
      case 'test':
        return nothing('test', 'test')
      case 'unused':
        return nothing('not_used', heard.because)
      case 'ended':
        await store.change(tx, connection.id, { ended_at: new Date(now) })
        return nothing('not_used', 'ended')
      case 'words':
        if (connection.ended_at !== null) await store.change(tx, connection.id, { ended_at: null })
        return await handIn(tx, rules, connection, heard.words, now)
    }
  } catch (error) {
    if (error instanceof Unclear) return nothing('not_understood', error.reason, error.field)
    throw error
  }
}

async function handIn(tx: Db, rules: Rulebook, connection: Connection, words: readonly Word[], now: number): Promise<Outcome> {
  const envelopes: Envelope[] = []
  for (const word of words)
    if (word.is === 'event') envelopes.push({ messageId: `shop:${connection.id}:event:${word.id}`, ...word.envelope })
    else {
      const told = await hearOrder(tx, rules, connection, word, now)
      if (told === null) return { ...nothing('waiting', 'whose'), orderKey: word.key }
      envelopes.push(...told)
    }
  await acceptByRules(tx, rules, connection.source_id, envelopes, now)
  if (envelopes.length > 0) return { ...nothing('accepted', null), events: envelopes.length }
  const isUnpaid = words.some(word => word.is === 'order' && word.placedAt === null && word.cancelledAt === null)
  return nothing('not_used', isUnpaid ? 'unpaid' : 'nothing')
}

/** What a word on an order adds to the log; null: it is not known yet whose order it is. When that becomes known, what has waited for it is read again. */
async function hearOrder(
  tx: Db,
  rules: Rulebook,
  connection: Connection,
  word: OrderWord,
  now: number,
): Promise<Envelope[] | null> {
  const before = await store.remembered(tx, connection.id, word.key, UNHEARD)
  const { memory, envelopes, waits } = hear(before, word)
  await store.remember(tx, connection.id, word.key, memory)
  if (waits) return null
  const wasUnknown = before.orderId === null || before.identities.length === 0
  if (wasUnknown)
    for (const { body, ...waiting } of await store.waitingFor(tx, connection.id, word.key))
      if (body !== null) {
        const setting = await settingOf(tx, connection, waiting)
        await takeIn(tx, rules, connection, { ...waiting, body }, setting, now)
      }
  return envelopes.map(({ id, ...envelope }) => ({ messageId: `shop:${connection.id}:order:${word.key}:${id}`, ...envelope }))
}
