import { type Envelope, type Identity } from '../contract.ts'
import { type Action } from './contract.ts'
import { networkOf, redacted } from './personal.ts'

export type Rule = { id: number; event: string | null; path: string | null; action: Action }
type Deed = Exclude<Action, 'block'>

/** What is known of a place in an event: what becomes of it, and places within it that have rules of their own. */
type Place = { action: Deed | null; inner: Map<string, Place> }

/** Rules as they are applied: made once from the list, and handed around until it changes. */
export type Compiled = {
  /** Of every blocked name its rule. */
  blocked: ReadonlyMap<string, number>
  all: Place
  byEvent: ReadonlyMap<string, Place>
}
export type Tools = {
  /** The same value always becomes the same word, and nobody without the installation's key can tell from which. */
  hash: (text: string) => string
}
/** Hears of every value that a rule changed. */
export type Witness = (path: string, action: Deed) => void

/** Sets of rules are few and are looked through once per event: a tree of places for all events, and one for each event that has rules of its own. */
export function compiled(rules: readonly Rule[]): Compiled {
  const blocked = new Map<string, number>()
  const own = new Map<string, Rule[]>()
  const general: Rule[] = []
  for (const rule of rules) {
    if (rule.action === 'block') rule.event !== null && blocked.set(rule.event, rule.id)
    else if (rule.event === null) general.push(rule)
    else own.set(rule.event, [...(own.get(rule.event) ?? []), rule])
  }
  // At the same place the rule of the event comes after, and so instead of, the rule for all.
  const byEvent = new Map([...own].map(([event, rules]) => [event, treeOf([...general, ...rules])]))
  return { blocked, all: treeOf(general), byEvent }
}

export const NO_RULES: Compiled = compiled([])

function treeOf(rules: readonly Rule[]): Place {
  const root: Place = { action: null, inner: new Map() }
  for (const { path, action } of rules) {
    if (path === null || action === 'block') continue
    for (const segments of placesOf(path)) {
      let place = root
      for (const segment of segments) {
        const next = place.inner.get(segment) ?? { action: null, inner: new Map() }
        place.inner.set(segment, next)
        place = next
      }
      place.action = action
    }
  }
  return root
}

/** SDKs tell the traits of a person in three places; a rule for one is meant for all. Lists are passed through; upper and lower case are one. */
function placesOf(path: string): string[][] {
  const segments = path.toLowerCase().replaceAll('[]', '').split('.')
  return segments[0] === 'traits' ? [segments, ['context', ...segments], ['properties', ...segments]] : [segments]
}

export type Ruled<T> = { event: T } | { blockedBy: number }

/** A raw event of the tracking API as it may come in. What no rule touches is the same object as before. */
export function applyToEvent(
  rules: Compiled,
  name: string | null,
  event: unknown,
  tools: Tools,
  witness?: Witness,
): Ruled<unknown> {
  const blockedBy = name === null ? undefined : rules.blocked.get(name)
  if (blockedBy !== undefined) return { blockedBy }
  const place = (name === null ? undefined : rules.byEvent.get(name)) ?? rules.all
  if (place.inner.size === 0) return { event }
  const after = walk(event, place, 'allow', '', 0, { tools, witness })
  return { event: after === GONE ? {} : after }
}

/**
 * The same for an envelope, as files and shops make them. Ids follow the property they were taken from: an email that is hashed finds its customer
 * by the hash, one that is denied finds nobody. Without any id left there is no envelope.
 */
export function applyToEnvelope(rules: Compiled, envelope: Envelope, tools: Tools): Ruled<Envelope | null> {
  const blockedBy = rules.blocked.get(envelope.name)
  if (blockedBy !== undefined) return { blockedBy }
  const place = rules.byEvent.get(envelope.name) ?? rules.all
  if (place.inner.size === 0) return { event: envelope }
  const { context, ...properties } = envelope.properties ?? {}
  const before = { properties, context, traits: envelope.traits ?? {} }
  const after = walk(before, place, 'allow', '', 0, { tools }) as Partial<typeof before>
  const identities = envelope.identities.flatMap(identity => ruledIdentity(identity, place, tools))
  if (identities.length === 0) return { event: null }
  const { properties: _, traits: __, ...rest } = envelope
  const kept = { ...after.properties, ...(after.context !== undefined && { context: after.context }) }
  return {
    event: {
      ...rest,
      identities,
      ...(envelope.traits !== undefined && after.traits !== undefined && { traits: after.traits }),
      ...(envelope.properties !== undefined && { properties: kept }),
    },
  }
}

const TAKEN_FROM: Record<string, readonly string[]> = {
  external: ['userid'],
  anonymous: ['anonymousid'],
  email: ['traits', 'email'],
  phone: ['traits', 'phone'],
}

function ruledIdentity(identity: Identity, root: Place, tools: Tools): Identity[] {
  const action = actionAt(root, TAKEN_FROM[identity.kind] ?? [identity.kind])
  if (action === 'allow') return [identity]
  if (action !== 'hash') return []
  const value = hashed(identity.value, tools)
  return [{ kind: identity.kind === 'anonymous' ? 'anonymous' : 'external', value }]
}

/** What becomes of a value at a place. */
export function actionAt(root: Place, segments: readonly string[]): Deed {
  let [place, action]: [Place | undefined, Deed] = [root, root.action ?? 'allow']
  for (const segment of segments) {
    place = place?.inner.get(segment.toLowerCase())
    if (place === undefined) break
    action = place.action ?? action
  }
  return action
}

/** What becomes of a property of an event, for those who only want to know. */
export const actionOn = (rules: Compiled, event: string, path: string): Action =>
  rules.blocked.has(event)
    ? 'block'
    : actionAt(rules.byEvent.get(event) ?? rules.all, path.toLowerCase().replaceAll('[]', '').split('.'))

const GONE = Symbol('gone')
/** Deeper than anything that is kept; see the limits of the tracking API. */
const DEPTH_MAX = 64
type Ways = { tools: Tools; witness?: Witness | undefined }

/** The value as the rules leave it. The innermost rule counts; what has none goes by the one around it. */
function walk(value: unknown, place: Place | undefined, around: Deed, path: string, depth: number, ways: Ways): unknown {
  const action = place?.action ?? around
  const hasInner = place !== undefined && place.inner.size > 0
  if (action === 'allow' && !hasInner) return value
  if (typeof value !== 'object' || value === null) return leaf(value, action, path, ways)
  if (depth > DEPTH_MAX || (action === 'deny' && !hasInner)) return gone(path, ways)
  if (Array.isArray(value)) {
    const items = value.map(item => walk(item, place, around, path, depth + 1, ways))
    const left = items.filter(item => item !== GONE)
    if (left.length === 0 && value.length > 0) return GONE
    return left.length === value.length && left.every((item, i) => item === value[i]) ? value : left
  }
  return walkBag(value as Record<string, unknown>, place, action, path, depth, ways)
}

function walkBag(
  bag: Record<string, unknown>,
  place: Place | undefined,
  action: Deed,
  path: string,
  depth: number,
  ways: Ways,
): unknown {
  const kept: [string, unknown][] = []
  let isChanged = false
  for (const [key, inner] of Object.entries(bag)) {
    const [own, around] = place === undefined ? [undefined, action] : placeIn(place, key, action)
    const after = walk(inner, own, around, path === '' ? key : `${path}.${key}`, depth + 1, ways)
    if (after !== inner) isChanged = true
    if (after !== GONE) kept.push([key, after])
  }
  if (!isChanged) return bag
  // Entries are defined, not assigned: a key such as __proto__ stays a key and is found out later.
  return kept.length === 0 && action === 'deny' ? GONE : Object.fromEntries(kept)
}

/** The place that a key leads to; a key with dots in it leads as far as its parts do. */
function placeIn(place: Place, key: string, action: Deed): [Place | undefined, Deed] {
  const name = key.toLowerCase()
  if (!name.includes('.')) return [place.inner.get(name), action]
  let [at, around]: [Place | undefined, Deed] = [place, action]
  for (const segment of name.split('.')) {
    at = at.inner.get(segment)
    if (at === undefined) return [undefined, around]
    around = at.action ?? around
  }
  return [at, around]
}

function leaf(value: unknown, action: Deed, path: string, ways: Ways): unknown {
  // Nothing is nothing whatever becomes of it; but a place that is denied is not even told to be empty.
  if (action === 'allow' || value === undefined || (value === null && action !== 'deny')) return value
  if (action === 'deny') return gone(path, ways)
  const after = changed(value, action, ways.tools)
  if (after !== value) ways.witness?.(path, action)
  return after
}

function changed(value: unknown, action: 'hash' | 'redact' | 'shorten', tools: Tools): unknown {
  if (action === 'hash') return hashed(textOf(value), tools)
  if (action === 'shorten') return networkOf(textOf(value)) ?? GONE
  if (typeof value !== 'string' && typeof value !== 'number') return value
  const text = redacted(String(value))
  return text === String(value) ? value : text
}

/** Any value as text. Not by its own `toString`, which may be whatever the sender made it. */
const textOf = (value: unknown): string => (typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value))

function gone(path: string, { witness }: Ways): typeof GONE {
  witness?.(path, 'deny')
  return GONE
}

const HASHED = /^hmac-[0-9a-f]{32}$/
/** The same person writes an address in several ways. What is hashed already stays, so that an event may pass the door twice. */
const hashed = (text: string, { hash }: Tools): string => (HASHED.test(text) ? text : `hmac-${hash(text.trim().toLowerCase())}`)
