import { type Envelope } from '../contract.ts'
import { LIMITS } from '../tracking/limits.ts'
import { normalise } from '../tracking/normalise.ts'
import { isTrouble } from '../tracking/reasons.ts'
import { type Settled } from './cells.ts'
import { Numbered } from './fold.ts'
import { type RecordTrouble } from './records.ts'
import { Refused, type Reject, rejected } from './reject.ts'
import { type Reader, type StagedRow } from './staged.ts'

/** So many events of one person are sorted by time; beyond that they are handed over in pieces, which is only slower. */
const PERSON_EVENTS_MAX = 20_000

/** Reads events, one JSON object a line, as SDKs send them and warehouses keep them. */
export class EventReader implements Reader {
  readonly #mapping: Settled
  readonly #now: number

  constructor(mapping: Settled, now: number) {
    this.#mapping = mapping
    this.#now = now
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): StagedRow | Reject {
    const envelope = trouble ? new Refused(trouble) : this.#envelope(cells[0] ?? '')
    if (envelope instanceof Refused) return rejected(row, envelope, cells)
    const [who] = envelope.identities
    return {
      row,
      first: who ? `${who.kind}:${who.value}` : '',
      second: envelope.messageId,
      content: JSON.stringify({ row, envelope } satisfies Staged),
    }
  }

  #envelope(line: string): Envelope | Refused {
    if (line.includes('\ufffd')) return new Refused('encoding', { column: 1 })
    if (Buffer.byteLength(line) > LIMITS.eventBytesMax) return new Refused('event_unusable', { reason: 'too_large', field: '' })
    let event: Record<string, unknown>
    try {
      event = JSON.parse(line) as Record<string, unknown>
    } catch {
      return new Refused('not_json')
    }
    // A live event without a time happened when it came; one of a file did not.
    if (typeof event === 'object' && event !== null && !event.timestamp && !event.originalTimestamp)
      return new Refused('event_time_missing')
    // When it was sent says how wrong the sender's clock was when it arrived, which was long ago.
    const { sentAt: _, ...kept } = event ?? {}
    const isPlain = typeof event === 'object' && event !== null && !Array.isArray(event)
    const read = normalise(isPlain ? kept : event, {
      receivedAt: this.#now,
      isTrusted: true,
      currency: this.#mapping.currency,
      limits: LIMITS,
    })
    return isTrouble(read) ? new Refused('event_unusable', { reason: read.reason, field: read.field ?? '' }) : read
  }
}

type Staged = { row: number; envelope: Envelope }

/** Events sorted by person and message id: each once, person by person in the order of time. */
export class TrackedFold extends Numbered {
  #last: { id: string; row: number } | null = null
  #person: string | null = null
  #open: Envelope[] = []

  add(content: string): void {
    const { row, envelope } = JSON.parse(content) as Staged
    const [who] = envelope.identities
    const person = `${who?.kind}:${who?.value}`
    if (person !== this.#person || this.#open.length >= PERSON_EVENTS_MAX) this.#release()
    if (person !== this.#person) this.customer()
    const isRepeated = person === this.#person && this.#last?.id === envelope.messageId
    this.#person = person
    if (isRepeated && this.#last) {
      // The same row is staged twice by a worker that was killed in between.
      if (row !== this.#last.row) this.conflict({ row, code: 'repeated', params: { first: this.#last.row } })
      return
    }
    this.#last = { id: envelope.messageId, row }
    this.#open.push(envelope)
  }

  end(): void {
    this.#release()
  }

  #release(): void {
    for (const envelope of this.#open.sort((a, b) => a.at - b.at)) this.emit(envelope)
    this.#open = []
  }
}
