import { sql } from 'kysely'
import { type Db } from '../../platform/postgres.ts'
import { isPersonal, type Sight } from '../sight.ts'
import { type TraitNames } from './contract.ts'

const LATEST = 2_000
const SPREAD_ROWS = 3_000
const NAMES_MAX = 200
const EXAMPLES_MAX = 8

/** Names of traits that the latest customers and some of all others have. What is hidden from whoever asks is not among them. */
export async function commonTraits(db: Db, sight: Sight): Promise<TraitNames['items']> {
  const { rows } = await sql<{ name: string; examples: string[] }>`
    with looked as (
      (select traits from customer order by id desc limit ${LATEST})
      union all
      (select traits from customer tablesample system (5) limit ${SPREAD_ROWS})
    ),
    told as (select t.key, left(t.value, 80) as value, count(*) as n from looked, jsonb_each_text(traits) t group by 1, 2)
    select key as name, (array_agg(value order by n desc, value))[1:${sql.lit(EXAMPLES_MAX)}] as examples
    from told group by key order by sum(n) desc, key limit ${NAMES_MAX}`.execute(db)
  return rows
    .filter(row => sight.contact || !isPersonal(row.name))
    .map(({ name, examples }) => ({ name, examples: isPersonal(name) ? [] : examples }))
}
