import { type Identity } from '../events/contract.ts'

export type Sighting = { identities: readonly Identity[]; at: number }
export type NewCustomer = { id: number; at: number }
export type NewIdentity = Identity & { customerId: number }
export type Resolution = { ids: number[]; customers: NewCustomer[]; identities: NewIdentity[] }

export const identityKey = (identity: Identity): string => `${identity.kind}:${identity.value}`

const STRENGTH = { external: 0, email: 1, phone: 2, anonymous: 3 } as const

/**
 * Whom each sighting is about. The strongest known id decides. An external id that nobody has yet is someone new, unless a weaker id
 * of the sighting belongs to a customer who has no external id so far: then it is theirs. Ids that nobody has join the customer found.
 * `known` and `withExternal` say what is already so; `newId` gives the next free customer id.
 */
export function resolve(
  sightings: readonly Sighting[],
  known: ReadonlyMap<string, number>,
  withExternal: ReadonlySet<number>,
  newId: () => number,
): Resolution {
  const owner = new Map(known)
  const hasExternal = new Set(withExternal)
  const customers: NewCustomer[] = []
  const identities: NewIdentity[] = []

  const ids = sightings.map(({ identities: unsorted, at }) => {
    const given = [...unsorted].sort((a, b) => STRENGTH[a.kind] - STRENGTH[b.kind])
    const isNewExternal = given[0]?.kind === 'external' && !owner.has(identityKey(given[0]))
    const candidates = given.map(identity => owner.get(identityKey(identity))).filter(id => id !== undefined)
    const found = candidates.find(id => !isNewExternal || !hasExternal.has(id))
    const customerId = found ?? newId()
    if (found === undefined) customers.push({ id: customerId, at })
    for (const identity of given) {
      const key = identityKey(identity)
      const contradicts = identity.kind === 'external' && hasExternal.has(customerId)
      if (owner.has(key) || contradicts) continue
      owner.set(key, customerId)
      if (identity.kind === 'external') hasExternal.add(customerId)
      identities.push({ ...identity, customerId })
    }
    return customerId
  })
  return { ids, customers, identities }
}
