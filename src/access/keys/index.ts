import { Fault } from '../../platform/fault.ts'
import { secretToken } from '../../platform/ids.ts'
import { type Db } from '../../platform/postgres.ts'
import { digest } from '../../platform/secrets.ts'
import { type Act, audit } from '../audit/index.ts'
import { type Capability, type CreatedKey, type KeyView, type NewKey, type Role } from '../contract.ts'
import { type Caller } from '../policies.ts'
import { type Capabilities, capabilitiesOfKey } from '../roles.ts'
import * as store from './store.ts'

const BEGINNING = { write: 'pk_', secret: 'sk_' } as const
const TOUCH_MS = 60_000

/** Makes a key. The whole of it is in the answer and nowhere else. `within`: the maker's own capabilities, which the key may not exceed. */
export async function createKey(db: Db, wanted: NewKey, act: Act, within?: Capabilities): Promise<CreatedKey> {
  const role = wanted.kind === 'secret' ? wanted.role : null
  if (within && !isWithin(capabilitiesOfKey(role), within)) throw new Fault('access.above_your_role')
  const key = BEGINNING[wanted.kind] + secretToken()
  return db.transaction().execute(async tx => {
    const row = await store.add(tx, {
      kind: wanted.kind,
      name: wanted.name,
      role,
      token_hash: digest(key),
      shown: `${key.slice(0, 7)}…${key.slice(-4)}`,
      created_at: new Date(act.at),
    })
    await audit(tx, act, 'key.created', row.name, { id: String(row.id), kind: wanted.kind, role })
    return { ...viewOf(row), key }
  })
}

/** Ends a key at once. Safe to repeat. */
export async function revokeKey(db: Db, id: number, act: Act): Promise<KeyView> {
  return db.transaction().execute(async tx => {
    const { row, isNew } = await store.revoke(tx, id, new Date(act.at))
    if (!row) throw new Fault('access.key_not_found', { key: id })
    if (isNew) await audit(tx, act, 'key.revoked', row.name, { id: String(row.id), kind: row.kind })
    return viewOf(row)
  })
}

export async function listKeys(db: Db, before: number | null, limit: number): Promise<KeyView[]> {
  return (await store.page(db, before, limit)).map(viewOf)
}

/** Whose key this is; null when it is unknown or revoked. */
export async function callerWithKey(db: Db, key: string, at: number): Promise<Caller | null> {
  const row = await store.byHash(db, digest(key))
  if (!row || row.revoked_at) return null
  if (!row.last_used_at || at - row.last_used_at.getTime() >= TOUCH_MS) await store.touch(db, row.id, new Date(at))
  const role = row.role as Role | null
  return { kind: 'key', id: row.id, label: row.name, capabilities: capabilitiesOfKey(role), sessionId: null }
}

/** Which of these keys still open anything. */
export const keysInUse = (db: Db, ids: readonly number[]): Promise<Set<number>> => store.inUse(db, ids)

const isWithin = (wanted: Iterable<Capability>, within: Capabilities): boolean =>
  [...wanted].every(capability => within.has(capability))

type Row = NonNullable<Awaited<ReturnType<typeof store.byHash>>>
const viewOf = (row: Row): KeyView => ({
  id: String(row.id),
  kind: row.kind as KeyView['kind'],
  name: row.name,
  role: row.role as Role | null,
  shown: row.shown,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
})
