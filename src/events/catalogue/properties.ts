import { type LogEvent } from '../contract.ts'
import { type Personal } from '../rules/contract.ts'
import { personalIn, redacted, shapeOf } from '../rules/personal.ts'
import { PROPERTIES_MAX, type Type } from './contract.ts'

/** What is known of one property, as it is kept. */
export type Property = {
  /** Events that had it. */
  n: number
  types: Partial<Record<Type, number>>
  /** Events in which it looked personal. */
  personal?: Partial<Record<Personal, number>>
  /** Values that two customers had in common, and so are nobody's own. */
  examples?: string[]
  /** The form of the first value, without what it said. */
  shape?: string
}
export type Properties = Record<string, Property>
export type Observed = { observed: number; unlisted: number; properties: Map<string, Property> }

export const nothingObserved = (): Observed => ({ observed: 0, unlisted: 0, properties: new Map() })

const EXAMPLES_MAX = 3
const EXAMPLE_CHARS_MAX = 60
const PATH_CHARS_MAX = 200
/** Levels below properties, traits or context. */
const DEPTH_MAX = 4
/** Longer texts are looked through no further for what is personal. */
const LOOKED_CHARS_MAX = 2_000

/** Whether somebody else had this value before: only then it may be an example. Remembers the last few values of every property, in memory alone. */
export class Common {
  readonly #seen = new Map<string, { text: string; customerId: number }[]>()

  isShared(property: string, text: string, customerId: number): boolean {
    const values = this.#seen.get(property) ?? []
    const same = values.find(value => value.text === text)
    if (same !== undefined) return same.customerId !== customerId
    if (this.#seen.size >= 20_000) this.#seen.clear()
    this.#seen.set(property, [...values.slice(-5), { text, customerId }])
    return false
  }
}

/** Looks into one event of the log and adds what it had. */
export function observe(known: Observed, event: LogEvent, common: Common): void {
  known.observed++
  const { context, ...properties } = event.properties
  const had = new Set<string>()
  const look = (value: unknown, path: string, depth: number): void => {
    const isNew = !had.has(path)
    had.add(path)
    const property = propertyAt(known, path)
    if (property === null) {
      if (isNew) known.unlisted++
      return
    }
    if (isNew) property.n++
    note(property, value, path, isNew, text => common.isShared(`${event.name} ${path}`, text, event.customerId))
    if (depth >= DEPTH_MAX || typeof value !== 'object' || value === null) return
    // The first of a list stands for all of it.
    if (Array.isArray(value)) value.length > 0 && typeof value[0] === 'object' && lookInside(value[0], `${path}[]`, depth)
    else lookInside(value, path, depth)
  }
  const lookInside = (bag: unknown, path: string, depth: number): void => {
    if (typeof bag !== 'object' || bag === null || Array.isArray(bag)) return
    for (const [key, value] of Object.entries(bag)) look(value, `${path}.${keyOf(key)}`, depth + 1)
  }
  lookInside(properties, 'properties', 0)
  lookInside(context, 'context', 0)
  for (const [key, value] of Object.entries(event.traits)) look(value, `traits.${keyOf(key.replace(/^claimed_/, ''))}`, 1)
}

/** A key is a property's name, unless a program made one out of somebody's address. */
const keyOf = (key: string): string => redacted(key)

function propertyAt(known: Observed, path: string): Property | null {
  const property = known.properties.get(path)
  if (property !== undefined) return property
  if (known.properties.size >= PROPERTIES_MAX || path.length > PATH_CHARS_MAX) return null
  const made: Property = { n: 0, types: {} }
  known.properties.set(path, made)
  return made
}

function note(property: Property, value: unknown, path: string, isNew: boolean, isShared: (text: string) => boolean): void {
  const type = typeOf(value)
  if (isNew) property.types[type] = (property.types[type] ?? 0) + 1
  if (type !== 'text' && type !== 'number' && type !== 'time') return
  const text = String(value)
  const personal = personalIn(text.slice(0, LOOKED_CHARS_MAX), path)
  if (personal.length > 0) {
    property.personal ??= {}
    for (const kind of personal) property.personal[kind] = (property.personal[kind] ?? 0) + 1
  }
  const short = text.slice(0, EXAMPLE_CHARS_MAX)
  property.shape ??= shapeOf(short)
  const examples = property.examples ?? []
  if (personal.length > 0 || text.length > EXAMPLE_CHARS_MAX || examples.length >= EXAMPLES_MAX || examples.includes(text)) return
  if (isShared(text)) property.examples = [...examples, text]
}

const TIME = /^\d{4}-\d\d-\d\d(?:$|[T ]\d\d:\d\d)/

function typeOf(value: unknown): Type {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return 'object'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'yes_no'
  return TIME.test(String(value)) ? 'time' : 'text'
}

/** What was known and what was seen since, together. */
export function merged(before: Properties, seen: Observed): { properties: Properties; unlisted: number } {
  const properties: Properties = { ...before }
  let { unlisted } = seen
  let room = PROPERTIES_MAX - Object.keys(before).length
  for (const [path, property] of seen.properties) {
    const known = before[path]
    if (known === undefined && room <= 0) {
      unlisted += property.n
      continue
    }
    if (known === undefined) room--
    properties[path] = known === undefined ? property : joined(known, property)
  }
  return { properties, unlisted }
}

function joined(a: Property, b: Property): Property {
  const examples = [...new Set([...(a.examples ?? []), ...(b.examples ?? [])])].slice(0, EXAMPLES_MAX)
  const shape = a.shape ?? b.shape
  const personal = summed(a.personal ?? {}, b.personal ?? {})
  return {
    n: a.n + b.n,
    types: summed(a.types, b.types),
    ...(Object.keys(personal).length > 0 && { personal }),
    ...(examples.length > 0 && { examples }),
    ...(shape !== undefined && { shape }),
  }
}

function summed<K extends string>(a: Partial<Record<K, number>>, b: Partial<Record<K, number>>): Partial<Record<K, number>> {
  const sum = { ...a }
  for (const [key, n] of Object.entries(b) as [K, number][]) sum[key] = (sum[key] ?? 0) + n
  return sum
}
