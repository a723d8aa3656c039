import { type Change, type Directory, type Found, type Sighted } from '../events/index.ts'
import { Fault } from '../platform/fault.ts'
import { type Db } from '../platform/postgres.ts'
import { leaveCompanies } from './companies/index.ts'
import { apartAmong, keepDoubts, keepJoinings } from './merging/store.ts'
import { identityKey, resolve } from './resolve.ts'
import {
  headOf,
  idWith,
  insertCustomers,
  insertIdentities,
  kindsOf,
  lock,
  ownersOf,
  remove,
  reserveIds,
  type Seen,
  updateSeen,
} from './store.ts'
import { emailOf, foldTraits, nameOf, type Traits } from './traits.ts'

export type { Glance, Lens } from './lens.ts'

const TRIES_MAX = 5

/**
 * Whom each sighting is about; makes the customers that are new, and joins those who turn out to be one.
 * Every customer concerned is locked until the transaction ends.
 */
async function resolveCustomers(tx: Db, sightings: readonly Sighted[], now: number): Promise<Found> {
  const { owners, locked } = await lockOwners(tx, sightings)
  const heads = new Map(locked.map(one => [one.id, one]))

  // Ids are dealt out while deciding; how many it takes is known only afterwards.
  let dealt = 0
  const draft = resolve(
    sightings,
    {
      owners: new Map(owners.map(owner => [identityKey(owner), owner.owner])),
      heads: new Map(owners.map(({ owner, head }) => [owner, head])),
      kinds: await kindsOf(tx, locked),
      absorbed: new Map(locked.map(({ id, absorbed }) => [id, absorbed.length])),
      apart: await apartAmong(tx, locked),
    },
    () => -++dealt,
  )
  const reserved = dealt === 0 ? [] : await reserveIds(tx, dealt)
  const real = (id: number) => (id > 0 ? id : (reserved[-id - 1] ?? 0))
  const fresh = draft.fresh.map(customer => ({ ...customer, id: real(customer.id) }))
  if (fresh.length > 0) await insertCustomers(tx, fresh, now)
  const identities = draft.identities.map(one => ({ ...one, customerId: real(one.customerId) }))
  if (identities.length > 0) await insertIdentities(tx, identities)
  const joinings = draft.joinings.map(one => ({ ...one, winner: real(one.winner), loser: real(one.loser) }))
  const { groups, joined } = await keepJoinings(tx, joinings, heads)
  await keepDoubts(
    tx,
    draft.doubts.map(one => ({ ...one, a: real(one.a), b: real(one.b) })),
  )
  return {
    personas: draft.personas.map(real),
    customers: draft.customers.map(real),
    lastSeenAt: new Map(locked.map(({ id, lastSeenAt }) => [id, lastSeenAt])),
    groups,
    joined,
  }
}

/** Whoever has an id that is named, locked. While we wait for a lock somebody may be joined to somebody else; then we look again. */
async function lockOwners(tx: Db, sightings: readonly Sighted[]) {
  const named = sightings.flatMap(({ identities, alsoKnownAs }) => [...identities, ...(alsoKnownAs ?? [])])
  const asked = [...new Map(named.map(identity => [identityKey(identity), identity])).values()]
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const owners = await ownersOf(tx, asked)
    const heads = new Set(owners.map(owner => owner.head))
    const locked = await lock(tx, [...heads])
    if (locked.length === heads.size && locked.every(one => one.mergedInto === null)) return { owners, locked }
  }
  throw new Error('Customers are joined and removed quicker than they can be locked; the batch is tried again.')
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
    if (customerIds.length === 0) return
    await leaveCompanies(tx, customerIds)
    await remove(tx, customerIds)
  },
}

const PERSONAL_KINDS = new Set(['email', 'phone'])

/**
 * The id of a customer from how an address names them: `123`, `external:A-17`, `email:ann@example.com`; else `customer.not_found`.
 * `mayContact`: whether who asks may see contact details; without, an email or phone finds nobody, so that nobody can try them out.
 */
export async function customerIdOf(db: Db, name: string, mayContact: boolean): Promise<number> {
  const [, kind, value] = /^(external|email|phone|anonymous):(.+)$/s.exec(name) ?? []
  const own = idFrom(name)
  const found = await (kind === undefined || value === undefined
    ? own === null
      ? null
      : headOf(db, own)
    : idNamed(db, kind, value, mayContact))
  if (found !== null) return found
  throw new Fault('customer.not_found', { customer: name })
}

const idFrom = (name: string): number | null => (/^\d{1,15}$/.test(name) ? Number(name) : null)

async function idNamed(db: Db, kind: string, value: string, mayContact: boolean): Promise<number | null> {
  // Postgres text cannot hold U+0000, so nobody is called that.
  if ((PERSONAL_KINDS.has(kind) && !mayContact) || value.includes('\0')) return null
  return idWith(db, kind, kind === 'email' ? value.toLowerCase() : value)
}
