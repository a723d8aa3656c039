import { type LogEvent } from '../../events/contract.ts'

/** Which event last told each trait, from a whole history in the order of time. */
export function lastTold(events: readonly LogEvent[]): Map<string, { at: number; sourceId: number }> {
  const told = new Map<string, { at: number; sourceId: number }>()
  for (const { at, sourceId, traits } of events)
    for (const [name, value] of Object.entries(traits)) if (value !== null && value !== '') told.set(name, { at, sourceId })
  return told
}

/** Properties as names and words, one line each: `address.city`, `products[0].sku`. */
export function lines(bag: unknown, name = ''): { name: string; value: string }[] {
  if (bag === null || bag === undefined) return []
  if (Array.isArray(bag)) return bag.flatMap((one, i) => lines(one, `${name}[${i}]`))
  if (typeof bag === 'object')
    return Object.entries(bag).flatMap(([key, value]) => lines(value, name === '' ? key : `${name}.${key}`))
  return [{ name, value: String(bag) }]
}
