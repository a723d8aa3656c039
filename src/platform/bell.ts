const LOOK_MS = { first: 20, last: 1_500 }

/**
 * Lets loops of this process know at once what they would otherwise find at their next look. A ring that nobody hears is lost:
 * whoever rings has put the work where it is found anyway, and a process elsewhere finds it by looking.
 */
export class Bell {
  readonly #wakers = new Set<() => void>()

  ring(): void {
    for (const wake of this.#wakers) wake()
  }

  /** True as soon as it rings; false when the pause is over first. */
  async hears(pause: Promise<void>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const wake = () => resolve(true)
    this.#wakers.add(wake)
    try {
      return await Promise.race([promise, pause.then(() => false)])
    } finally {
      this.#wakers.delete(wake)
    }
  }
}

/**
 * Looks for work until the signal ends it: at once again after finding some, after ever longer pauses while there is none, and soon after
 * the bell rings (a transaction around the ring may commit a moment later, so one look would not do).
 */
export async function keepLooking(
  look: () => Promise<boolean>,
  bell: Bell,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  let waitMs = LOOK_MS.first
  while (!signal.aborted) {
    if (await look()) waitMs = LOOK_MS.first
    else if (await bell.hears(pause(waitMs))) waitMs = LOOK_MS.first
    else waitMs = Math.min(waitMs * 2, LOOK_MS.last)
  }
}
