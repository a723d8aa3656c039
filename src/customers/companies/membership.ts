import { COMPANY_EVENTS, type LogEvent } from '../../events/contract.ts'

/** What was said of a company under one name, when, and by which event. */
export type Word = [value: string | number | boolean, at: number, id: string]
export type Told = Record<string, Word>
/** One person's belonging to one company, as their own events tell it. */
export type Membership = { joinedAt: number; leftAt: number | null; told: Told }
/** By the sender's id of the company. */
export type Memberships = ReadonlyMap<string, Membership>

type Event = Pick<LogEvent, 'id' | 'name' | 'at' | 'properties'>

// A key of an index in Postgres ends at 2,700 bytes; the rest are bounds on what one person can say of one company.
const ID_CHARS_MAX = 500
const TRAITS_MAX = 200
const TRAIT_CHARS_MAX = 1_000

const NAMES = new Set<string>(Object.values(COMPANY_EVENTS))
export const isAboutCompany = ({ name }: Pick<LogEvent, 'name'>): boolean => NAMES.has(name)

/** Events that were told without a time share that of their arrival: who joins and leaves at one instant has left. */
const inOrder = (a: Event, b: Event): number =>
  a.at - b.at || Number(a.name === COMPANY_EVENTS.left) - Number(b.name === COMPANY_EVENTS.left) || (a.id < b.id ? -1 : 1)

/** Where somebody belongs after these events. Leaving what one never joined means nothing. */
export function membershipsAfter(before: Memberships, events: readonly Event[]): Memberships {
  const after = new Map(before)
  for (const event of events.filter(isAboutCompany).sort(inOrder)) {
    const company = companyIn(event)
    if (company === null) continue
    const known = after.get(company)
    if (event.name === COMPANY_EVENTS.left) {
      if (known !== undefined && known.leftAt === null) after.set(company, { ...known, leftAt: event.at })
      continue
    }
    const joinedAt = known === undefined || known.leftAt !== null ? event.at : known.joinedAt
    after.set(company, { joinedAt, leftAt: null, told: latest(known?.told ?? {}, wordsIn(event), TRAITS_MAX) })
  }
  return after
}

function companyIn({ properties: { groupId } }: Event): string | null {
  const id = typeof groupId === 'string' ? groupId.trim() : typeof groupId === 'number' ? String(groupId) : ''
  return id === '' || id.length > ID_CHARS_MAX ? null : id
}

/** What an event says of its company: plain values as they are, an address by its parts, lists as text; an empty word says nothing. */
function wordsIn({ id, at, properties: { traits } }: Event): Told {
  const told: Told = {}
  const keep = (name: string, value: unknown) => {
    if (value === null || value === undefined || value === '') return
    const plain = typeof value === 'number' || typeof value === 'boolean' ? value : textOf(value)
    told[name] = [plain, at, id]
  }
  if (typeof traits !== 'object' || traits === null || Array.isArray(traits)) return told
  for (const [name, value] of Object.entries(traits)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [part, inner] of Object.entries(value)) keep(`${name}.${part}`, inner)
    else keep(name, value)
  }
  return told
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, TRAIT_CHARS_MAX).toWellFormed()

const isLater = ([, at, id]: Word, than: Word): boolean => at > than[1] || (at === than[1] && id > than[2])

/** Of two people's words, or two times', the later of each name; no more names than `max`. */
export function latest(told: Told, more: Told, max = Number.POSITIVE_INFINITY): Told {
  const all = { ...told }
  let count = Object.keys(all).length
  for (const [name, word] of Object.entries(more)) {
    const known = Object.hasOwn(all, name) ? all[name] : undefined
    if (known === undefined ? count++ < max : isLater(word, known)) all[name] = word
  }
  return all
}

/** What has to be written for one customer. `isRetold`: words were taken back, so that the company has to be told anew from everybody's. */
export type Step = {
  kept: { company: string; membership: Membership; isRetold: boolean }[]
  dropped: string[]
}

export function stepOf(before: Memberships, after: Memberships): Step {
  const kept = [...after].flatMap(([company, membership]) => {
    const was = before.get(company)
    if (was !== undefined && isSame(was, membership)) return []
    return [{ company, membership, isRetold: was !== undefined && takesBack(was.told, membership.told) }]
  })
  return { kept, dropped: [...before.keys()].filter(company => !after.has(company)) }
}

const isSame = (a: Membership, b: Membership): boolean =>
  a.joinedAt === b.joinedAt && a.leftAt === b.leftAt && !takesBack(a.told, b.told) && !takesBack(b.told, a.told)

const takesBack = (before: Told, after: Told): boolean =>
  Object.entries(before).some(([name, word]) => {
    const now = after[name]
    return now === undefined || isLater(word, now)
  })

export const nameIn = (told: Told): string | null => (told.name === undefined ? null : String(told.name[0]))
