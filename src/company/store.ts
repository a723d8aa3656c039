import { sql } from 'kysely'
import { type Db } from '../platform/postgres.ts'
import { type Rate } from './contract.ts'

type Row = { name: string; time_zone: string; currency: string; country: string | null }

export const read = (db: Db) => db.selectFrom('company').select(['name', 'time_zone', 'currency', 'country']).executeTakeFirst()

export async function write(db: Db, row: Row, at: Date): Promise<void> {
  await db
    .insertInto('company')
    .values({ ...row, created_at: at, changed_at: at })
    .onConflict(conflict => conflict.column('id').doUpdateSet({ ...row, changed_at: at }))
    .execute()
}

/** Rates to a currency, by currency and day. */
export async function rates(db: Db, base: string): Promise<Rate[]> {
  const { rows } = await sql<Rate>`
    select currency, to_char(day, 'YYYY-MM-DD') as day, rate::text as rate from currency_rate where base = ${base} order by currency, currency_rate.day`.execute(
    db,
  )
  return rows
}

export async function writeRates(db: Db, base: string, given: readonly Rate[], at: Date): Promise<void> {
  await sql`
    insert into currency_rate (base, currency, day, rate, changed_at)
    select ${base}, new.currency, new.day, new.rate, ${at} from unnest(${given.map(one => one.currency)}::text[], ${given.map(one => one.day)}::date[],
      ${given.map(one => one.rate)}::numeric[]) as new (currency, day, rate)
    on conflict (base, currency, day) do update set rate = excluded.rate, changed_at = excluded.changed_at`.execute(db)
}

/** The rate that was removed; null when there was none. */
export async function removeRate(db: Db, base: string, currency: string, day: string): Promise<string | null> {
  const { rows } = await sql<{ rate: string }>`
    delete from currency_rate where base = ${base} and currency = ${currency} and day = ${day}::date returning rate::text as rate`.execute(
    db,
  )
  return rows[0]?.rate ?? null
}
