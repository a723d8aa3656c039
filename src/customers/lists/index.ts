import { type Act, audit } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { type List } from './contract.ts'
import { addMembers, changeList, dropMembers, insertList, type ListRow, listRows, removeList } from './store.ts'

const viewOf = ({ id, name, description, members, created_at, created_by }: ListRow): List => ({
  id: String(id),
  name,
  description,
  members,
  createdAt: created_at.toISOString(),
  createdBy: created_by,
})

export const allLists = async (db: Db): Promise<List[]> => (await listRows(db, null)).map(viewOf)

/** One list, or `customer.list_not_found`. */
export async function oneList(db: Db, id: number): Promise<List> {
  const [row] = await listRows(db, id)
  if (row === undefined) throw new Fault('customer.list_not_found')
  return viewOf(row)
}

/** A new list without members, or `customer.list_name_taken`. */
export async function makeList(db: Db, { name, description }: Pick<List, 'name' | 'description'>, act: Act): Promise<List> {
  const id = await db.transaction().execute(async tx => {
    const made = await insertList(tx, { name, description, created_at: new Date(act.at), created_by: act.who.label })
    if (made !== null) await audit(tx, act, 'list.made', name, { id: String(made) })
    return made
  })
  if (id === null) throw new Fault('customer.list_name_taken', { name })
  return oneList(db, id)
}

export async function renameList(
  db: Db,
  id: number,
  change: { name?: string | undefined; description?: string | undefined },
  act: Act,
): Promise<List> {
  const values = {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.description !== undefined && { description: change.description }),
  }
  if (Object.keys(values).length === 0) return oneList(db, id)
  try {
    await db.transaction().execute(async tx => {
      if ((await changeList(tx, id, values)) === null) throw new Fault('customer.list_not_found')
      await audit(tx, act, 'list.changed', change.name ?? String(id), { id: String(id) })
    })
  } catch (error) {
    if ((error as { code?: string }).code === '23505') throw new Fault('customer.list_name_taken', { name: change.name ?? '' })
    throw error
  }
  return oneList(db, id)
}

/** Forgets a list. Its members stay who they are. */
export async function forgetList(db: Db, id: number, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const name = await removeList(tx, id)
    if (name === null) throw new Fault('customer.list_not_found')
    await audit(tx, act, 'list.forgotten', name, { id: String(id) })
  })
}

/** Puts a few customers in or takes them out. Answers how many that changed; safe to repeat. */
export async function changeMembers(
  db: Db,
  id: number,
  op: 'add' | 'remove',
  customerIds: readonly number[],
  act: Act,
): Promise<number> {
  const { name } = await oneList(db, id)
  return db.transaction().execute(async tx => {
    const changed =
      op === 'add' ? await addMembers(tx, id, customerIds, act.at, act.who.label) : await dropMembers(tx, id, customerIds)
    if (changed > 0)
      await audit(tx, act, `list.members_${op === 'add' ? 'added' : 'removed'}`, name, { id: String(id), count: changed })
    return changed
  })
}
