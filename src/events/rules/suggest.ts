import { type Personal, type Suggestion } from './contract.ts'
import { actionOn, type Compiled } from './rules.ts'

export type Sighting = { event: string; path: string; seen: number; personal: Partial<Record<Personal, number>>; shape: string }

/** Where an address or a number belongs: without them nobody could be found or written to. */
const EXPECTED = new Set(['traits.email', 'traits.phone', 'properties.email', 'properties.phone'])
/** A long number may look like a phone's or a card's by chance; in every third event it is no chance. */
const SHARE_MIN = 0.3

/** The form of an address or a number with nothing around it. */
const WHOLE = /^(?:[^\s@/?=&]+@[^\s@/?=&]+|[+0 ()./-]+)$/

/** What arrived, looks personal and has no rule: each with the mildest rule that would help. */
export function suggestionsFrom(sightings: readonly Sighting[], rules: Compiled, dismissed: ReadonlySet<string>): Suggestion[] {
  return sightings.flatMap(({ event, path, seen, personal, shape }) => {
    if (EXPECTED.has(path) || dismissed.has(`${event} ${path}`) || actionOn(rules, event, path) !== 'allow') return []
    const { email = 0, phone = 0, card = 0 } = personal
    const kinds: Personal[] = []
    if (email > 0) kinds.push('email')
    if (phone / seen >= SHARE_MIN) kinds.push('phone')
    if (card / seen >= SHARE_MIN) kinds.push('card')
    if (kinds.length === 0) return []
    const hits = Math.max(email, kinds.includes('phone') ? phone : 0, kinds.includes('card') ? card : 0)
    // A property that always holds an address is one; a text in which one stands now and then is worth keeping without it.
    const isWhole = hits / seen > 0.9 && WHOLE.test(shape)
    const action = kinds.includes('card') ? 'deny' : isWhole && kinds.length === 1 ? 'hash' : 'redact'
    return [{ event, path, kinds, seen, hits, action }]
  })
}
