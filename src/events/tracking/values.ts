import { type Limits } from './limits.ts'
import { type Trouble } from './reasons.ts'

export type Bag = Record<string, unknown>

export const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value)
export const bagOr = (value: unknown): Bag => (isBag(value) ? value : {})

/** Postgres text cannot hold U+0000, and half a surrogate pair is no character; either would fail the whole transaction it is in. */
const isUsable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** The first thing in a parsed JSON value that no store could keep; null when all is well. Does not recurse, so that depth cannot hurt it. */
export function unusable(event: unknown, { depthMax }: Pick<Limits, 'depthMax'>): Trouble | null {
  const open: { value: unknown; depth: number; path: string }[] = [{ value: event, depth: 1, path: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth, path } = next
    if (typeof value === 'string') {
      if (!isUsable(value)) return { reason: 'unusable_text', field: path }
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return { reason: 'unusable_number', field: path }
    } else if (typeof value === 'object' && value !== null) {
      if (depth > depthMax) return { reason: 'too_deep', field: path.split('.').slice(0, 3).join('.') }
      for (const [key, inner] of Object.entries(value)) {
        if (key === '__proto__' || !isUsable(key)) return { reason: 'unusable_key', ...(path !== '' && { field: path }) }
        // Most of what an event holds is short plain text and needs no place on the list.
        if (typeof inner === 'boolean' || inner === null) continue
        open.push({ value: inner, depth: depth + 1, path: path === '' ? key : `${path}.${key}` })
      }
    }
  }
  return null
}

/** The value as JSON of at most `charsMax` characters, whatever it is: too deep or too long is cut, and said so. */
export function textOf(value: unknown, charsMax: number): { text: string; isCut: boolean } {
  let text: string
  let isCut = false
  try {
    text = JSON.stringify(value) ?? 'null'
  } catch {
    text = JSON.stringify(flattened(value, 20)) ?? 'null'
    isCut = true
  }
  if (text.length <= charsMax) return { text, isCut }
  // Not in the middle of a surrogate pair.
  return { text: text.slice(0, charsMax).toWellFormed(), isCut: true }
}

/** The value down to a depth; what lies below is left out. */
function flattened(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return '…'
  if (Array.isArray(value)) return value.slice(0, 1_000).map(inner => flattened(inner, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flattened(inner, depth - 1)]))
}
