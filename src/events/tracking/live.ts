import { type Envelope } from '../contract.ts'
import { type Unusable } from './batch.ts'

type Sight = { seq: number; receivedAt: number; source: string }
export type Seen = Sight & ({ outcome: 'accepted'; envelope: Envelope } | { outcome: 'quarantined'; unusable: Unusable })

const KEPT_PER_SOURCE = 200

/** The latest events of every source, for somebody who watches them arrive. In this process's memory only: it is a window, not a record. */
export class LiveWindow {
  readonly #sources = new Map<number, Seen[]>()
  readonly #counts = new Map<number, { accepted: number; quarantined: number }>()
  #seq = 0

  /** Since this process began; of one source, or of all. */
  counts(source?: number): { accepted: number; quarantined: number } {
    const sum = { accepted: 0, quarantined: 0 }
    for (const [id, { accepted, quarantined }] of this.#counts) {
      if (source !== undefined && source !== id) continue
      sum.accepted += accepted
      sum.quarantined += quarantined
    }
    return sum
  }

  get latest(): number {
    return this.#seq
  }

  show(
    { sourceId, name }: { sourceId: number; name: string },
    receivedAt: number,
    envelopes: readonly Envelope[],
    unusable: readonly Unusable[],
  ): void {
    const seen = this.#sources.get(sourceId) ?? []
    for (const envelope of envelopes.slice(-KEPT_PER_SOURCE))
      seen.push({ seq: ++this.#seq, receivedAt, source: name, outcome: 'accepted', envelope })
    for (const one of unusable.slice(-KEPT_PER_SOURCE))
      seen.push({ seq: ++this.#seq, receivedAt, source: name, outcome: 'quarantined', unusable: one })
    // Shortened only now and then, so that it costs nothing an event.
    this.#sources.set(sourceId, seen.length > 2 * KEPT_PER_SOURCE ? seen.slice(-KEPT_PER_SOURCE) : seen)
    const counts = this.#counts.get(sourceId) ?? { accepted: 0, quarantined: 0 }
    this.#counts.set(sourceId, counts)
    counts.accepted += envelopes.length
    counts.quarantined += unusable.reduce((sum, { times }) => sum + times, 0)
  }

  /** Those after `seq`, newest first; of one source, or of all. */
  after(seq: number, limit: number, source?: number): Seen[] {
    const sources = source === undefined ? [...this.#sources.values()] : [this.#sources.get(source) ?? []]
    const all = sources.flatMap(seen => seen.slice(-KEPT_PER_SOURCE).filter(one => one.seq > seq))
    return all.sort((a, b) => b.seq - a.seq).slice(0, limit)
  }
}
