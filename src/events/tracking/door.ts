import { type Action } from '../rules/contract.ts'
import { applyToEvent, type Compiled, type Tools } from '../rules/rules.ts'
import { wordOf } from './money.ts'
import { type Arrival, NAMES, normalise, TYPES } from './normalise.ts'
import { isTrouble, type Reason } from './reasons.ts'
import { isBag } from './values.ts'

/** Of every rule that blocked events how many. */
export type Blocked = Map<number, number>
export type LetIn = { events: unknown[]; blocked: Blocked }

/** What the log would call it; null when it has no name. */
export function eventNameOf(event: unknown): string | null {
  const type = isBag(event) ? TYPES.find(known => known === event.type) : undefined
  if (type === undefined || !isBag(event)) return null
  return type === 'track' ? wordOf(event.event) : NAMES[type]
}

/** The events of a request as the rules let them in: before anything else looks at them, so that what is denied is not even set aside. */
export function letIn(events: readonly unknown[], { compiled, tools }: { compiled: Compiled; tools: Tools }): LetIn {
  const blocked: Blocked = new Map()
  const kept: unknown[] = []
  for (const event of events) {
    const ruled = applyToEvent(compiled, eventNameOf(event), event, tools)
    if ('event' in ruled) kept.push(ruled.event)
    else blocked.set(ruled.blockedBy, (blocked.get(ruled.blockedBy) ?? 0) + 1)
  }
  return { events: kept, blocked }
}

export type Tried = {
  outcome: 'accepted' | 'quarantined' | 'blocked'
  reason: Reason | null
  after: unknown
  changes: { path: string; action: Exclude<Action, 'block'> }[]
}

/** What would become of an event. */
export function tried(event: unknown, rules: { compiled: Compiled; tools: Tools }, arrival: Arrival): Tried {
  const changes: Tried['changes'] = []
  const ruled = applyToEvent(rules.compiled, eventNameOf(event), event, rules.tools, (path, action) =>
    changes.push({ path, action }),
  )
  if (!('event' in ruled)) return { outcome: 'blocked', reason: null, after: null, changes }
  const outcome = normalise(ruled.event, arrival)
  if (isTrouble(outcome)) return { outcome: 'quarantined', reason: outcome.reason, after: ruled.event, changes }
  return { outcome: 'accepted', reason: null, after: ruled.event, changes }
}
