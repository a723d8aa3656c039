import { type Act, audit } from '../../access/index.ts'
import { groupsOf } from '../../events/index.ts'
import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Note } from './contract.ts'
import { changeNote, findNote, insertNote, type NoteRow, notesAbout, removeNote } from './store.ts'

/** Who writes: a colleague, or a program with a key (which owns nothing afterwards). `isInCharge`: may remove what others wrote. */
export type Writer = { userId: number | null; name: string; isInCharge: boolean }

const everybody = async (db: Db, customerId: number): Promise<number[]> => [
  customerId,
  ...((await groupsOf(db, [customerId])).get(customerId) ?? []),
]

/** All notes about a customer: pinned ones first, then the newest. */
export async function notesOf(db: Db, customerId: number, writer: Writer): Promise<Note[]> {
  return (await notesAbout(db, await everybody(db, customerId))).map(row => viewOf(row, writer))
}

export async function writeNote(db: Db, customerId: number, text: string, writer: Writer, at: number): Promise<Note> {
  const values = { customer_id: customerId, user_id: writer.userId, author: writer.name, text, created_at: new Date(at) }
  return viewOf(await insertNote(db, values), writer)
}

/** Corrects one's own text; anybody who may write may pin. Else `access.forbidden`. */
export async function correctNote(
  db: Db,
  customerId: number,
  id: number,
  change: { text?: string | undefined; isPinned?: boolean | undefined },
  writer: Writer,
  at: number,
): Promise<Note> {
  const row = await existing(db, customerId, id)
  const isNew = change.text !== undefined && change.text !== row.text
  if (isNew && !isOwn(row, writer)) throw new Fault('access.forbidden')
  if (!isNew && change.isPinned === undefined) return viewOf(row, writer)
  const values = {
    ...(isNew && change.text !== undefined && { text: change.text, changed_at: new Date(at) }),
    ...(change.isPinned !== undefined && { is_pinned: change.isPinned }),
  }
  return viewOf(await changeNote(db, id, values), writer)
}

/** Removes one's own note, or, in charge, anybody's; the trail says so then. */
export async function forgetNote(db: Db, customerId: number, id: number, writer: Writer, act: Act): Promise<void> {
  const row = await existing(db, customerId, id)
  if (!mayRemove(row, writer)) throw new Fault('access.forbidden')
  await db.transaction().execute(async tx => {
    await removeNote(tx, id)
    if (!isOwn(row, writer)) await audit(tx, act, 'customer.note_removed', String(customerId), { author: row.author })
  })
}

async function existing(db: Db, customerId: number, id: number): Promise<NoteRow> {
  const row = await findNote(db, await everybody(db, customerId), id)
  if (row === undefined) throw new Fault('customer.note_not_found')
  return row
}

const isOwn = (row: NoteRow, { userId }: Writer): boolean => userId !== null && row.user_id === userId
const mayRemove = (row: NoteRow, writer: Writer): boolean => isOwn(row, writer) || writer.isInCharge

const viewOf = (row: NoteRow, writer: Writer): Note => ({
  id: String(row.id),
  text: row.text,
  author: row.author,
  isPinned: row.is_pinned,
  createdAt: row.created_at.toISOString(),
  changedAt: row.changed_at?.toISOString() ?? null,
  isOwn: isOwn(row, writer),
  mayRemove: mayRemove(row, writer),
})
