import { Fault } from '../fault.ts'

/** Where the next page begins, opaque to callers: they hand it back and never build one. */
export const cursorTo = (...keys: (string | number | null)[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** The keys inside a cursor; null without one. `size` is how many the list put in. */
export function keysOf(cursor: string | undefined, size: number): (string | number | null)[] | null {
  if (cursor === undefined || cursor === '') return null
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(keys) &&
      keys.length === size &&
      keys.every(key => key === null || ['string', 'number'].includes(typeof key))
    )
      return keys
  } catch {}
  throw new Fault('request.invalid', { detail: 'cursor: not one that a list of this kind has given' })
}

/** The one number that the cursor of a list ordered by id holds; null without a cursor. */
export function idIn(cursor: string | undefined): number | null {
  const [id = null] = keysOf(cursor, 1) ?? []
  if (typeof id === 'string') throw new Fault('request.invalid', { detail: 'cursor: not one that a list of this kind has given' })
  return id
}

/** A page of a list, of which one row more than `limit` was read to know whether there is a next page. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  keys: (row: T) => (string | number | null)[],
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? cursorTo(...keys(last)) : null }
}
