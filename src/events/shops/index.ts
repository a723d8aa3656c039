import { createHash } from 'node:crypto'
import { type Act, audit } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { secretToken } from '../../platform/ids.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Vault } from '../../platform/vault.ts'
import { createSource, waiting } from '../index.ts'
import { type Rulebook } from '../rules/index.ts'
import { BODY_DAYS, type NewShop, type Replayed, type ReplayWish, type ShopChange } from './contract.ts'
import { Gate } from './gate.ts'
import { settingOf, takeIn } from './index.take-in.ts'
import { idIn } from './mapped.ts'
import { deliveryIdOf, type Headers, isPing, topicOf } from './signature.ts'
import * as store from './store.ts'
import { type Connection } from './store.ts'
import { parsed } from './understand.ts'
import { refusalOf } from './verify.ts'

export { openedDelivery, previewOf } from './index.look.ts'
export { deliveries, shopView, shopViews } from './index.view.ts'

export type Shops = { db: Db; clock: Clock; vault: Vault; rules: Rulebook }

// As in the tracking API: more than the workers empty in ten seconds.
const BACKLOG_MAX = 200_000
const KEY_CHARS_MAX = 300
/**
 * Each delivery holds a connection to the database while it is taken in, and those that are the same wait for each other. The pool has more than these, so that
 * none of them ever waits for one that all the others hold. A shop's answer may take five seconds; so many are done in less.
 */
const gate = new Gate(6, 1_000)

/**
 * Takes a request in that a shop sent. When it answers, the delivery and what came of it are on disk, once, however often it is sent.
 * Throws `shop.refused` for what is not signed as it should be: of that nothing is kept, it is only counted.
 */
export async function receive(shops: Shops, address: string, raw: Buffer, headers: Headers): Promise<void> {
  if (gate.isFull) throw new Fault('shop.overloaded')
  await gate.pass(() => receiveNext(shops, address, raw, headers))
}

async function receiveNext(shops: Shops, address: string, raw: Buffer, headers: Headers): Promise<void> {
  const { db, clock, vault, rules } = shops
  const connection = await store.byAddress(db, address)
  if (connection === null) throw new Fault('shop.not_found')
  if (connection.removed_at !== null) throw new Fault('shop.ended')
  const now = clock.now()
  if (isPing(connection.kind, raw.subarray(0, 100).toString())) {
    await store.change(db, connection.id, { pinged_at: new Date(now) })
    return
  }
  const secret = connection.secret === null ? null : vault.open(connection.secret, connection.address)
  const refusal = refusalOf(connection.kind, connection.proof, secret, raw, headers, now)
  if (refusal !== null) {
    await store.refuse(db, connection.id, refusal, now)
    throw new Fault('shop.refused', { why: t(`shops:refused.${refusal}`) })
  }
  if ((await waiting(db)) >= BACKLOG_MAX) throw new Fault('shop.overloaded')
  const { topic, key } = matterOf(connection, raw, headers)
  const arrived = { connectionId: connection.id, key, topic, at: now, body: raw }
  try {
    await db.transaction().execute(async tx => {
      const id = await store.keep(tx, arrived)
      if (id === null) return
      const delivery = { id, topic, key, received_at: new Date(now), body: raw }
      await takeIn(tx, rules, connection, delivery, await settingOf(tx, connection, delivery), now)
    })
  } catch (error) {
    if (!isData(error)) throw error
    await db.transaction().execute(async tx => {
      const id = await store.keep(tx, arrived)
      if (id !== null)
        await store.settle(tx, id, {
          result: 'not_understood',
          reason: 'refused_by_store',
          field: null,
          events: 0,
          orderKey: null,
        })
    })
  }
}

/** Class 22 of SQLSTATE: a value that cannot be stored, today or later. Sent again, it would be no other. */
const isData = (error: unknown): boolean => /^22/.test(String((error as { code?: unknown } | null)?.code ?? ''))

/** What a delivery is about, and what makes it the same one again. */
function matterOf(connection: Connection, raw: Buffer, headers: Headers): { topic: string; key: string } {
  const { kind, mapping } = connection
  const said = topicOf(kind, headers)
  const named = deliveryIdOf(kind, headers, mapping?.idHeader ?? null)
  // One act in a Shopify shop has one id in all the topics that it concerns.
  if (named !== null) return { topic: said, key: keyOf(kind === 'shopify' ? `${said}:${named}` : named) }
  const inside = kind === 'stripe' || kind === 'generic' ? insideOf(connection, raw) : { topic: said, id: null }
  return { topic: inside.topic, key: inside.id === null ? hashOf(raw) : keyOf(inside.id) }
}

function insideOf({ kind, mapping }: Connection, raw: Buffer): { topic: string; id: string | null } {
  let body: unknown
  try {
    body = parsed(raw.toString())
  } catch {
    return { topic: '', id: null }
  }
  if (kind === 'generic') return { topic: '', id: mapping === null ? null : idIn(mapping, body) }
  const { id, type } = (body ?? {}) as { id?: unknown; type?: unknown }
  return { topic: typeof type === 'string' ? type.slice(0, 200) : '', id: typeof id === 'string' ? id : null }
}

const keyOf = (id: string): string =>
  id.length <= KEY_CHARS_MAX && !id.includes('\0') && id.isWellFormed() ? id : hashOf(Buffer.from(id))
const hashOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

// Connections

/** Opens an address for a shop. Nothing is taken that is not signed with the secret, which some shops only tell when they know the address; only a generic one may do without. */
export async function connect({ db, vault }: Shops, wanted: NewShop, act: Act): Promise<number> {
  const isGeneric = wanted.kind === 'generic'
  const proof = isGeneric ? (wanted.proof ?? { by: 'none' as const }) : null
  const address = secretToken(18)
  return db.transaction().execute(async tx => {
    const created_at = new Date(act.at)
    const source_id = await createSource(tx, 'shop', wanted.name, act.at)
    const secret = wanted.secret === undefined ? null : vault.seal(wanted.secret, address)
    const mapping = isGeneric ? (wanted.mapping ?? null) : null
    const { kind, name, takesTests: takes_tests } = wanted
    const row = await store.add(tx, { address, kind, name, source_id, secret, proof, mapping, takes_tests, created_at })
    await audit(tx, act, 'shop.connected', name, { id: String(row.id), kind })
    return row.id
  })
}

/** Changes what is given. Safe to repeat. */
export async function changeShop({ db, vault }: Shops, id: number, wanted: ShopChange, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const row = await found(store.held(tx, id))
    const proof = row.kind === 'generic' ? wanted.proof : undefined
    await store.change(tx, id, {
      ...(wanted.name !== undefined && { name: wanted.name }),
      ...(wanted.secret !== undefined && { secret: vault.seal(wanted.secret, row.address) }),
      ...(wanted.takesTests !== undefined && { takes_tests: wanted.takesTests }),
      ...(wanted.isOn !== undefined && { is_on: wanted.isOn }),
      ...(proof !== undefined && { proof }),
      ...(wanted.mapping !== undefined && row.kind === 'generic' && { mapping: wanted.mapping }),
    })
    // Never the secret, and only the names of what else was changed.
    await audit(tx, act, 'shop.changed', row.name, { id: String(id), changed: Object.keys(wanted) })
  })
}

/** Closes the address for good and forgets the secret and everything that was sent; the events stay in the log. */
export async function disconnect({ db }: Shops, id: number, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const row = await found(store.held(tx, id))
    await store.change(tx, id, { secret: null, is_on: false, removed_at: new Date(act.at) })
    await store.empty(tx, id)
    await audit(tx, act, 'shop.removed', row.name, { id: String(id), kind: row.kind })
  })
}

export async function found(looked: Promise<Connection | null>): Promise<Connection> {
  const row = await looked
  if (row === null) throw new Fault('shop.not_found')
  return row
}

const REPLAYED_AT_ONCE = 200

/** Reads kept deliveries again, as the connection is now, as if they had come then. What the log has already stays as it is. */
export async function replay({ db, rules }: Shops, id: number, { ids, result, after }: ReplayWish, act: Act): Promise<Replayed> {
  const connection = await found(store.byId(db, id))
  const wish = { ...(ids && { ids: ids.map(Number) }), ...(result && { result }), after: Number(after ?? 0) }
  const kept = await store.chosen(db, id, wish, REPLAYED_AT_ONCE)
  if (ids?.length === 1 && kept.length === 0) throw new Fault('shop.delivery_not_found')
  if (ids?.length === 1 && kept[0]?.body === null) throw new Fault('shop.body_forgotten')
  let accepted = 0
  let forgotten = 0
  for (const one of kept) {
    const { body } = one
    if (body === null) forgotten++
    else
      await db.transaction().execute(async tx => {
        const setting = await settingOf(tx, connection, one)
        const { result } = await takeIn(tx, rules, { ...connection, is_on: true }, { ...one, body }, setting, act.at)
        if (result === 'accepted') accepted++
      })
  }
  if (kept.length > forgotten)
    await audit(db, act, 'shop.replayed', connection.name, { id: String(id), deliveries: kept.length - forgotten })
  const last = kept.at(-1)
  const next = kept.length === REPLAYED_AT_ONCE && last !== undefined ? String(last.id) : null
  return { replayed: kept.length - forgotten, accepted, forgotten, next }
}

const DAY_MS = 86_400_000
/** Forgets what was sent longer ago than it is kept. Safe to repeat. */
export async function forgetOld({ db, clock }: Pick<Shops, 'db' | 'clock'>): Promise<void> {
  while ((await store.forget(db, clock.now() - BODY_DAYS * DAY_MS, 1_000)) > 0);
}
