import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'

export type ListRow = { id: number; name: string; description: string; created_at: Date; created_by: string; members: number }

/** All lists, or one of them, with how many are in each; by name. */
export async function listRows(db: Db, id: number | null): Promise<ListRow[]> {
  const { rows } = await sql<ListRow>`
    select l.id, l.name, l.description, l.created_at, l.created_by, coalesce(m.members, 0)::bigint as members
    from list l left join (
      select m.list_id, count(distinct coalesce(c.merged_into, c.id)) as members
      from list_member m join customer c on c.id = m.customer_id ${id === null ? sql`` : sql`where m.list_id = ${id}`} group by m.list_id
    ) m on m.list_id = l.id
    ${id === null ? sql`` : sql`where l.id = ${id}`} order by lower(l.name)`.execute(db)
  return rows
}

export async function namesOfLists(db: Db, customerIds: readonly number[]): Promise<{ id: number; name: string }[]> {
  return db
    .selectFrom('list')
    .select(['id', 'name'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('list_member')
          .whereRef('list_id', '=', 'list.id')
          .where('customer_id', 'in', [...customerIds])
          .select('list_id'),
      ),
    )
    .orderBy(sql`lower(name)`)
    .execute()
}

export async function insertList(
  db: Db,
  values: { name: string; description: string; created_at: Date; created_by: string },
): Promise<number | null> {
  const row = await db
    .insertInto('list')
    .values(values)
    .onConflict(conflict => conflict.expression(sql`lower(name)`).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** Null: there is no such list. */
export async function changeList(db: Db, id: number, values: { name?: string; description?: string }): Promise<number | null> {
  const row = await db.updateTable('list').set(values).where('id', '=', id).returning('id').executeTakeFirst()
  return row?.id ?? null
}

export async function removeList(db: Db, id: number): Promise<string | null> {
  const row = await db.deleteFrom('list').where('id', '=', id).returning('name').executeTakeFirst()
  return row?.name ?? null
}

/** Puts customers in; those who are gone are left out. Answers how many were not in before. */
export async function addMembers(db: Db, list: number, customerIds: readonly number[], at: number, by: string): Promise<number> {
  const result = await sql`
    insert into list_member (list_id, customer_id, added_at, added_by)
    select ${list}, id, ${new Date(at)}, ${by} from customer where id = any(${customerIds}::bigint[])
    on conflict do nothing`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/** Takes customers out, also where somebody joined to them was picked. Answers how many rows that were. */
export async function dropMembers(db: Db, list: number, customerIds: readonly number[]): Promise<number> {
  const result = await sql`
    delete from list_member m using customer c
    where m.list_id = ${list} and c.id = m.customer_id and coalesce(c.merged_into, c.id) = any(${customerIds}::bigint[])`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0)
}
