import { type Db } from '../../platform/postgres.ts'

export type Entry = {
  at: Date
  who_kind: 'user' | 'key' | 'system' | 'nobody'
  who_id: number | null
  who: string
  action: string
  subject: string
  detail: Record<string, unknown>
  address: string | null
  request_id: string | null
}

export async function append(db: Db, entry: Entry): Promise<void> {
  await db
    .insertInto('audit_entry')
    .values({ ...entry, detail: JSON.stringify(entry.detail) })
    .execute()
}

/** Whether the same was written since: a client that asks in a loop shall not fill the trail. */
export async function hasSame(db: Db, { who, action, subject, address }: Entry, since: Date): Promise<boolean> {
  const same = await db
    .selectFrom('audit_entry')
    .select('id')
    .where('action', '=', action)
    .where('at', '>', since)
    .where('who', '=', who)
    .where('subject', '=', subject)
    .where('address', 'is not distinct from', address)
    .executeTakeFirst()
  return same !== undefined
}

/** Newest first, those before `before`. */
export async function page(db: Db, before: number | null, limit: number) {
  let query = db.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  return query.execute()
}
