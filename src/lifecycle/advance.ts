import { type CompiledModel } from './compile.ts'
import { type FactEvent, FactFold, type Facts, NO_FACTS } from './facts.ts'
import { OUTSIDE } from './model.ts'

/**
 * Where a customer stands, what that was folded from, and when it changes by itself.
 * `heardUntil` is the last instant at which an event or the clock was folded in; `upcomingAt` that of an event dated later than the fold went.
 */
export type Standing = {
  stage: string
  since: number
  nextChangeAt: number | null
  heardUntil: number
  upcomingAt: number | null
  facts: Facts
}

/** One change of stage: at most one per customer and instant. `to` is never outside; `from` is outside at the first. */
export type Move = { at: number; from: string; to: string; because: 'event' | 'clock'; facts: Facts }

export type Advance = { standing: Standing | null; moves: Move[] }

/**
 * The one fold. Tells a customer's events, in the order of `inTime`, and the passing of time up to `until`, and says where that leads.
 * It continues from `standing` (null: from nothing). Null instead of an answer: the events cannot be understood from the standing alone
 * (an instant that it has passed already, or another word on an old order); begin again from null with the whole history.
 * Events after `until` have not happened yet: the standing keeps the first of them as `upcomingAt`.
 */
export function advance(
  compiled: CompiledModel,
  standing: Standing | null,
  events: readonly FactEvent[],
  until: number,
): Advance | null {
  const first = events[0]
  if (standing !== null && first !== undefined && first.at <= standing.heardUntil) return null
  if (standing !== null && standing.upcomingAt !== null && standing.upcomingAt <= until) return null
  const moves: Move[] = []
  const fold = new FactFold(standing?.facts ?? NO_FACTS)
  let stage = standing?.stage ?? OUTSIDE
  let since = standing?.since ?? 0
  let next = standing?.nextChangeAt ?? null
  let heardUntil = standing?.heardUntil ?? 0

  const standAt = (at: number, because: Move['because']) => {
    const to = compiled.stageAt(fold.facts, at, stage)
    if (to !== stage) {
      moves.push({ at, from: stage, to, because, facts: fold.facts })
      stage = to
      since = at
    }
    next = compiled.nextChange(fold.facts, at, stage)
    heardUntil = at
  }
  const letTimePass = (end: number) => {
    while (next !== null && next <= end) standAt(next, 'clock')
  }

  let i = 0
  for (let event = events[0]; event !== undefined && event.at <= until; event = events[i]) {
    const at = event.at
    letTimePass(at - 1)
    for (; event !== undefined && event.at === at; event = events[++i]) if (!fold.tell(event)) return null
    standAt(at, 'event')
  }
  letTimePass(until)

  const upcomingAt = earliest(standing?.upcomingAt ?? null, events[i]?.at ?? null)
  if (stage === OUTSIDE && upcomingAt === null) return { standing: null, moves }
  return { standing: { stage, since, nextChangeAt: next, heardUntil, upcomingAt, facts: fold.facts }, moves }
}

/** When a standing has to be looked at again if nothing is heard. */
export const wakesAt = (standing: Standing): number | null => earliest(standing.nextChangeAt, standing.upcomingAt)

const earliest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b))
