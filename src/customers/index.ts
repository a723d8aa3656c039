import { type Change, type Directory } from '../events/index.ts'
import { Fault } from '../platform/fault.ts'
import { type Db } from '../platform/postgres.ts'
import { identityKey, resolve, type Sighting } from './resolve.ts'
import {
  idWith,
  insertCustomers,
  insertIdentities,
  lock,
  ownersOf,
  records,
  remove,
  reserveIds,
  type Seen,
  updateSeen,
  withExternalId,
} from './store.ts'
import { emailOf, foldTraits, nameOf, type Traits } from './traits.ts'

export type { Glance, Lens } from './lens.ts'

/**
 * Whom each sighting is about, in their order; makes the customers that are new. Every customer concerned is locked until the transaction ends.
 * `lastSeenAt` has the time of the newest event in the log for each of them that was known before.
 */
async function resolveCustomers(
  tx: Db,
  sightings: readonly Sighting[],
  now: number,
): Promise<{ ids: number[]; lastSeenAt: Map<number, number> }> {
  const asked = [...new Map(sightings.flatMap(one => one.identities).map(identity => [identityKey(identity), identity])).values()]
  const owners = await ownersOf(tx, asked)
  const knownIds = [...new Set(owners.map(owner => owner.customer_id))]
  const locked = await lock(tx, knownIds)
  const known = new Map(owners.map(owner => [`${owner.kind}:${owner.value}`, owner.customer_id]))
  const withExternal = await withExternalId(tx, knownIds)

  // Ids are dealt out while deciding; how many it takes is known only afterwards.
  let dealt = 0
  const draft = resolve(sightings, known, withExternal, () => -++dealt)
  const fresh = dealt === 0 ? [] : await reserveIds(tx, dealt)
  const real = (id: number) => (id > 0 ? id : (fresh[-id - 1] ?? 0))
  if (dealt > 0)
    await insertCustomers(
      tx,
      draft.customers.map(customer => ({ ...customer, id: real(customer.id) })),
      now,
    )
  if (draft.identities.length > 0)
    await insertIdentities(
      tx,
      draft.identities.map(one => ({ ...one, customerId: real(one.customerId) })),
    )
  return { ids: draft.ids.map(real), lastSeenAt: new Map(locked.map(customer => [customer.id, customer.lastSeenAt])) }
}

/** Keeps when customers were first and last seen, and their traits, as their events tell. */
async function keepSeen(tx: Db, changes: readonly Change[]): Promise<void> {
  const rows = await lock(
    tx,
    changes.map(change => change.customerId),
  )
  const traits = new Map(rows.map(row => [row.id, row.traits]))
  const seen = changes.flatMap(change => seenFrom(change, traits.get(change.customerId) ?? {}))
  if (seen.length > 0) await updateSeen(tx, seen)
}

function seenFrom({ customerId, fresh, whole }: Change, before: Traits): Seen[] {
  const events = whole ?? fresh
  const [first, last] = [events[0], events.at(-1)]
  if (first === undefined || last === undefined) return []
  const traits = foldTraits(whole === null ? before : {}, events)
  return [
    {
      id: customerId,
      firstSeenAt: first.at,
      lastSeenAt: last.at,
      isWhole: whole !== null,
      traits,
      name: nameOf(traits),
      email: emailOf(traits),
    },
  ]
}

/** Who is who, for the log: the implementation of what events ask for. */
export const directory: Directory = {
  resolve: resolveCustomers,
  lock: async (tx, customerIds) => void (await lock(tx, customerIds)),
  keepSeen,
  remove: async (tx, customerIds) => {
    if (customerIds.length > 0) await remove(tx, customerIds)
  },
}

const PERSONAL_KINDS = new Set(['email', 'phone'])

/**
 * The id of a customer from how an address names them: `123`, `external:A-17`, `email:ann@example.com`; else `customer.not_found`.
 * `mayContact`: whether who asks may see contact details; without, an email or phone finds nobody, so that nobody can try them out.
 */
export async function customerIdOf(db: Db, name: string, mayContact: boolean): Promise<number> {
  const [, kind, value] = /^(external|email|phone|anonymous):(.+)$/s.exec(name) ?? []
  const id = kind === undefined || value === undefined ? idFrom(name) : await idNamed(db, kind, value, mayContact)
  if (id !== null && (await records(db, [id])).has(id)) return id
  throw new Fault('customer.not_found', { customer: name })
}

const idFrom = (name: string): number | null => (/^\d{1,15}$/.test(name) ? Number(name) : null)

async function idNamed(db: Db, kind: string, value: string, mayContact: boolean): Promise<number | null> {
  // Postgres text cannot hold U+0000, so nobody is called that.
  if ((PERSONAL_KINDS.has(kind) && !mayContact) || value.includes('\0')) return null
  return idWith(db, kind, kind === 'email' ? value.toLowerCase() : value)
}
