import { company } from '../../company/index.ts'
import { dayOf, lastDays, startOfDay } from '../../platform/calendar.ts'
import { Fault } from '../../platform/fault.ts'
import { pageOf } from '../../platform/http/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { namesOfSource } from '../catalogue/store.ts'
import { type SourceDetail, type SourceView } from './contract.ts'
import { eachOf, HOUR_MS, healthOf, KNOWN_DAYS } from './health.ts'
import * as store from './store.ts'

export { addAtDoor, addSettled, type DoorCount } from './store.ts'

const NAMES_SHOWN = 200

/** Sources with their health, the newest first. Keys that were never used come with the first page. */
export async function sourceViews(
  db: Db,
  of: 'all' | 'live' | 'files',
  before: number | null,
  limit: number,
  now: number,
): Promise<{ items: SourceView[]; next: string | null }> {
  const page = pageOf(await store.page(db, of, before, limit + 1, now), limit, row => [row.id])
  const items = page.items.map(row => viewOf(row, now))
  if (before !== null || of === 'files') return { items, next: page.next }
  return { items: [...(await store.unheardKeys(db)).map(unheard), ...items], next: page.next }
}

/** One source: its health, when it brought how much, and what. `data.source_not_found` when there is none. */
export async function sourceDetail(db: Db, id: number, now: number): Promise<SourceDetail> {
  const row = await store.one(db, id, now)
  if (row === undefined) throw new Fault('data.source_not_found', { id })
  const [hours, names, { timeZone }] = await Promise.all([
    store.hoursOfSource(db, id, now),
    namesOfSource(db, id, NAMES_SHOWN),
    company(db),
  ])
  return { source: viewOf(row, now), ...piecesOf(hours, timeZone, now), names }
}

function viewOf(row: store.SourceRow, now: number): SourceView {
  const hours = store.hoursOf(row.hour, row.n)
  const health = healthOf(
    {
      isFile: row.kind.startsWith('import.') || row.kind === 'colleague',
      isEnded: row.is_ended,
      firstAt: row.first_at?.getTime() ?? null,
      lastAt: row.last_at?.getTime() ?? null,
      hours,
      minutes: store.hoursOf(row.minute, row.minute_n),
      quarantined: row.quarantined,
    },
    now,
  )
  return {
    id: String(row.id),
    keyId: row.key_id === null ? null : String(row.key_id),
    importId: row.import_id === null ? null : String(row.import_id),
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    lastAt: row.last_at?.toISOString() ?? null,
    quarantined: row.quarantined,
    blocked: row.blocked,
    hours: eachOf(hours, Math.floor(now / HOUR_MS), 24),
    ...health,
  }
}

const NOTHING = { now: 0, usual: null }
const unheard = (key: { id: number; name: string; created_at: Date }): SourceView => ({
  id: null,
  keyId: String(key.id),
  importId: null,
  kind: 'tracking',
  name: key.name,
  state: 'never',
  createdAt: key.created_at.toISOString(),
  lastAt: null,
  usualSilenceMs: null,
  silentMs: null,
  perMinute: NOTHING,
  perHour: NOTHING,
  perDay: NOTHING,
  events: 0,
  quarantined: 0,
  blocked: 0,
  hours: Array<number>(24).fill(0),
})

const FIELDS: Record<string, 'events' | 'quarantined' | 'blocked'> = {
  event: 'events',
  quarantined: 'quarantined',
  blocked: 'blocked',
}

/** The last 24 hours and the last thirty days on the company's clock, also where nothing came. */
function piecesOf(
  rows: readonly { what: string; hour: Date; n: number }[],
  timeZone: string,
  now: number,
): Pick<SourceDetail, 'hours' | 'days'> {
  const empty = { events: 0, quarantined: 0, blocked: 0 }
  const thisHour = now - (now % HOUR_MS)
  const hours = new Map(
    Array.from({ length: 24 }, (_, i) => thisHour - (23 - i) * HOUR_MS).map(at => [
      at,
      { at: new Date(at).toISOString(), ...empty },
    ]),
  )
  const first = dayOf(now - (KNOWN_DAYS - 1) * 24 * HOUR_MS, timeZone)
  const days = lastDays(first, dayOf(now, timeZone), 'day').map(day => ({ day, ...empty }))
  const starts = days.map(({ day }) => startOfDay(day, timeZone))
  for (const { what, hour, n } of rows) {
    const field = FIELDS[what]
    if (field === undefined) continue
    const at = hours.get(hour.getTime())
    if (at !== undefined) at[field] += n
    const day = days[starts.findLastIndex(start => start <= hour.getTime())]
    if (day !== undefined) day[field] += n
  }
  return { hours: [...hours.values()], days }
}
