import { sql } from 'kysely'
import { type Db } from '../platform/postgres.ts'
import { type SpendAnswer } from './contract.ts'

/** What a channel cost on a day, in minor units of the currency. */
export type Spend = { day: string; channel: string; campaign: string; currency: string; amount: number }

// Of the files that speak of a channel's day the latest counts, with everything it says of it: a file by campaigns replaces one without.
const STANDING = sql`
  select * from (
    select e.*, rank() over (partition by e.day, e.channel order by e.source_id desc) as layer
    from spend_entry e join spend_layer l using (source_id) where l.counts_from is not null
  ) told where layer = 1`

export async function openLayer(db: Db, sourceId: number): Promise<void> {
  await db
    .insertInto('spend_layer')
    .values({ source_id: sourceId })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** Safe to repeat. */
export async function addSpend(db: Db, sourceId: number, entries: readonly Spend[]): Promise<void> {
  if (entries.length === 0) return
  const of = <K extends keyof Spend>(part: K) => entries.map(entry => entry[part])
  await sql`
    insert into spend_entry (source_id, day, channel, campaign, currency, amount)
    select ${sourceId}, * from unnest(${of('day')}::date[], ${of('channel')}::text[], ${of('campaign')}::text[],
                                      ${of('currency')}::text[], ${of('amount')}::bigint[])
    on conflict (day, channel, source_id, campaign, currency) do update set amount = excluded.amount`.execute(db)
}

/** From now on the layer counts, as a whole. */
export async function closeLayer(db: Db, sourceId: number, at: number): Promise<void> {
  await db
    .updateTable('spend_layer')
    .set({ counts_from: new Date(at) })
    .where('source_id', '=', sourceId)
    .execute()
}

/** What it said no longer counts; what stood before it stands again. */
export async function dropLayer(db: Db, sourceId: number): Promise<void> {
  await db.deleteFrom('spend_layer').where('source_id', '=', sourceId).execute()
}

/** How many of the entries stand so already, and of which days of a channel something else stands. */
export async function compareSpend(db: Db, entries: readonly Spend[]): Promise<{ known: number; replaced: string[] }> {
  if (entries.length === 0) return { known: 0, replaced: [] }
  const of = <K extends keyof Spend>(part: K) => entries.map(entry => entry[part])
  const { rows } = await sql<{ place: string; is_same: boolean | null; stands: boolean }>`
    with told as (
      select * from unnest(${of('day')}::date[], ${of('channel')}::text[], ${of('campaign')}::text[],
                           ${of('currency')}::text[], ${of('amount')}::bigint[]) as t (day, channel, campaign, currency, amount)
    ), standing as (
      select e.* from (${STANDING}) e where (e.day, e.channel) in (select day, channel from told)
    )
    select told.day::text || ' ' || told.channel as place, same.amount = told.amount as is_same,
           exists (select 1 from standing s where s.day = told.day and s.channel = told.channel) as stands
    from told left join standing same using (day, channel, campaign, currency)`.execute(db)
  return {
    known: rows.filter(row => row.is_same).length,
    replaced: [...new Set(rows.filter(row => row.stands && !row.is_same).map(row => row.place))],
  }
}

export async function spendBetween(
  db: Db,
  { from, to, by, isByCampaign }: { from: string | null; to: string | null; by: 'day' | 'month'; isByCampaign: boolean },
): Promise<SpendAnswer> {
  const when = by === 'month' ? sql`to_char(day, 'YYYY-MM')` : sql`day::text`
  const campaign = isByCampaign ? sql`campaign` : sql`null::text`
  const { rows } = await sql<SpendAnswer['items'][number]>`
    select ${when} as "when", channel, ${campaign} as campaign, sum(amount)::bigint as amount, currency from (${STANDING}) s
    where (${from}::date is null or day >= ${from}::date) and (${to}::date is null or day <= ${to}::date)
    group by 1, 2, 3, 5 order by 1, 2, 3, 5`.execute(db)
  const { rows: span } = await sql<{ first: string | null; last: string | null }>`
    select min(day)::text as first, max(day)::text as last from spend_entry join spend_layer using (source_id)
    where counts_from is not null`.execute(db)
  return { items: rows, firstDay: span[0]?.first ?? null, lastDay: span[0]?.last ?? null }
}
