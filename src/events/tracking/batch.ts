import { createHash } from 'node:crypto'
import { type Envelope } from '../contract.ts'
import { type Limits } from './limits.ts'
import { type Arrival, normalise, type Type } from './normalise.ts'
import { isTrouble, type Reason, type Trouble } from './reasons.ts'
import { type Bag, bagOr, isBag, textOf } from './values.ts'

/** An event that could not be used, as it is kept. */
export type Unusable = Trouble & { fingerprint: string; name: string | null; raw: string; isCut: boolean; times: number }

/** `blocked`: of every rule that refused events how many. */
export type Sorted = { envelopes: Envelope[]; unusable: Unusable[]; blocked?: ReadonlyMap<number, number> }

/** The events of a request: those of its batch, each with what the batch says about all; or the one that the body itself is. Null: `batch` is no list. */
export function eventsIn(body: Bag, type: Type | null, sentAt: string | undefined): unknown[] | null {
  if (type !== null) {
    const { writeKey: _, api_key: __, token: ___, ...event } = body
    return [withSentAt({ ...event, type }, sentAt)]
  }
  if (!Array.isArray(body.batch)) return null
  const sent = body.sentAt ?? sentAt
  const [context, integrations] = [bagOr(body.context), bagOr(body.integrations)]
  const says = Object.keys(context).length + Object.keys(integrations).length > 0
  return body.batch.map(event => {
    if (!isBag(event)) return event
    if (!says) return withSentAt(event, sent)
    return withSentAt(
      {
        ...event,
        context: { ...context, ...bagOr(event.context) },
        integrations: { ...integrations, ...bagOr(event.integrations) },
      },
      sent,
    )
  })
}

const withSentAt = (event: Bag, sentAt: unknown): Bag =>
  event.sentAt === undefined && sentAt !== undefined ? { ...event, sentAt } : event

/** Every event of a request as an envelope, or with the reason why it cannot be used. One bad event costs no other. */
export function sorted(events: readonly unknown[], body: Bag, bodyBytes: number, arrival: Arrival): Sorted {
  const { batchEventsMax, quarantinedPerRequestMax } = arrival.limits
  const envelopes: Envelope[] = []
  const bad = new Map<string, Unusable>()
  const isTooMuch = measure(body, bodyBytes, arrival.limits)
  let unlisted = 0
  events.forEach((event, i) => {
    const outcome: Envelope | Trouble =
      i >= batchEventsMax ? { reason: 'batch_too_long' } : (isTooMuch(event) ?? normalise(event, arrival))
    if (!isTrouble(outcome)) envelopes.push(outcome)
    else if (bad.size < quarantinedPerRequestMax) keep(bad, outcome, event, arrival)
    else unlisted++
  })
  if (unlisted > 0) keep(bad, { reason: 'batch_too_long' }, { unlisted }, arrival, unlisted)
  return { envelopes, unusable: [...bad.values()] }
}

/** Says of one event after another whether it is, or all so far together are, too large. What is small for sure is not measured. */
function measure(body: Bag, bodyBytes: number, limits: Limits): (event: unknown) => Trouble | null {
  const { eventBytesMax, batchBytesMax, bodyBytesMax } = limits
  if (bodyBytes <= eventBytesMax && !Array.isArray(body.batch)) return () => null
  // What the batch says about all of its events is sent once and kept with each of them.
  const shared = bytesOf([body.context, body.integrations])
  const mayRepeatMuch = shared * (Array.isArray(body.batch) ? body.batch.length : 1) > bodyBytesMax / 2
  if (bodyBytes <= eventBytesMax && !mayRepeatMuch) return () => null
  let [sent, kept] = [0, 0]
  return event => {
    const bytes = bytesOf(event)
    kept += bytes
    sent += Math.max(0, bytes - shared)
    if (bytes > eventBytesMax) return { reason: 'too_large' }
    return sent > batchBytesMax || kept > bodyBytesMax ? { reason: 'batch_too_large' } : null
  }
}

/** Its size as JSON. Too deep to be written is too large for anything. */
function bytesOf(event: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(event) ?? '')
  } catch {
    // It will be found to be too deep.
    return 0
  }
}

function keep(bad: Map<string, Unusable>, trouble: Trouble, event: unknown, { limits }: Arrival, times = 1): void {
  const unusable = unusableOf(trouble, event, limits.keptCharsMax, times)
  const same = bad.get(unusable.fingerprint)
  if (same === undefined) bad.set(unusable.fingerprint, unusable)
  else same.times += times
}

/** An event as it is kept for somebody to look at and correct. A repeated one meets its own fingerprint, whenever it was sent again. */
export function unusableOf(trouble: Trouble, event: unknown, charsMax: number, times = 1): Unusable {
  const { text, isCut } = textOf(event, charsMax)
  const { sentAt: _, ...lasting } = bagOr(event)
  const told = isBag(event) ? textOf(lasting, charsMax).text : text
  return {
    ...trouble,
    fingerprint: uuidOf(trouble.reason, told),
    name: nameIn(event),
    // JSON escapes what Postgres could not hold, except in a text that was cut in the middle of an escape.
    raw: text.replaceAll('\0', '').toWellFormed(),
    isCut,
    times,
  }
}

function uuidOf(reason: Reason, text: string): string {
  return createHash('sha256').update(`${reason}:${text}`).digest('hex').slice(0, 32)
}

/** What a list calls it: the name of what was tracked, else its type. */
function nameIn(event: unknown): string | null {
  const { event: name, type } = bagOr(event)
  const called = typeof name === 'string' && name.trim() !== '' ? name : typeof type === 'string' ? type : null
  return called === null ? null : called.slice(0, 200).replaceAll('\0', '').toWellFormed()
}
