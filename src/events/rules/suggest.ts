import { type Personal, type Suggestion } from './contract.ts'
import { actionOn, type Compiled } from './rules.ts'

export type Sighting = { event: string; path: string; seen: number; personal: Partial<Record<Personal, number>>; shape: string }

/** Where an address or a number belongs: without them nobody could be found or written to. */
const EXPECTED = new Set(['traits.email', 'traits.phone', 'properties.email', 'properties.phone'])
/** A long number may look like a phone's or a card's by chance; in every third event it is no chance. */
const SHARE_MIN = 0.3

/** The form of an address or a number with nothing around it. */
const WHOLE = /^(?:[^\s@/?=&]+@[^\s@/?=&]+|[+0 ()./-]+)$/

/** What arrived, looks personal and has no rule: each place once, whatever events it is in, with the mildest rule that would help. */
export function suggestionsFrom(sightings: readonly Sighting[], rules: Compiled, dismissed: ReadonlySet<string>): Suggestion[] {
  const open = sightings.filter(
    ({ event, path }) => !EXPECTED.has(path) && !dismissed.has(`${event} ${path}`) && actionOn(rules, event, path) === 'allow',
  )
  return [...Map.groupBy(open, ({ path }) => path)].flatMap(([path, all]) => {
    const found = all.map(one => ({ ...one, ...kindsIn(one) })).filter(({ kinds }) => kinds.length > 0)
    if (found.length === 0) return []
    const kinds = [...new Set(found.flatMap(one => one.kinds))]
    const sum = (field: 'seen' | 'hits') => found.reduce((all, one) => all + one[field], 0)
    const [seen, hits] = [sum('seen'), sum('hits')]
    // A property that always holds an address is one; a text in which one stands now and then is worth keeping without it.
    const isWhole = hits / seen > 0.9 && kinds.length === 1 && found.every(({ shape }) => WHOLE.test(shape))
    const action = kinds.includes('card') ? 'deny' : isWhole ? 'hash' : 'redact'
    const events = found.sort((a, b) => b.hits - a.hits).map(({ event }) => event)
    return [{ events, path, kinds, seen, hits, action }]
  })
}

function kindsIn({ seen, personal: { email = 0, phone = 0, card = 0 } }: Sighting): { kinds: Personal[]; hits: number } {
  const counts: [Personal, number][] = [
    ['email', email],
    ['phone', phone / seen >= SHARE_MIN ? phone : 0],
    ['card', card / seen >= SHARE_MIN ? card : 0],
  ]
  const found = counts.filter(([, n]) => n > 0)
  return { kinds: found.map(([kind]) => kind), hits: Math.max(0, ...found.map(([, n]) => n)) }
}
