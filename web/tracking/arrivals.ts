import { type Live, type LiveEvent } from '../../src/events/tracking/contract.ts'

/** As many as are kept on the page; and as many as one question may bring. */
export const KEPT = 300

export type Arrivals = {
  /** Newest first. */
  items: LiveEvent[]
  latest: number
  counts: Live['counts']
  /** Arrived between two looks but were too many to be brought. */
  missed: number
}

/** What is known after one more answer. A server that counts from the beginning again was started anew: so does the page. */
export function joined(before: Arrivals | undefined, answer: Live): Arrivals {
  if (before === undefined || isNewStart(before, answer)) return { ...answer, missed: 0 }
  if (answer.latest === before.latest) return before
  // Of one large batch the server shows only the last events, without numbers for the rest: those it only counts.
  const accepted = answer.items.filter(({ outcome }) => outcome === 'accepted').length
  const missed = Math.max(
    answer.latest - before.latest - answer.items.length,
    answer.counts.accepted - before.counts.accepted - accepted,
  )
  return {
    items: [...answer.items, ...before.items].slice(0, KEPT),
    latest: answer.latest,
    counts: answer.counts,
    missed: before.missed + missed,
  }
}

export const isNewStart = (before: Arrivals, answer: Live) =>
  answer.latest < before.latest || answer.counts.accepted < before.counts.accepted
