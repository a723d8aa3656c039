const HOUR_MS = 3_600_000
/** Nights and slow days are no trouble: less than this is never called quiet. */
export const QUIET_MS_MIN = 24 * HOUR_MS
/** Fewer deliveries tell nothing about what is usual. */
export const HEARD_MIN = 10
const TIMES_USUAL = 4

/**
 * Whether a connection has been still for longer than is usual for it. Usual is measured by its own gaps between deliveries: it is quiet when nothing came
 * for four times the gap that 19 of 20 stay below, and for a day at least. `times`: of its latest deliveries, in any order.
 */
export function quietness(times: readonly number[], now: number): { since: number; usualMs: number } | null {
  if (times.length < HEARD_MIN) return null
  const sorted = [...times].sort((a, b) => a - b)
  const gaps = sorted
    .slice(1)
    .map((at, i) => at - (sorted[i] ?? at))
    .sort((a, b) => a - b)
  const share = (part: number): number => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))] ?? 0
  const since = sorted.at(-1) ?? now
  return now - since > Math.max(QUIET_MS_MIN, TIMES_USUAL * share(0.95)) ? { since, usualMs: share(0.5) } : null
}
