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
  type Locked,
  lock,
  type Owner,
  ownersOf,
  remove,
  reserveIds,
  type SeenTimes,
  traitsOf,
  updateSeen,
  widenSeen,
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
      kinds: await kindsOf(tx, atStake(sightings, owners, heads)),
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

/** Those who could be joined to somebody or be told apart: an event with a single id settles nothing of the kind, and most have no more. */
function atStake(sightings: readonly Sighted[], owners: readonly Owner[], heads: ReadonlyMap<number, Locked>): Locked[] {
  const several = sightings.filter(({ identities, alsoKnownAs }) => identities.length > 1 || alsoKnownAs !== undefined)
  if (several.length === 0) return []
  const headOf = new Map(owners.map(owner => [identityKey(owner), owner.head]))
  const ids = new Set(several.flatMap(namedBy).map(identity => headOf.get(identityKey(identity))))
  return [...heads.values()].filter(({ id }) => ids.has(id))
}

const namedBy = ({ identities, alsoKnownAs = [] }: Sighted) => [...identities, ...alsoKnownAs]

/** Whoever has an id that is named, locked. While we wait for a lock somebody may be joined to somebody else, or taken apart; then we look again. */
async function lockOwners(tx: Db, sightings: readonly Sighted[]) {
  const asked = [...new Map(sightings.flatMap(namedBy).map(identity => [identityKey(identity), identity])).values()]
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const owners = await ownersOf(tx, asked)
    const locked = await lock(tx, [...new Set(owners.map(owner => owner.head))])
    const inFront = new Map(locked.map(one => [one.id, one]))
    if (owners.every(owner => isReadAs(owner, inFront.get(owner.head)))) return { owners, locked }
  }
  throw new Error('Customers are joined and removed quicker than they can be locked; the batch is tried again.')
}

const isReadAs = ({ owner, head }: Owner, locked: Locked | undefined): boolean =>
  locked !== undefined && locked.mergedInto === null && (owner === head || locked.absorbed.includes(owner))

/** Keeps when customers were first and last seen, and their traits, as their events tell. */
async function keepSeen(tx: Db, changes: readonly Change[]): Promise<void> {
  const heard = changes.filter(({ fresh, whole }) => (whole ?? fresh).length > 0)
  const { told = [], seen = [] } = Object.groupBy(heard, change => (tellsTraits(change) ? 'told' : 'seen'))
  if (seen.length > 0) await widenSeen(tx, seen.map(seenFrom))
  if (told.length === 0) return
  const traits = await traitsOf(
    tx,
    told.filter(({ whole }) => whole === null).map(({ customerId }) => customerId),
  )
  await updateSeen(
    tx,
    told.map(change => ({ ...seenFrom(change), ...toldBy(change, traits.get(change.customerId) ?? {}) })),
  )
}

const tellsTraits = ({ fresh, whole }: Change): boolean =>
  whole !== null || fresh.some(({ traits }) => Object.keys(traits).length > 0)

function seenFrom({ customerId, fresh, whole }: Change): SeenTimes {
  const events = whole ?? fresh
  return { id: customerId, firstSeenAt: events[0]?.at ?? 0, lastSeenAt: events.at(-1)?.at ?? 0, isWhole: whole !== null }
}

function toldBy({ fresh, whole }: Change, before: Traits) {
  const traits = foldTraits(whole === null ? before : {}, whole ?? fresh)
  return { traits, name: nameOf(traits), email: emailOf(traits) }
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
