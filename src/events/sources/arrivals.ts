import { type Change } from '../batch.ts'
import { type LogEvent } from '../contract.ts'

export type HourCount = { sourceId: number; hour: number; n: number; lastAt: number }
export type MinuteCount = { sourceId: number; minute: number; n: number }
export type NameCount = { name: string; sourceId: number; n: number; firstAt: number; lastAt: number }

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** What a batch brought anew, by source and hour of arrival, by source and minute, by name and source; always in the same order, so that two workers never wait for each other in a circle. */
export function countsOf(changes: readonly Change[]): { hours: HourCount[]; minutes: MinuteCount[]; names: NameCount[] } {
  const hours = new Map<string, HourCount>()
  const minutes = new Map<number, Map<number, MinuteCount>>()
  const names = new Map<string, NameCount>()
  for (const { fresh } of changes)
    for (const event of fresh) {
      addHour(hours, event)
      addMinute(minutes, event)
      addName(names, event)
    }
  return {
    hours: [...hours.values()].sort((a, b) => a.sourceId - b.sourceId || a.hour - b.hour),
    minutes: [...minutes.values()]
      .flatMap(ring => [...ring.values()])
      .sort((a, b) => a.sourceId - b.sourceId || a.minute - b.minute),
    names: [...names.values()],
  }
}

function addHour(hours: Map<string, HourCount>, { sourceId, receivedAt }: LogEvent): void {
  const hour = receivedAt - (receivedAt % HOUR_MS)
  const key = `${sourceId} ${hour}`
  const known = hours.get(key)
  if (known === undefined) hours.set(key, { sourceId, hour, n: 1, lastAt: receivedAt })
  else {
    known.n++
    known.lastAt = Math.max(known.lastAt, receivedAt)
  }
}

/** A ring has one row for a minute of the hour: of two an hour apart, the later one counts. */
function addMinute(minutes: Map<number, Map<number, MinuteCount>>, { sourceId, receivedAt }: LogEvent): void {
  const minute = receivedAt - (receivedAt % MINUTE_MS)
  const slot = (minute / MINUTE_MS) % 60
  const ring = minutes.get(sourceId) ?? new Map<number, MinuteCount>()
  minutes.set(sourceId, ring)
  const known = ring.get(slot)
  if (known === undefined || known.minute < minute) ring.set(slot, { sourceId, minute, n: 1 })
  else if (known.minute === minute) known.n++
}

function addName(names: Map<string, NameCount>, { name, sourceId, receivedAt }: LogEvent): void {
  const key = `${sourceId} ${name}`
  const known = names.get(key)
  if (known === undefined) names.set(key, { name, sourceId, n: 1, firstAt: receivedAt, lastAt: receivedAt })
  else {
    known.n++
    known.firstAt = Math.min(known.firstAt, receivedAt)
    known.lastAt = Math.max(known.lastAt, receivedAt)
  }
}
