import { type RawBuilder, sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type HourCount, type MinuteCount } from './arrivals.ts'
import { type Hours, KNOWN_DAYS } from './health.ts'

export type DoorCount = { sourceId: number; quarantined: number; blocked: number; at: number }

/** Counts what a batch put into the log, by hour and by minute of arrival. */
export async function addSettled(tx: Db, hours: readonly HourCount[], minutes: readonly MinuteCount[]): Promise<void> {
  await sql`
    with by_minute as (
      insert into source_minute as m (source_id, slot, minute, n)
      select source_id, extract(minute from minute at time zone 'UTC')::smallint, minute, n
      from unnest(${minutes.map(one => one.sourceId)}::int[], ${minutes.map(one => new Date(one.minute))}::timestamptz[],
                  ${minutes.map(one => one.n)}::bigint[]) as t (source_id, minute, n)
      on conflict (source_id, slot) do update
        set n = case when m.minute = excluded.minute then m.n + excluded.n else excluded.n end, minute = excluded.minute
        where m.minute <= excluded.minute)
    ${addHours(hours.map(one => ({ ...one, what: 'event' })))}`.execute(tx)
}

/** Counts what a door did not let in, in the transaction that keeps it. */
export async function addAtDoor(tx: Db, counts: readonly DoorCount[]): Promise<void> {
  const rows = counts.flatMap(({ sourceId, quarantined, blocked, at }) =>
    [
      { sourceId, what: 'blocked', n: blocked, at },
      { sourceId, what: 'quarantined', n: quarantined, at },
    ].filter(({ n }) => n > 0),
  )
  if (rows.length === 0) return
  const sorted = rows.sort((a, b) => a.sourceId - b.sourceId)
  const hours = sorted.map(({ sourceId, what, n, at }) => ({ sourceId, what, n, hour: at - (at % 3_600_000), lastAt: at }))
  await addHours(hours).execute(tx)
}

const addHours = (rows: readonly (HourCount & { what: string })[]) => sql`
    insert into source_hour as h (source_id, what, hour, n, last_at)
    select source_id, what, hour, sum(n), max(last_at)
    from unnest(${rows.map(row => row.sourceId)}::int[], ${rows.map(row => row.what)}::text[], ${rows.map(row => new Date(row.hour))}::timestamptz[],
                ${rows.map(row => row.n)}::bigint[], ${rows.map(row => new Date(row.lastAt))}::timestamptz[]) as t (source_id, what, hour, n, last_at)
    group by source_id, what, hour order by source_id, what, hour
    on conflict (source_id, what, hour) do update set n = h.n + excluded.n, last_at = greatest(h.last_at, excluded.last_at)`

export type SourceRow = {
  id: number
  kind: string
  name: string
  created_at: Date
  key_id: number | null
  import_id: number | null
  is_ended: boolean
  first_at: Date | null
  last_at: Date | null
  hour: number[] | null
  n: number[] | null
  minute: number[] | null
  minute_n: number[] | null
  quarantined: number
  blocked: number
}
export const hoursOf = (hour: number[] | null, n: number[] | null): Hours => ({ hour: hour ?? [], n: n ?? [] })

/** Sources with everything that their health is told from: some index look-ups each, whatever the log holds. */
async function read(db: Db, where: RawBuilder<unknown>, limit: number, now: number): Promise<SourceRow[]> {
  const since = new Date(now - KNOWN_DAYS * 86_400_000)
  const yesterday = new Date(now - (now % 3_600_000) - 23 * 3_600_000)
  const { rows } = await sql<SourceRow>`
    select s.id, s.kind, s.name, s.created_at, ts.key_id, i.id as import_id,
           (s.undone_at is not null or k.revoked_at is not null) as is_ended,
           first.at as first_at, last.last_at, e.hour, e.n, m.minute, m.n as minute_n,
           door.quarantined::int as quarantined, door.blocked::int as blocked
    from source s
    left join tracking_source ts on ts.source_id = s.id
    left join api_key k on k.id = ts.key_id
    left join import i on i.source_id = s.id
    left join lateral (select hour as at from source_hour where source_id = s.id and what = 'event' order by hour limit 1) first on true
    left join lateral (select last_at from source_hour where source_id = s.id and what = 'event' order by hour desc limit 1) last on true
    left join lateral (
      select array_agg((extract(epoch from hour) / 3600)::int order by hour) as hour, array_agg(n::float8 order by hour) as n
      from source_hour where source_id = s.id and what = 'event' and hour > ${since}) e on true
    left join lateral (
      select array_agg((extract(epoch from minute) / 60)::int order by minute) as minute, array_agg(n::float8 order by minute) as n
      from source_minute where source_id = s.id and minute > ${new Date(now - 3_600_000)}) m on true
    left join lateral (
      select coalesce(sum(n) filter (where what = 'quarantined'), 0) as quarantined, coalesce(sum(n) filter (where what = 'blocked'), 0) as blocked
      from source_hour where source_id = s.id and what in ('quarantined', 'blocked') and hour >= ${yesterday}) door on true
    where ${where} order by s.id desc limit ${limit}`.execute(db)
  return rows
}

const OF = {
  all: sql`true`,
  live: sql`(s.kind not like 'import.%' and s.kind <> 'colleague')`,
  files: sql`(s.kind like 'import.%' or s.kind = 'colleague')`,
} as const

export const page = (db: Db, of: keyof typeof OF, before: number | null, limit: number, now: number): Promise<SourceRow[]> =>
  read(db, sql`${OF[of]} and (${before}::int is null or s.id < ${before}::int)`, limit, now)

export const one = async (db: Db, id: number, now: number): Promise<SourceRow | undefined> =>
  (await read(db, sql`s.id = ${id}`, 1, now))[0]

/** Write keys that could hand events in and have not yet. */
export async function unheardKeys(db: Db) {
  return db
    .selectFrom('api_key')
    .leftJoin('tracking_source', 'tracking_source.key_id', 'api_key.id')
    .select(['api_key.id', 'api_key.name', 'api_key.created_at'])
    .where('api_key.kind', '=', 'write')
    .where('api_key.revoked_at', 'is', null)
    .where('tracking_source.key_id', 'is', null)
    .orderBy('api_key.id', 'desc')
    .limit(100)
    .execute()
}

/** Every hour of the last thirty days in which something came, of one source. */
export async function hoursOfSource(db: Db, id: number, now: number): Promise<{ what: string; hour: Date; n: number }[]> {
  return db
    .selectFrom('source_hour')
    .select(['what', 'hour', 'n'])
    .where('source_id', '=', id)
    .where('hour', '>', new Date(now - (KNOWN_DAYS + 1) * 86_400_000))
    .execute()
}
