const HOUR_MS = 3_600_000
export const IDLE_MS_MAX = 8 * HOUR_MS
export const AGE_MS_MAX = 7 * 24 * HOUR_MS
// Last seen is written at most this often: once a minute is exact enough for eight hours.
export const TOUCH_MS = 60_000

/** A session ends eight hours after its last request, and after seven days in any case. */
export const isAlive = ({ createdAt, lastSeenAt }: { createdAt: number; lastSeenAt: number }, now: number): boolean =>
  now - lastSeenAt < IDLE_MS_MAX && now - createdAt < AGE_MS_MAX
