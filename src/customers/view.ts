import { type LogEvent, orderNumberOf } from '../events/contract.ts'
import { t } from '../platform/messages.ts'
import { type CustomerProfile, type CustomerRow, type Money, type TimelineItem } from './contract.ts'
import { type Glance } from './lens.ts'
import { isPersonal, PERSONAL_IDS, type Sight } from './sight.ts'
import { kindOf } from './timeline/kinds.ts'

export type { Sight } from './sight.ts'

export type CustomerRecord = {
  id: number
  name: string | null
  email: string | null
  firstSeenAt: number
  lastSeenAt: number
  traits: LogEvent['traits']
}
type KnownBy = { kind: string; value: string }

export function labelOf(
  customer: Pick<CustomerRecord, 'id' | 'name' | 'email'>,
  identities: readonly KnownBy[],
  sight: Sight,
): string {
  const external = identities.find(identity => identity.kind === 'external')?.value
  const personal = sight.contact
    ? (customer.name ?? customer.email ?? identities.find(identity => identity.kind === 'email')?.value)
    : undefined
  return (
    personal ??
    (external === undefined
      ? t('customers:label.anonymous', { id: customer.id })
      : t('customers:label.external', { id: external }))
  )
}

export const moneyOf = (revenue: Record<string, number>, sight: Sight): Money[] =>
  sight.money ? Object.entries(revenue).map(([currency, amount]) => ({ amount, currency })) : []

const iso = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString()

export function rowOf(
  customer: CustomerRecord,
  identities: readonly KnownBy[],
  glance: Glance | undefined,
  sight: Sight,
  traits: readonly string[] = [],
): CustomerRow {
  const known = (kind: string) => identities.find(identity => identity.kind === kind)?.value
  return {
    id: String(customer.id),
    label: labelOf(customer, identities, sight),
    email: sight.contact ? customer.email : null,
    stage: glance?.stage ?? null,
    since: iso(glance?.since),
    orders: glance?.orders ?? 0,
    lastOrderAt: iso(glance?.lastOrderAt),
    revenue: moneyOf(glance?.revenue ?? {}, sight),
    firstSeenAt: new Date(customer.firstSeenAt).toISOString(),
    lastSeenAt: new Date(customer.lastSeenAt).toISOString(),
    phone: sight.contact ? (known('phone') ?? wordOf(customer.traits.phone ?? customer.traits.claimed_phone)) : null,
    externalId: known('external') ?? null,
    traits: Object.fromEntries(
      traits.flatMap(name => {
        const word = wordOf(customer.traits[name])
        return word === null ? [] : [[name, sight.contact || !isPersonal(name) ? word : t('customers:hidden')]]
      }),
    ),
  }
}

const wordOf = (value: CustomerRecord['traits'][string] | undefined): string | null =>
  value === undefined || value === null ? null : String(value)

export function profileOf(
  customer: CustomerRecord,
  identities: readonly KnownBy[],
  glance: Glance | undefined,
  sight: Sight,
): CustomerProfile {
  return {
    id: String(customer.id),
    label: labelOf(customer, identities, sight),
    firstSeenAt: new Date(customer.firstSeenAt).toISOString(),
    lastSeenAt: new Date(customer.lastSeenAt).toISOString(),
    identities: identities.map(({ kind, value }) => ({
      kind,
      value: sight.contact || !PERSONAL_IDS.has(kind) ? value : t('customers:hidden'),
    })),
    traits: Object.entries(customer.traits)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => ({
        name,
        value: sight.contact || !isPersonal(name) ? String(value) : t('customers:hidden'),
      })),
    orders: glance?.orders ?? 0,
    lastOrderAt: iso(glance?.lastOrderAt),
    revenue: moneyOf(glance?.revenue ?? {}, sight),
  }
}

export function itemOf(event: LogEvent, source: string | null, sight: Sight): TimelineItem {
  return {
    id: event.id,
    at: new Date(event.at).toISOString(),
    kind: kindOf(event.name),
    title: event.name,
    orderId: orderNumberOf(event.orderId),
    money: event.amount === null || !sight.money ? null : { amount: event.amount, currency: event.currency },
    lines: event.lines.map(line => ({
      name: line.name ?? null,
      sku: line.sku ?? null,
      quantity: line.quantity,
      price: sight.money ? (line.price ?? null) : null,
    })),
    from: null,
    to: null,
    because: null,
    source,
    hasMore: sight.contact && sight.money && (Object.keys(event.properties).length > 0 || Object.keys(event.traits).length > 0),
  }
}

type NamedMove = { at: number; from: string | null; to: string; because: 'event' | 'clock' }

export const itemOfMove = (move: NamedMove): TimelineItem => ({
  id: `move-${move.at}`,
  at: new Date(move.at).toISOString(),
  kind: 'move',
  title: move.to,
  orderId: null,
  money: null,
  lines: [],
  from: move.from,
  to: move.to,
  because: move.because,
  source: null,
  hasMore: false,
})

export const itemOfNote = (note: { id: number; created_at: Date; text: string; author: string }): TimelineItem => ({
  id: String(note.id),
  at: note.created_at.toISOString(),
  kind: 'note',
  title: note.text,
  orderId: null,
  money: null,
  lines: [],
  from: null,
  to: null,
  because: null,
  source: note.author,
  hasMore: false,
})

/** One page, newest first, with what else happened between the page before (`before`) and its last event; all that is left when there are no more events. */
export function timelinePage(
  events: readonly TimelineItem[],
  others: readonly TimelineItem[],
  before: number | null,
  isLast: boolean,
): TimelineItem[] {
  const oldest = isLast ? Number.NEGATIVE_INFINITY : Date.parse(events.at(-1)?.at ?? '')
  const here = others.filter(({ at }) => Date.parse(at) >= oldest && (before === null || Date.parse(at) < before))
  // A move stands above the event that caused it: it comes right after.
  return [...events, ...here].sort(
    (a, b) => Date.parse(b.at) - Date.parse(a.at) || Number(b.kind === 'move') - Number(a.kind === 'move'),
  )
}
