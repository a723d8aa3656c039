import { sql } from 'kysely'
import { type Db } from '../platform/postgres.ts'
import { type NewEntry, type Said } from './ledger.ts'

export type Entry = Said & { customerId: number; source: string; saidIn: string | null; proof: string | null }

export async function addEntries(tx: Db, entries: readonly NewEntry[], now: number): Promise<void> {
  if (entries.length === 0) return
  await tx
    .insertInto('consent_entry')
    .values(
      entries.map(entry => ({
        event_id: entry.eventId,
        source_id: entry.sourceId,
        customer_id: entry.customerId,
        purpose: entry.purpose,
        channel: entry.channel,
        status: entry.status,
        at: new Date(entry.at),
        recorded_at: new Date(now),
        said_in: entry.saidIn,
        proof: entry.proof,
      })),
    )
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Which of these sources are believed when they say that somebody agreed: files, shops, colleagues, and whoever holds a secret key. */
export async function trustedAmong(db: Db, sourceIds: readonly number[]): Promise<Set<number>> {
  if (sourceIds.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    select s.id from source s left join tracking_source t on t.source_id = s.id left join api_key k on k.id = t.key_id
    where s.id = any(${sourceIds}::int[]) and (s.kind like 'import.%' or s.kind in ('shop', 'colleague') or k.kind = 'secret')`.execute(
    db,
  )
  return new Set(rows.map(({ id }) => id))
}

/** The ledger of some customers and of those who were joined to them, without what was taken back. Under the id that was asked for. */
export async function entriesOf(db: Db, customerIds: readonly number[]): Promise<Map<number, Entry[]>> {
  const { rows } = await sql<EntryRow>`
    with person as (select id as asked, id from customer where id = any(${customerIds}::bigint[])
                    union all select merged_into, id from customer where merged_into = any(${customerIds}::bigint[]))
    select p.asked, e.id, e.purpose, e.channel, e.status, e.at, e.recorded_at, e.said_in, e.proof, s.name as source
    from person p join consent_entry e on e.customer_id = p.id join source s on s.id = e.source_id
    where s.undone_at is null order by e.at desc, e.id desc`.execute(db)
  return Map.groupBy(rows.map(fromRow), ({ customerId }) => customerId)
}

type EntryRow = {
  asked: number
  id: number
  purpose: Entry['purpose']
  channel: Entry['channel']
  status: Entry['status']
  at: Date
  recorded_at: Date
  said_in: string | null
  proof: string | null
  source: string
}

const fromRow = (row: EntryRow): Entry => ({
  customerId: row.asked,
  id: row.id,
  purpose: row.purpose,
  channel: row.channel,
  status: row.status,
  at: row.at.getTime(),
  recordedAt: row.recorded_at.getTime(),
  source: row.source,
  saidIn: row.said_in,
  proof: row.proof,
})
