import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { type Context } from './compile.ts'
import { type CustomerCount } from './contract.ts'
import { all, bind, literally, type Query, q } from './query.ts'
import { estimateFrom } from './sample.ts'
import { type Asked, type Place, STRETCHES, stretchOf } from './sorts.ts'

/** What is asked, in SQL: see compile.ts. */
export type Where = { where: Query; usesStage: boolean }

const rendered = (query: Query) =>
  sql.join(
    query.map(part => ('text' in part ? sql.raw(part.text) : sql`${part.value}::${sql.raw(part.type)}`)),
    sql.raw(''),
  )

const run = async <T>(db: Db, query: Query): Promise<T[]> => (await sql<T>`${rendered(query)}`.execute(db)).rows

/** From customers, or from where they stand: the one along whose index it goes. Whoever was joined to somebody is found as the one in front. */
const source = (from: 'customer' | 'stage', usesStage: boolean, model: string): Query =>
  from === 'stage'
    ? q`from customer_stage s join customer c on c.id = s.customer_id where s.model_id = ${bind(model, 'text')} and c.merged_into is null`
    : usesStage
      ? q`from customer c left join customer_stage s on s.model_id = ${bind(model, 'text')} and s.customer_id = c.id where c.merged_into is null`
      : q`from customer c where c.merged_into is null`

export type Found = { id: number; place: Place }

/** The next customers of a sort, after a place; one stretch after the other until there are enough. */
export async function nextCustomers(
  db: Db,
  { where, usesStage }: Where,
  asked: Asked,
  model: string,
  after: Place | null,
  limit: number,
): Promise<Found[]> {
  const found: Found[] = []
  for (let index = after?.stretch ?? 0; index < STRETCHES[asked.sort].length && found.length < limit; index++) {
    const stretch = stretchOf(asked, index, after)
    if (stretch === null) break
    const from = source(stretch.from, usesStage || stretch.usesStage, model)
    const columns = stretch.keys
      .map(({ column }, i) => q`, ${column} as k${[{ text: String(i) }]}`)
      .reduce((so, one) => q`${so}${one}`)
    const rows = await run<Record<string, unknown> & { id: number }>(
      db,
      q`select c.id${columns} ${from} and ${stretch.where} and ${where} order by ${stretch.order} limit ${bind(limit - found.length, 'int')}`,
    )
    for (const row of rows) {
      const keys = stretch.keys.map((_, i) => plain(row[`k${i}`]))
      found.push({ id: row.id, place: { stretch: index, keys } })
    }
  }
  return found
}

const plain = (key: unknown): string | number => (key instanceof Date ? key.getTime() : (key as string | number))

/** Ids after `after`, ascending: for work that goes through all of them piece by piece. */
export async function idsAfter(
  db: Db,
  { where, usesStage }: Where,
  model: string,
  after: number,
  until: number,
  limit: number,
): Promise<number[]> {
  const rows = await run<{ id: number }>(
    db,
    q`select c.id ${source('customer', usesStage, model)} and c.id > ${bind(after, 'bigint')} and c.id <= ${bind(until, 'bigint')} and ${where}
      order by c.id limit ${bind(limit, 'int')}`,
  )
  return rows.map(row => row.id)
}

/** The greatest id there is: who comes later is not meant. */
export async function lastId(db: Db): Promise<number> {
  const row = await db
    .selectFrom('customer')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst()
  return row?.id ?? 0
}

/** More than this and what is searched for is common: then the list is walked in its order, for the page is full soon. */
const CANDIDATES_MAX = 2_000

/**
 * What is asked of one customer after the other is asked once, along the table: walking an order that hardly anybody in it fits would look
 * everybody up, one by one. Those who fit where they are few; the condition as it was where they are many, for then the page is full soon.
 */
export async function narrowed(db: Db, { where, usesStage }: Where, model: string): Promise<Where> {
  const most = bind(CANDIDATES_MAX + 1, 'int')
  const few = await run<{ id: number }>(db, q`select c.id ${source('customer', usesStage, model)} and ${where} limit ${most}`)
  if (few.length > CANDIDATES_MAX) return { where, usesStage }
  const ids = few.map(row => row.id)
  return { where: q`c.id = any(${bind(ids, 'bigint[]')})`, usesStage: false }
}

/** What a search means: a few known customers, or, when it fits many, a condition that each is asked. */
export async function searching(db: Db, text: string, { contact }: Context['sight']): Promise<Query> {
  // Postgres text cannot hold U+0000.
  const literal = literally(text.replaceAll('\0', '').toWellFormed())
  if (literal === '') return q`true`
  const part = bind(`%${literal}%`, 'text')
  const start = bind(`${literal}%`, 'text')
  const digits = phoneDigits(text)
  const phone = digits === null || !contact ? null : bind(`%${digits}%`, 'text')
  const kinds = contact ? q`true` : q`i.kind not in ('email', 'phone')`
  const byId = q`i.value like ${start} and ${kinds}`
  // Three letters are the least that the index of parts of names can look up.
  if (text.length >= 3 || !contact) {
    const head = q`select coalesce(x.merged_into, x.id) as id from`
    const most = bind(CANDIDATES_MAX + 1, 'int')
    const candidates = await run<{ id: number }>(
      db,
      q`${contact ? q`(${head} customer x where (coalesce(x.name, '') || ' ' || coalesce(x.email, '')) ilike ${part} limit ${most}) union` : []}
        (${head} identity i join customer x on x.id = i.customer_id where ${byId} limit ${most})
        ${phone ? q`union (${head} identity i join customer x on x.id = i.customer_id where i.kind = 'phone' and i.value like ${phone} limit ${most})` : []}`,
    )
    if (candidates.length <= CANDIDATES_MAX)
      return q`c.id = any(${bind(
        candidates.map(row => row.id),
        'bigint[]',
      )})`
  }
  const byContact = contact ? q`(coalesce(c.name, '') || ' ' || coalesce(c.email, '')) ilike ${part} or` : []
  const byPhone = phone ? q`or (i.kind = 'phone' and i.value like ${phone})` : []
  return q`(${byContact} exists (select from identity i where i.customer_id = any(c.absorbed || c.id) and ((${byId}) ${byPhone})))`
}

/** The digits of what looks like a part of a phone number, without what stands in front within a country; null for anything else. */
export function phoneDigits(text: string): string | null {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '')
  return /^[\d\s()+/.-]+$/.test(text) && digits.length >= 4 ? digits : null
}

const EXACT_MS_MAX = 300
const ALL_THE_SAME_MS_MAX = 5_000
const SAMPLE_ROWS = 30_000

/** How many customers there are of whom this holds: counted when that is quick, else estimated from a sample of them, and said so. */
export async function countOf(db: Db, { where, usesStage }: Where, model: string): Promise<CustomerCount> {
  const exactly = (ms: number) =>
    counted(db, q`select count(*)::bigint as n ${source('customer', usesStage, model)} and ${where}`, ms)
  const count = await exactly(EXACT_MS_MAX)
  if (count !== null) return { count, isExact: true, margin: 0 }
  const sampled = await sample(db, where, model)
  // A few among many are no sample of anything; then it is worth the wait.
  const all = sampled === null || sampled.hits < 100 ? await exactly(ALL_THE_SAME_MS_MAX) : null
  if (all !== null) return { count: all, isExact: true, margin: 0 }
  return estimateFrom(sampled ?? { hits: 0, rows: 0, total: 0 })
}

async function counted(db: Db, query: Query, msMax: number): Promise<number | null> {
  try {
    return await db.transaction().execute(async tx => {
      await sql`select set_config('statement_timeout', ${String(msMax)}, true)`.execute(tx)
      const [row] = await run<{ n: number }>(tx, query)
      return row?.n ?? 0
    })
  } catch (error) {
    if ((error as { code?: string }).code === '57014') return null
    throw error
  }
}

/** A part of the table's pages, read whole. */
async function sample(db: Db, where: Query, model: string): Promise<{ hits: number; rows: number; total: number } | null> {
  const [table] = await run<{ total: number }>(
    db,
    q`select greatest(reltuples, 0)::bigint as total from pg_class where oid = 'customer'::regclass`,
  )
  const total = table?.total ?? 0
  if (total === 0) return null
  const percent = bind(String(Math.min(100, (SAMPLE_ROWS / total) * 100)), 'numeric')
  const [row] = await run<{ hits: number; rows: number }>(
    db,
    q`select count(*) filter (where ${all([q`c.merged_into is null`, q`(${where})`])})::bigint as hits, count(*)::bigint as rows
      from customer c tablesample system (${percent}) left join customer_stage s on s.model_id = ${bind(model, 'text')} and s.customer_id = c.id`,
  )
  return row ? { ...row, total } : null
}
