/** What time it is, in milliseconds since 1970. Handed in, so that a test can move time by hand. */
export type Clock = { now(): number }

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until it is told otherwise. */
export function handClock(start: number): Clock & { set(at: number): void; forward(ms: number): void } {
  let at = start
  return {
    now: () => at,
    set(to) {
      at = to
    },
    forward(ms) {
      at += ms
    },
  }
}
