import {
  CONSENT_CHANNELS,
  CONSENT_EVENTS,
  CONSENT_PURPOSES,
  type ConsentChannel,
  type ConsentPurpose,
  type ConsentStatus,
  type LogEvent,
} from '../events/contract.ts'

export type Said = {
  purpose: ConsentPurpose
  channel: ConsentChannel
  status: ConsentStatus
  at: number
  recordedAt: number
  id: number
}

export type Standing = { purpose: ConsentPurpose; channel: ConsentChannel; status: ConsentStatus; since: number }

const place = ({ purpose, channel }: Pick<Said, 'purpose' | 'channel'>): string => `${purpose}|${channel}`

/**
 * What counts now of everything that was said: for each purpose and channel the latest word, whatever order we heard of it in.
 * Of words at the same instant the one that takes more away, so that nobody is addressed on the strength of a tie.
 */
export function standing(entries: readonly Said[]): Standing[] {
  const now = new Map<string, Standing>()
  for (const { purpose, channel, status, at } of [...entries].sort(inOrder)) {
    const before = now.get(place({ purpose, channel }))
    now.set(place({ purpose, channel }), { purpose, channel, status, since: before?.status === status ? before.since : at })
  }
  return [...now.values()]
}

const TAKES_AWAY: Record<ConsentStatus, number> = { granted: 0, denied: 1, withdrawn: 2 }
const inOrder = (a: Said, b: Said): number => a.at - b.at || TAKES_AWAY[a.status] - TAKES_AWAY[b.status] || a.id - b.id

export type NewEntry = {
  eventId: string
  sourceId: number
  customerId: number
  purpose: ConsentPurpose
  channel: ConsentChannel
  status: ConsentStatus
  at: number
  saidIn: string | null
  proof: string | null
}

const STATUS = new Map<string, ConsentStatus>(
  Object.entries(CONSENT_EVENTS).map(([status, name]) => [name, status as ConsentStatus]),
)
export const isConsent = ({ name }: Pick<LogEvent, 'name'>): boolean => STATUS.has(name)

/** What an event says of consent; null when it names no purpose or channel that we know. */
export function entryOf(event: LogEvent): NewEntry | null {
  const status = STATUS.get(event.name)
  const { purpose, channel, source, proof } = event.properties
  const isKnown = CONSENT_PURPOSES.includes(purpose as ConsentPurpose) && CONSENT_CHANNELS.includes(channel as ConsentChannel)
  if (status === undefined || !isKnown) return null
  return {
    eventId: event.id,
    sourceId: event.sourceId,
    customerId: event.persona ?? event.customerId,
    purpose: purpose as ConsentPurpose,
    channel: channel as ConsentChannel,
    status,
    at: event.at,
    saidIn: text(source),
    proof: text(proof),
  }
}

const TEXT_CHARS_MAX = 2_000
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, TEXT_CHARS_MAX) : null
