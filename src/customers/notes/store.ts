import { type Db } from '../../platform/postgres.ts'

export type NoteRow = {
  id: number
  user_id: number | null
  author: string
  text: string
  is_pinned: boolean
  created_at: Date
  changed_at: Date | null
}
const COLUMNS = ['id', 'user_id', 'author', 'text', 'is_pinned', 'created_at', 'changed_at'] as const

/** Notes about a customer and whoever was joined to them: pinned ones first, then the newest. */
export const notesAbout = (db: Db, customerIds: readonly number[]): Promise<NoteRow[]> =>
  db
    .selectFrom('customer_note')
    .select(COLUMNS)
    .where('customer_id', 'in', [...customerIds])
    .orderBy('is_pinned', 'desc')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()

export const findNote = (db: Db, customerIds: readonly number[], id: number): Promise<NoteRow | undefined> =>
  db
    .selectFrom('customer_note')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('customer_id', 'in', [...customerIds])
    .executeTakeFirst()

export const insertNote = (
  db: Db,
  values: { customer_id: number; user_id: number | null; author: string; text: string; created_at: Date },
): Promise<NoteRow> => db.insertInto('customer_note').values(values).returning(COLUMNS).executeTakeFirstOrThrow()

export const changeNote = (
  db: Db,
  id: number,
  values: { text?: string; is_pinned?: boolean; changed_at?: Date },
): Promise<NoteRow> =>
  db.updateTable('customer_note').set(values).where('id', '=', id).returning(COLUMNS).executeTakeFirstOrThrow()

export const removeNote = async (db: Db, id: number): Promise<void> =>
  void (await db.deleteFrom('customer_note').where('id', '=', id).execute())
