import { createHash } from 'node:crypto'
import { COMPANY_EVENTS, type Envelope, IDENTITY_KINDS, type Identity } from '../contract.ts'
import { phoneOf } from '../phone.ts'
import { commerceIn, spelt } from './commerce.ts'
import { idIn } from './ids.ts'
import { type Limits } from './limits.ts'
import { wordOf } from './money.ts'
import { isTrouble, type Trouble } from './reasons.ts'
import { happenedAt } from './time.ts'
import { traitsIn } from './traits.ts'
import { type Bag, bagOr, isBag, unusable } from './values.ts'

export const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type Type = (typeof TYPES)[number]

export const NAMES: Record<Exclude<Type, 'track'>, string> = {
  identify: 'Identified',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: COMPANY_EVENTS.joined,
  alias: 'Aliased',
}

/** How an event arrived. */
export type Arrival = {
  receivedAt: number
  /** Handed in with a secret key: what it says of a person's email and phone is believed. A write key is public, and is not. */
  isTrusted: boolean
  /** Of amounts without one. */
  currency: string
  /** Of phone numbers without one. */
  country?: string | null
  /** Whether a public page shows, by a hash that only its server can make, that this account is signed in there (`context.userHash`). */
  proves?: (userId: string, userHash: string) => boolean
  limits: Limits
}

/** One event of the tracking API, with what its batch said about all of them already in it, as an envelope; or why it cannot be used. */
export function normalise(event: unknown, arrival: Arrival): Envelope | Trouble {
  if (!isBag(event)) return { reason: 'not_an_object' }
  const type = TYPES.find(known => known === event.type)
  if (type === undefined) return { reason: 'no_type', field: 'type' }
  const trouble = unusable(event, arrival.limits)
  if (trouble !== null) return trouble
  const name = nameOf(type, event, arrival.limits)
  if (typeof name !== 'string') return name
  const isTrusted = arrival.isTrusted || isProven(event, arrival)
  const people = peopleIn(type, event, { ...arrival, isTrusted })
  if (isTrouble(people)) return people
  const time = happenedAt(event, arrival.receivedAt, arrival.limits)
  if (isTrouble(time)) return time
  const messageId = messageIdOf(event, arrival.receivedAt)
  const commerce = type === 'track' ? commerceIn(name, bagOr(event.properties), messageId, arrival.currency) : {}
  if (isTrouble(commerce)) return commerce
  const group = groupIn(type, name, event, arrival.limits)
  if (isTrouble(group)) return group
  const traits = {
    ...(type === 'identify' && traitsIn(event, isTrusted)),
    // The browser's word that this person's data is not to be sold or shared: true of the person, whatever the event was.
    ...(bagOr(event.context).globalPrivacyControl === true && { global_privacy_control: true }),
  }
  return {
    messageId,
    ...people,
    name,
    at: time.at,
    ...commerce,
    ...(Object.keys(traits).length > 0 && { traits }),
    properties: { ...propertiesOf(type, event), ...group },
  }
}

function nameOf(type: Type, event: Bag, { nameCharsMax }: Limits): string | Trouble {
  if (type !== 'track') return NAMES[type]
  const name = wordOf(event.event)
  if (name === null) return { reason: 'no_name', field: 'event' }
  return name.length > nameCharsMax ? { reason: 'too_large', field: 'event' } : spelt(name)
}

const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/
const EMAIL_CHARS_MAX = 320

function isProven(event: Bag, { proves }: Arrival): boolean {
  const { userHash } = bagOr(event.context)
  return (
    proves !== undefined && typeof userHash === 'string' && typeof event.userId === 'string' && proves(event.userId, userHash)
  )
}

type People = Pick<Envelope, 'identities' | 'alsoKnownAs'>

/** Whom it is about. A placeholder beside a good id is still quarantined: the event was meant for somebody else than the good id says. */
function peopleIn(type: Type, event: Bag, arrival: Arrival): People | Trouble {
  const external = idIn(event, 'userId', arrival.limits)
  if (isBadId(external)) return external
  const anonymous = idIn(event, 'anonymousId', arrival.limits)
  if (isBadId(anonymous)) return anonymous
  const former = type === 'alias' ? idIn(event, 'previousId', arrival.limits) : null
  if (isBadId(former)) return former
  const identities: Identity[] = []
  if (external !== null) identities.push({ kind: 'external', value: external })
  if (arrival.isTrusted) identities.push(...provenIds(type, event, arrival))
  if (anonymous !== null) identities.push({ kind: 'anonymous', value: anonymous })
  if (former === null || former === external) return identities.length === 0 ? { reason: 'no_identity' } : { identities }
  return aliasOf(identities, former, arrival)
}

const isBadId = (id: string | null | Trouble): id is Trouble => typeof id === 'object' && id !== null

/**
 * An alias does not say what kind of id the former one was. A public page may only ever bring somebody's own devices along;
 * whoever is believed may also say that two known people are one.
 */
function aliasOf(identities: Identity[], former: string, { isTrusted }: Arrival): People | Trouble {
  const asDevice = { kind: 'anonymous', value: former }
  if (!isTrusted) return { identities: [...identities, asDevice] }
  if (identities.length === 0) return { reason: 'no_identity' }
  return { identities, alsoKnownAs: [asDevice, { kind: 'external', value: former }] }
}

/** Ids that only somebody who is believed may name: by these people are found and written to. */
function provenIds(type: Type, event: Bag, { country, limits }: Arrival): Identity[] {
  if (type !== 'identify') return []
  const email = emailIn(event)
  const phone = phoneIn(event, country)
  return [
    ...(email === null ? [] : [{ kind: 'email', value: email }]),
    ...(phone === null ? [] : [{ kind: 'phone', value: phone }]),
    ...furtherIds(event, limits),
  ]
}

const told = (event: Bag, trait: string) =>
  wordOf(bagOr(event.traits)[trait]) ?? wordOf(bagOr(bagOr(event.context).traits)[trait])

function emailIn(event: Bag): string | null {
  const email = told(event, 'email')
  return email !== null && email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? email.toLowerCase() : null
}

function phoneIn(event: Bag, country: string | null | undefined): string | null {
  const phone = told(event, 'phone')
  return phone === null ? null : phoneOf(phone, country)
}

const FURTHER_KIND = /^[a-z][a-z0-9_]{0,39}$/
const FURTHER_MAX = 10
const OWN_KINDS = new Set<string>([...IDENTITY_KINDS, 'user_id', 'anonymous_id'])

/** Ids of the sender's own kinds, as Segment's `context.externalIds` has them: `[{ id, type, collection: 'users' }]`. */
function furtherIds(event: Bag, limits: Limits): Identity[] {
  const { externalIds } = bagOr(event.context)
  if (!Array.isArray(externalIds)) return []
  return externalIds.slice(0, FURTHER_MAX).flatMap(one => {
    const { type, collection } = bagOr(one)
    const value = idIn(bagOr(one), 'id', limits)
    const isUsers = collection === undefined || collection === 'users'
    if (!isUsers || typeof value !== 'string' || typeof type !== 'string' || !FURTHER_KIND.test(type)) return []
    return OWN_KINDS.has(type) ? [] : [{ kind: type, value }]
  })
}

const COMPANY_NAMES = new Set<string>(Object.values(COMPANY_EVENTS))

/** Which company it is about, where it is about one: a placeholder would make one company of all that had none. */
function groupIn(type: Type, name: string, event: Bag, limits: Limits): { groupId?: string } | Trouble {
  if (!COMPANY_NAMES.has(name)) return {}
  const [bag, path] = type === 'group' ? [event, ''] : [bagOr(event.properties), 'properties.']
  const id = idIn(bag, 'groupId', limits) ?? idIn(bag, 'group_id', limits)
  if (id === null) return { reason: 'no_group', field: `${path}groupId` }
  return typeof id === 'string' ? { groupId: id } : { ...id, field: `${path}${id.field}` }
}

/** What the sender said beside that, as said. Traits of the person are traits, and are not told again with every event. */
function propertiesOf(type: Type, event: Bag): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...bagOr(event.properties) }
  if (type === 'page' || type === 'screen') {
    if (wordOf(event.name) !== null) properties.name = event.name
    if (wordOf(event.category) !== null) properties.category = event.category
  }
  if (type === 'group') properties.traits = bagOr(event.traits)
  if (type === 'alias') properties.previousId = event.previousId ?? null
  const { traits: _, ...context } = bagOr(event.context)
  if (Object.keys(context).length > 0) properties.context = context
  return properties
}

/**
 * The id by which a repeated event is known: the sender's, else made from what it says. Apart from the ids of files, which a public key must not be able to use up.
 * An event with neither id nor time is taken for a new one every time.
 */
function messageIdOf(event: Bag, receivedAt: number): string {
  const given = wordOf(event.messageId)
  if (given !== null) return `track:${given}`
  const { sentAt: _, ...content } = event
  const time = event.timestamp ?? event.originalTimestamp ?? receivedAt
  return `content:${createHash('sha256')
    .update(JSON.stringify([time, content]))
    .digest('hex')}`
}
