import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Membership, nameIn, type Told } from './membership.ts'

export type Member = Membership & { customerId: number; companyId: number; company: string }

type MemberRow = {
  customer_id: number
  company_id: number
  external_id: string
  joined_at: Date
  left_at: Date | null
  told: Told
}

/** Where customers belong or belonged. */
export async function membershipsOf(db: Db, customerIds: readonly number[]): Promise<Member[]> {
  const { rows } = await sql<MemberRow>`
    select m.customer_id, m.company_id, c.external_id, m.joined_at, m.left_at, m.told
    from customer_company_member m join customer_company c on c.id = m.company_id
    where m.customer_id = any(${customerIds}::bigint[])`.execute(db)
  return rows.map(row => ({
    customerId: row.customer_id,
    companyId: row.company_id,
    company: row.external_id,
    joinedAt: row.joined_at.getTime(),
    leftAt: row.left_at?.getTime() ?? null,
    told: row.told,
  }))
}

export type Company = { id: number; externalId: string; told: Told }

/** Locks companies in the order of their ids, and makes those that are new; by the sender's id. */
export async function lockCompanies(tx: Db, externalIds: readonly string[], now: number): Promise<Map<string, Company>> {
  const { rows } = await sql<{ id: number; external_id: string; told: Told }>`
    select id, external_id, told from customer_company where external_id = any(${externalIds}::text[]) order by id for update`.execute(
    tx,
  )
  const known = new Set(rows.map(row => row.external_id))
  const missing = externalIds.filter(id => !known.has(id)).sort()
  // Somebody else may be making or removing the same one: either way it is ours, locked, afterwards.
  const made =
    missing.length === 0
      ? []
      : (
          await sql<{ id: number; external_id: string; told: Told }>`
            insert into customer_company (external_id, created_at)
            select id, ${new Date(now)} from unnest(${missing}::text[]) with ordinality as t (id, place) order by place
            on conflict (external_id) do update set external_id = excluded.external_id
            returning id, external_id, told`.execute(tx)
        ).rows
  return new Map(
    [...rows, ...made].map(({ id, external_id, told }) => [external_id, { id, externalId: external_id, told }] as const),
  )
}

export type KeptMember = { customerId: number; companyId: number; membership: Membership }

export async function keepMembers(tx: Db, members: readonly KeptMember[]): Promise<void> {
  if (members.length === 0) return
  const each = members.map(({ membership }) => membership)
  await sql`
    insert into customer_company_member (customer_id, company_id, joined_at, left_at, told)
    select * from unnest(
      ${members.map(one => one.customerId)}::bigint[], ${members.map(one => one.companyId)}::bigint[],
      ${each.map(one => new Date(one.joinedAt))}::timestamptz[], ${each.map(one => (one.leftAt === null ? null : new Date(one.leftAt)))}::timestamptz[],
      ${each.map(one => JSON.stringify(one.told))}::jsonb[])
    on conflict (customer_id, company_id) do update
      set joined_at = excluded.joined_at, left_at = excluded.left_at, told = excluded.told`.execute(tx)
}

export async function dropMembers(tx: Db, members: readonly { customerId: number; companyId: number }[]): Promise<void> {
  if (members.length === 0) return
  await sql`
    delete from customer_company_member m
    using unnest(${members.map(one => one.customerId)}::bigint[], ${members.map(one => one.companyId)}::bigint[]) as gone (customer_id, company_id)
    where m.customer_id = gone.customer_id and m.company_id = gone.company_id`.execute(tx)
}

export async function keepTold(tx: Db, companies: readonly Pick<Company, 'id' | 'told'>[]): Promise<void> {
  if (companies.length === 0) return
  await sql`
    update customer_company c set told = k.told, name = k.name
    from unnest(${companies.map(one => one.id)}::bigint[], ${companies.map(one => JSON.stringify(one.told))}::jsonb[],
                ${companies.map(one => nameIn(one.told))}::text[]) as k (id, told, name)
    where c.id = k.id`.execute(tx)
}

/** What everybody's words on these companies come to: of each trait the latest. */
export async function toldByAll(tx: Db, companyIds: readonly number[]): Promise<Map<number, Told>> {
  const { rows } = await sql<{ company_id: number; told: Told }>`
    select company_id, jsonb_object_agg(name, word) as told from (
      select distinct on (m.company_id, w.key) m.company_id, w.key as name, w.value as word
      from customer_company_member m, jsonb_each(m.told) w
      where m.company_id = any(${companyIds}::bigint[])
      order by m.company_id, w.key, (w.value ->> 1)::bigint desc, (w.value ->> 2) collate "C" desc) latest
    group by company_id`.execute(tx)
  return new Map(rows.map(row => [row.company_id, row.told]))
}

/** Removes those of these companies, all of them locked, to which nobody ever belonged any more. */
export async function dropEmpty(tx: Db, companyIds: readonly number[]): Promise<void> {
  await sql`
    delete from customer_company c where c.id = any(${companyIds}::bigint[])
      and not exists (select from customer_company_member m where m.company_id = c.id)`.execute(tx)
}

// Looking

export type CompanyRecord = {
  id: number
  externalId: string
  name: string | null
  told: Told
  createdAt: number
  people: number
  former: number
  lastSeenAt: number | null
}

type CompanyRow = {
  id: number
  external_id: string
  name: string | null
  told: Told
  created_at: Date
  people: number
  former: number
  last_seen_at: Date | null
}

const toRecord = (row: CompanyRow): CompanyRecord => ({
  id: row.id,
  externalId: row.external_id,
  name: row.name,
  told: row.told,
  createdAt: row.created_at.getTime(),
  people: row.people,
  former: row.former,
  lastSeenAt: row.last_seen_at?.getTime() ?? null,
})

const WITH_PEOPLE = sql`
  left join lateral (
    select count(*) filter (where m.left_at is null)::int as people, count(*) filter (where m.left_at is not null)::int as former,
           max(p.last_seen_at) filter (where m.left_at is null) as last_seen_at
    from customer_company_member m join customer p on p.id = m.customer_id where m.company_id = c.id) as their on true`

/** The next companies by name, after a place; all, or those whose name or id holds a text. */
export async function nextCompanies(
  db: Db,
  search: string | null,
  after: { name: string; id: number } | null,
  limit: number,
): Promise<{ items: CompanyRecord[]; sortedAs: Map<number, string> }> {
  const sortedBy = sql`lower(coalesce(c.name, c.external_id))`
  const literal = search?.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')
  const { rows } = await sql<CompanyRow & { sorted_as: string }>`
    select c.*, their.* from (
      select c.id, c.external_id, c.name, c.told, c.created_at, ${sortedBy} as sorted_as from customer_company c
      where ${after === null ? sql`true` : sql`(${sortedBy}, c.id) > (${after.name}, ${after.id}::bigint)`}
        and ${literal === undefined ? sql`true` : sql`(coalesce(c.name, '') || ' ' || c.external_id) ilike ${`%${literal}%`}`}
      order by ${sortedBy}, c.id limit ${limit}) as c ${WITH_PEOPLE}
    order by c.sorted_as, c.id`.execute(db)
  return { items: rows.map(toRecord), sortedAs: new Map(rows.map(row => [row.id, row.sorted_as])) }
}

export async function companyWith(db: Db, by: { id: number } | { externalId: string }): Promise<CompanyRecord | null> {
  const where = 'id' in by ? sql`c.id = ${by.id}::bigint` : sql`c.external_id = ${by.externalId}`
  const { rows } = await sql<CompanyRow>`
    select c.id, c.external_id, c.name, c.told, c.created_at, their.* from customer_company c ${WITH_PEOPLE} where ${where}`.execute(
    db,
  )
  return rows[0] === undefined ? null : toRecord(rows[0])
}

/** Who belongs to these companies now, one row a person. */
export async function peopleOf(db: Db, companyIds: readonly number[]): Promise<{ companyId: number; customerId: number }[]> {
  const { rows } = await sql<{ company_id: number; customer_id: number }>`
    select company_id, customer_id from customer_company_member
    where company_id = any(${companyIds}::bigint[]) and left_at is null`.execute(db)
  return rows.map(row => ({ companyId: row.company_id, customerId: row.customer_id }))
}

export type Belonging = { customerId: number; joinedAt: number; leftAt: number | null }

/** The next people of a company, the newest customers first, below an id; those who belong to it, or those who left. */
export async function nextPeople(
  db: Db,
  companyId: number,
  isFormer: boolean,
  before: number | null,
  limit: number,
): Promise<Belonging[]> {
  const { rows } = await sql<{ customer_id: number; joined_at: Date; left_at: Date | null }>`
    select customer_id, joined_at, left_at from customer_company_member
    where company_id = ${companyId}::bigint and customer_id < ${before ?? Number.MAX_SAFE_INTEGER}
      and left_at is ${isFormer ? sql`not null` : sql`null`}
    order by customer_id desc limit ${limit}`.execute(db)
  return rows.map(row => ({
    customerId: row.customer_id,
    joinedAt: row.joined_at.getTime(),
    leftAt: row.left_at?.getTime() ?? null,
  }))
}

export type CompanyOfCustomer = {
  id: number
  externalId: string
  name: string | null
  joinedAt: number
  leftAt: number | null
}

/** The companies of one customer: those they belong to first, then the latest. */
export async function companiesOf(db: Db, customerId: number): Promise<CompanyOfCustomer[]> {
  const { rows } = await sql<{ id: number; external_id: string; name: string | null; joined_at: Date; left_at: Date | null }>`
    select c.id, c.external_id, c.name, m.joined_at, m.left_at
    from customer_company_member m join customer_company c on c.id = m.company_id
    where m.customer_id = ${customerId}::bigint order by m.left_at is not null, m.joined_at desc, c.id`.execute(db)
  return rows.map(row => ({
    id: row.id,
    externalId: row.external_id,
    name: row.name,
    joinedAt: row.joined_at.getTime(),
    leftAt: row.left_at?.getTime() ?? null,
  }))
}
