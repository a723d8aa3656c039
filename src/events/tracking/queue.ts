/** What one request hands in, while it waits to be written. */
export type Parcel = { sourceId: number; bytes: number; events: number }

/**
 * Whether one more parcel of a source still finds room. A source may have as much as is free beside it: alone it gets half of all,
 * two get a third each, and whoever comes after them still finds room. (The dynamic threshold of switches, Choudhury and Hahne 1998.)
 */
export const hasRoom = (own: number, all: number, more: number, max: number): boolean => own + more <= max - all

/** Requests that wait, one queue for each source: those of a quiet one never stand behind all of a loud one's. */
export class FairQueue<T extends Parcel> {
  /** Of every source its parcels, of which those before `head` are gone. */
  readonly #waiting = new Map<number, { parcels: T[]; head: number }>()
  readonly #bytes = new Map<number, number>()
  #all = 0

  get bytes(): number {
    return this.#all
  }
  bytesOf(sourceId: number): number {
    return this.#bytes.get(sourceId) ?? 0
  }
  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  push(parcel: T): void {
    const own = this.#waiting.get(parcel.sourceId)
    if (own === undefined) this.#waiting.set(parcel.sourceId, { parcels: [parcel], head: 0 })
    else own.parcels.push(parcel)
    this.#add(parcel.sourceId, parcel.bytes)
  }

  /** The next group: in turns one parcel of each source, until it holds about `eventsMax` events. What is taken still counts until `settled`. */
  next(eventsMax: number): T[] {
    const group: T[] = []
    let events = 0
    while (this.#waiting.size > 0) {
      for (const [sourceId, own] of this.#waiting) {
        const first = own.parcels[own.head] as T
        if (group.length > 0 && events + first.events > eventsMax) {
          this.#beginWith(sourceId)
          return group
        }
        group.push(first)
        events += first.events
        own.head++
        if (own.head === own.parcels.length) this.#waiting.delete(sourceId)
      }
    }
    return group
  }

  /** The next group goes on where this one ended. */
  #beginWith(sourceId: number): void {
    for (const [id, own] of [...this.#waiting]) {
      if (id === sourceId) return
      this.#waiting.delete(id)
      this.#waiting.set(id, own)
    }
  }

  settled(group: readonly T[]): void {
    for (const { sourceId, bytes } of group) this.#add(sourceId, -bytes)
  }

  #add(sourceId: number, bytes: number): void {
    this.#all += bytes
    const own = (this.#bytes.get(sourceId) ?? 0) + bytes
    if (own === 0) this.#bytes.delete(sourceId)
    else this.#bytes.set(sourceId, own)
  }
}
