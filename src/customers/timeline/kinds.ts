import { type TimelineItem, type TimelineKind } from '../contract.ts'

/** What names of events tell, in the words of the Segment specification; read by the log (RE2) and by us alike. */
export const NAMES = {
  order: '^Order (Completed|Updated|Refunded|Cancelled)$',
  visit: '^(Page|Screen|Product|Product List|Cart|Category|Promotion) Viewed$|^Products Searched$',
  message: '^(Email|SMS|Push|Push Notification|Message|WhatsApp|Letter) ',
} as const

const ORDER_KINDS: Record<string, TimelineItem['kind']> = {
  'Order Refunded': 'refund',
  'Order Cancelled': 'cancellation',
}

const visit = new RegExp(NAMES.visit)
const message = new RegExp(NAMES.message)
const order = new RegExp(NAMES.order)

export function kindOf(name: string): TimelineItem['kind'] {
  if (order.test(name)) return ORDER_KINDS[name] ?? 'order'
  if (visit.test(name)) return 'visit'
  return message.test(name) ? 'message' : 'event'
}

/** Names of events of a kind, as patterns that must and must not match; null where no event is of that kind. */
export function namesOf(kind: TimelineKind | null): { like: string; unlike: string } | null {
  if (kind === 'move' || kind === 'note') return null
  if (kind === null) return { like: '', unlike: '' }
  if (kind === 'other') return { like: '', unlike: Object.values(NAMES).join('|') }
  return { like: NAMES[kind], unlike: '' }
}
