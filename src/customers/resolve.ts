import { type Identity } from '../events/contract.ts'

export type Sighting = {
  identities: readonly Identity[]
  /** Ids that the sender, who is believed, says are of the same person. */
  alsoKnownAs?: readonly Identity[] | undefined
  at: number
  messageId?: string
}
export type NewCustomer = { id: number; at: number }
export type NewIdentity = Identity & { customerId: number }

/** Customers who turned out to be one: from now on `loser` is read as `winner`. */
export type Joining = {
  winner: number
  loser: number
  because: 'same_event' | 'alias'
  by: Identity
  at: number
  messageId: string | null
}
/** Two who may be one, and why they were not joined. */
export type Doubt = { a: number; b: number; reason: 'shared_id' | 'too_many' | 'apart'; by: Identity; at: number }

/** What is known before: who has which id, who has been joined, and what those joined have in common. */
export type Known = {
  /** The customer that an id was first given to, by `identityKey`. */
  owners: ReadonlyMap<string, number>
  /** Whom each of these owners is read as; themselves when missing. */
  heads: ReadonlyMap<number, number>
  /** Kinds of ids that all who are read as one have together, without anonymous ones. */
  kinds: ReadonlyMap<number, ReadonlySet<string>>
  /** How many are read as this one, beside themselves. */
  absorbed: ReadonlyMap<number, number>
  /** Those that a colleague took apart, as they are read now. They are never joined again without one. */
  apart: readonly (readonly [number, number])[]
}

export type Resolution = {
  /** Whose each sighting is, in their order: the customer that it was taken for, … */
  personas: number[]
  /** … and whom that one is read as after all of them. */
  customers: number[]
  fresh: NewCustomer[]
  identities: NewIdentity[]
  joinings: Joining[]
  doubts: Doubt[]
}

export const identityKey = (identity: Identity): string => `${identity.kind}:${identity.value}`

/** Devices, carts and old accounts of one person; more is a shop's till, a robot, or a mistake in a sender. */
export const ABSORBED_MAX = 50

const STRENGTH: Readonly<Record<string, number>> = { external: 0, email: 1, phone: 2, anonymous: 9 }
const strengthOf = ({ kind }: Identity): number => STRENGTH[kind] ?? 3

/**
 * Whom each sighting is about. The strongest known id decides. An external id that nobody has yet is someone new, unless a weaker id
 * of the sighting belongs to somebody without one: then it is theirs. Ids that nobody has join whoever was found.
 * The weaker ids' owners become one with whoever was found where that contradicts nothing they are known by; where it would,
 * both stay, and the doubt is told. `newId` gives the next free customer id.
 */
export function resolve(sightings: readonly Sighting[], known: Known, newId: () => number): Resolution {
  const people = new People(known)
  const fresh: NewCustomer[] = []
  const personas = sightings.map(sighting => {
    const given = [...sighting.identities].sort((a, b) => strengthOf(a) - strengthOf(b))
    const aliases = sighting.alsoKnownAs ?? []
    const found = people.whoseIs(given)
    const named = found ?? people.whoseIs(aliases)
    const persona = named ?? newId()
    if (named === undefined) fresh.push({ id: persona, at: sighting.at })
    // Whoever is found by their former id alone gets the new one beside it.
    for (const identity of given) people.give(persona, identity, found === undefined && named !== undefined)
    for (const identity of given) people.joinBySighting(persona, identity, given, sighting)
    people.joinByAlias(persona, aliases, sighting)
    return persona
  })
  const { identities, joinings } = people
  return {
    personas,
    customers: personas.map(persona => people.headOf(persona)),
    fresh,
    identities,
    joinings,
    doubts: [...people.doubts.values()],
  }
}

/** Who is who while a batch is read. */
class People {
  readonly identities: NewIdentity[] = []
  readonly joinings: Joining[] = []
  readonly doubts = new Map<string, Doubt>()
  readonly #owners: Map<string, number>
  readonly #heads: Map<number, number>
  readonly #kinds: Map<number, Set<string>>
  readonly #absorbed: Map<number, number>
  readonly #apart: Set<string>

  constructor({ owners, heads, kinds, absorbed, apart }: Known) {
    this.#owners = new Map(owners)
    this.#heads = new Map(heads)
    this.#kinds = new Map([...kinds].map(([id, set]) => [id, new Set(set)]))
    this.#absorbed = new Map(absorbed)
    this.#apart = new Set(apart.map(([a, b]) => pair(a, b)))
  }

  headOf(id: number): number {
    let head = id
    for (let next = this.#heads.get(head); next !== undefined && next !== head; next = this.#heads.get(head)) head = next
    return head
  }

  /** The owner of the strongest id that may decide. */
  whoseIs(given: readonly Identity[]): number | undefined {
    const isNewExternal = given[0]?.kind === 'external' && !this.#owners.has(identityKey(given[0]))
    return given
      .map(identity => this.#owners.get(identityKey(identity)))
      .find(owner => owner !== undefined && !(isNewExternal && this.#has(owner, 'external')))
  }

  /** An id that nobody has becomes theirs, but never a second external one. */
  give(persona: number, identity: Identity, isSecondFine = false): void {
    const key = identityKey(identity)
    if (this.#owners.has(key) || (identity.kind === 'external' && this.#has(persona, 'external') && !isSecondFine)) return
    this.#owners.set(key, persona)
    this.identities.push({ ...identity, customerId: persona })
    this.#note(this.headOf(persona), identity.kind)
  }

  /** One event names both. Those of whom nothing is known but devices follow whoever is known; who is known otherwise only where nothing speaks against it. */
  joinBySighting(persona: number, identity: Identity, given: readonly Identity[], sighting: Sighting): void {
    const [winner, loser] = [this.headOf(persona), this.#ownerOf(identity)]
    if (loser === undefined || loser === winner) return
    const named = new Set(given.filter(one => this.#ownerOf(one) === loser).map(one => one.kind as string))
    const speaksAgainst = [...(this.#kinds.get(loser) ?? [])].some(kind =>
      kind === 'external' ? this.#has(winner, kind) : this.#has(winner, kind) && !named.has(kind),
    )
    if (!speaksAgainst) this.#join(winner, loser, 'same_event', identity, sighting)
    // A device that two people use is no news.
    else if (identity.kind !== 'anonymous') this.#doubt(winner, loser, 'shared_id', identity, sighting)
  }

  /** A former id says not of which kind it is: where one of them is somebody's, that one is meant; else all of them are theirs from now on. */
  joinByAlias(persona: number, aliases: readonly Identity[], sighting: Sighting): void {
    const somebodys = aliases.filter(identity => this.#ownerOf(identity) !== undefined)
    if (somebodys.length === 0) for (const identity of aliases) this.give(persona, identity, true)
    for (const identity of somebodys) {
      const [winner, loser] = [this.headOf(persona), this.#ownerOf(identity)]
      if (loser !== undefined && loser !== winner) this.#join(winner, loser, 'alias', identity, sighting)
    }
  }

  #join(winner: number, loser: number, because: Joining['because'], by: Identity, { at, messageId }: Sighting): void {
    const together = (this.#absorbed.get(winner) ?? 0) + (this.#absorbed.get(loser) ?? 0) + 1
    const against = this.#apart.has(pair(winner, loser)) ? 'apart' : together > ABSORBED_MAX ? 'too_many' : null
    if (against !== null) {
      this.#doubt(winner, loser, against, by, { at })
      return
    }
    this.#heads.set(loser, winner)
    this.#absorbed.set(winner, together)
    for (const kind of this.#kinds.get(loser) ?? []) this.#note(winner, kind)
    for (const other of [...this.#apart]) {
      const ids = other.split(' ').map(Number)
      if (ids.includes(loser)) this.#apart.add(pair(winner, ids[0] === loser ? (ids[1] ?? 0) : (ids[0] ?? 0)))
    }
    this.joinings.push({ winner, loser, because, by, at, messageId: messageId ?? null })
  }

  #doubt(one: number, other: number, reason: Doubt['reason'], by: Identity, { at }: Pick<Sighting, 'at'>): void {
    const [a, b] = one < other ? [one, other] : [other, one]
    if (!this.doubts.has(pair(a, b))) this.doubts.set(pair(a, b), { a, b, reason, by, at })
  }

  #ownerOf(identity: Identity): number | undefined {
    const owner = this.#owners.get(identityKey(identity))
    return owner === undefined ? undefined : this.headOf(owner)
  }

  #has(id: number, kind: string): boolean {
    return this.#kinds.get(this.headOf(id))?.has(kind) ?? false
  }

  #note(head: number, kind: string): void {
    if (kind === 'anonymous') return
    const kinds = this.#kinds.get(head)
    if (kinds === undefined) this.#kinds.set(head, new Set([kind]))
    else kinds.add(kind)
  }
}

const pair = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`)
