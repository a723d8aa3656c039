import { type Envelope, inTime, type LogEvent } from './contract.ts'

/** What a batch changes for one customer. Listeners decide from it, inside the transaction that settles the batch. */
export type Change = {
  customerId: number
  /** New to the log, in the order of time. */
  fresh: LogEvent[]
  /** The whole history including `fresh`, in the order of time, when the past was rewritten (a late event, an undone import); else null. */
  whole: LogEvent[] | null
}

export type Resolved = {
  customerId: number
  persona: number
  id: string
  sourceId: number
  receivedAt: number
  envelope: Envelope
}

export const toLogEvent = ({ customerId, persona, id, sourceId, receivedAt, envelope }: Resolved): LogEvent => ({
  id,
  customerId,
  ...(persona !== customerId && { persona }),
  name: envelope.name,
  at: envelope.at,
  receivedAt,
  sourceId,
  identified: isIdentified(envelope),
  orderId: envelope.orderId ?? '',
  amount: envelope.amount ?? null,
  currency: envelope.currency ?? '',
  lines: envelope.lines ?? [],
  traits: envelope.traits ?? {},
  properties: envelope.properties ?? {},
})

/** By more than an anonymous id. An email that only a public page claims makes nobody findable by it, and yet it is a name given. */
const isIdentified = ({ identities, traits }: Envelope): boolean =>
  identities.some(({ kind }) => kind !== 'anonymous') || Boolean(traits?.claimed_email)

/** Customers whose log has to be read before we can tell a repeated or late event from a new one: all but those who only went on. */
export function doubtful(events: readonly LogEvent[], lastSeenAt: ReadonlyMap<number, number>): number[] {
  return [
    ...new Set(
      events
        .filter(event => event.at <= (lastSeenAt.get(event.customerId) ?? Number.NEGATIVE_INFINITY))
        .map(event => event.customerId),
    ),
  ]
}

/**
 * Sorts a batch into changes, without what the log has already (`known`). `histories` holds the log of the doubtful customers.
 * Of those joined, the one in front has a whole new past, and the other one none.
 */
export function changesOf(
  events: readonly LogEvent[],
  known: ReadonlySet<string>,
  histories: ReadonlyMap<number, LogEvent[]>,
  doubted: ReadonlySet<number>,
  joined: readonly { winner: number; loser: number }[] = [],
): Change[] {
  const byCustomer = Map.groupBy(events, event => event.customerId)
  const changes: Change[] = []
  for (const [customerId, incoming] of byCustomer) {
    const seen = new Set<string>()
    const fresh = incoming.filter(event => !known.has(event.id) && !seen.has(event.id) && seen.add(event.id)).sort(inTime)
    if (fresh.length === 0) continue
    const whole = doubted.has(customerId) ? [...(histories.get(customerId) ?? []), ...fresh].sort(inTime) : null
    changes.push({ customerId, fresh, whole })
  }
  const told = new Set(changes.map(change => change.customerId))
  const untold = new Set(joined.map(({ winner }) => winner)).difference(told)
  for (const customerId of untold) changes.push({ customerId, fresh: [], whole: histories.get(customerId) ?? [] })
  for (const { loser } of joined) changes.push({ customerId: loser, fresh: [], whole: [] })
  return changes
}
