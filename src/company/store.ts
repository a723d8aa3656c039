import { type Db } from '../platform/postgres.ts'

type Row = { name: string; time_zone: string; currency: string; country: string | null }

export const read = (db: Db) => db.selectFrom('company').select(['name', 'time_zone', 'currency', 'country']).executeTakeFirst()

export async function write(db: Db, row: Row, at: Date): Promise<void> {
  await db
    .insertInto('company')
    .values({ ...row, created_at: at, changed_at: at })
    .onConflict(conflict => conflict.column('id').doUpdateSet({ ...row, changed_at: at }))
    .execute()
}
