/** Lets so many in at a time, and the others in their turn. */
export class Gate {
  readonly #atATime: number
  readonly #waitingMax: number
  #inside = 0
  readonly #waiting: (() => void)[] = []

  constructor(atATime: number, waitingMax: number) {
    this.#atATime = atATime
    this.#waitingMax = waitingMax
  }

  /** Whether one more would have to be turned away. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#waitingMax
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    // Woken by the one that leaves, whose place is handed on: `inside` stays as it is.
    if (this.#inside >= this.#atATime) await new Promise<void>(wake => this.#waiting.push(wake))
    else this.#inside++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#inside--
    }
  }
}
