import { sql } from 'kysely'
import { type Sums } from '../customers/companies/contract.ts'
import { type Db } from '../platform/postgres.ts'
import { type Model, OUTSIDE } from './model.ts'

type Group = { stages: Map<string, number>; orders: number; revenue: Record<string, number> }

/** What groups of people come to: how many stand in each stage of a model, their orders, and their revenue in each currency. */
export async function sumsOf(db: Db, { id, version }: Model, people: Parameters<Sums>[0]): Promise<Map<number, Group>> {
  const groups = new Map<number, Group>()
  const group = (companyId: number): Group => {
    const found = groups.get(companyId) ?? { stages: new Map(), orders: 0, revenue: {} }
    groups.set(companyId, found)
    return found
  }
  if (people.length === 0) return groups
  const standing = sql`
    unnest(${people.map(one => one.companyId)}::bigint[], ${people.map(one => one.customerId)}::bigint[]) as p (company_id, customer_id)
    join customer_stage s on s.model_id = ${id} and s.version = ${version} and s.customer_id = p.customer_id and s.stage <> ${OUTSIDE}`
  const [stages, revenue] = await Promise.all([
    sql<{ company_id: number; stage: string; people: number; orders: number }>`
      select p.company_id, s.stage, count(*)::int as people, sum(s.orders)::bigint as orders from ${standing} group by 1, 2`.execute(
      db,
    ),
    sql<{ company_id: number; currency: string; amount: number }>`
      select p.company_id, r.key as currency, sum(r.value::bigint)::bigint as amount
      from ${standing}, jsonb_each_text(s.fold -> 'facts' -> 'revenue') r group by 1, 2 order by 1, 3 desc`.execute(db),
  ])
  for (const row of stages.rows) {
    const own = group(row.company_id)
    own.stages.set(row.stage, row.people)
    own.orders += row.orders
  }
  for (const row of revenue.rows) group(row.company_id).revenue[row.currency] = row.amount
  return groups
}
