import { createHash } from 'node:crypto'
import { COMPANY_EVENTS, type Envelope, type Identity } from '../contract.ts'
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

const NAMES: Record<Exclude<Type, 'track'>, string> = {
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
  const identities = identitiesOf(type, event, arrival)
  if (isTrouble(identities)) return identities
  const time = happenedAt(event, arrival.receivedAt, arrival.limits)
  if (isTrouble(time)) return time
  const messageId = messageIdOf(event, arrival.receivedAt)
  const commerce = type === 'track' ? commerceIn(name, bagOr(event.properties), messageId, arrival.currency) : {}
  if (isTrouble(commerce)) return commerce
  const group = groupIn(type, name, event, arrival.limits)
  if (isTrouble(group)) return group
  const traits = {
    ...(type === 'identify' && traitsIn(event, arrival.isTrusted)),
    // The browser's word that this person's data is not to be sold or shared: true of the person, whatever the event was.
    ...(bagOr(event.context).globalPrivacyControl === true && { global_privacy_control: true }),
  }
  return {
    messageId,
    identities,
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

/** Whom it is about. A placeholder beside a good id is still quarantined: the event was meant for somebody else than the good id says. */
function identitiesOf(type: Type, event: Bag, { isTrusted, limits }: Arrival): Identity[] | Trouble {
  const external = idIn(event, 'userId', limits)
  if (typeof external === 'object' && external !== null) return external
  const anonymous = idIn(event, 'anonymousId', limits)
  if (typeof anonymous === 'object' && anonymous !== null) return anonymous
  const identities: Identity[] = []
  if (external !== null) identities.push({ kind: 'external', value: external })
  const email = type === 'identify' && isTrusted ? emailIn(event) : null
  if (email !== null) identities.push({ kind: 'email', value: email })
  if (anonymous !== null) identities.push({ kind: 'anonymous', value: anonymous })
  return identities.length === 0 ? { reason: 'no_identity' } : identities
}

function emailIn(event: Bag): string | null {
  const email = wordOf(bagOr(event.traits).email) ?? wordOf(bagOr(bagOr(event.context).traits).email)
  return email !== null && email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? email.toLowerCase() : null
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
