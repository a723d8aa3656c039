import { type Direction, type Sort } from './contract.ts'
import { bind, type Query, q } from './query.ts'

type Key = { column: Query; type: 'text' | 'bigint' | 'timestamptz' }
/** Customers that a sort can tell apart by these keys, read along an index; `isBySize`: the usual direction is the largest first. */
type Stretch = { from: 'customer' | 'stage'; where: Query; keys: readonly [Key, ...Key[]]; isBySize: boolean }

const id: Key = { column: q`c.id`, type: 'bigint' }
const standing: Key = { column: q`s.customer_id`, type: 'bigint' }
const name = q`lower(coalesce(c.name, c.email))`
const newest: Stretch = { from: 'customer', where: q`true`, keys: [id], isBySize: true }

/**
 * A sort is one or more stretches, one after the other: first those who have what is sorted by, then the others, the newest first.
 * `since` is how those in one stage are listed: who came last stands first.
 */
export const STRETCHES: Record<Sort | 'since', readonly [Stretch, ...Stretch[]]> = {
  newest: [newest],
  // The index has the hours; the instants within one are sorted when asked.
  last_event: [
    {
      ...newest,
      keys: [{ column: q`c.last_seen_hour`, type: 'timestamptz' }, { column: q`c.last_seen_at`, type: 'timestamptz' }, id],
    },
  ],
  first_seen: [{ ...newest, keys: [{ column: q`c.first_seen_at`, type: 'timestamptz' }, id] }],
  name: [
    {
      from: 'customer',
      where: q`coalesce(c.name, c.email) is not null`,
      keys: [{ column: name, type: 'text' }, id],
      isBySize: false,
    },
    { ...newest, where: q`coalesce(c.name, c.email) is null` },
  ],
  orders: [
    { from: 'stage', where: q`true`, keys: [{ column: q`s.orders`, type: 'bigint' }, standing], isBySize: true },
    { ...newest, where: q`s.customer_id is null` },
  ],
  last_order: [
    {
      from: 'stage',
      where: q`s.last_order_ms is not null`,
      keys: [{ column: q`s.last_order_ms`, type: 'bigint' }, standing],
      isBySize: true,
    },
    { ...newest, where: q`s.last_order_ms is null` },
  ],
  since: [{ from: 'stage', where: q`true`, keys: [{ column: q`s.since`, type: 'timestamptz' }, standing], isBySize: true }],
}

export type Asked = { sort: Sort | 'since'; direction: Direction }
/** Where a page ended: on which stretch, and the keys of its last customer. */
export type Place = { stretch: number; keys: readonly (string | number)[] }

/** One stretch as SQL: what to select, from where it goes on, in which order. Every stretch after the first has one direction. */
export function stretchOf({ sort, direction }: Asked, index: number, after: Place | null) {
  const stretch = STRETCHES[sort][index]
  if (stretch === undefined) return null
  const isUsual = direction === 'usual' || index > 0
  const isDown = stretch.isBySize === isUsual
  const columns = list(stretch.keys.map(key => key.column))
  const goesOn = after !== null && after.stretch === index ? after.keys : null
  return {
    from: stretch.from,
    usesStage: stretch.from === 'stage' || STRETCHES[sort].length > 1 || sort === 'since',
    where: goesOn === null ? stretch.where : q`${stretch.where} and ${beyond(stretch.keys, goesOn, isDown)}`,
    keys: stretch.keys,
    order: list(stretch.keys.map(({ column }) => (isDown ? q`${column} desc` : column))),
    columns,
  }
}

function beyond(keys: readonly Key[], values: readonly (string | number)[], isDown: boolean): Query {
  const bound = list(
    keys.map((key, i) => bind(key.type === 'timestamptz' ? new Date(Number(values[i])) : (values[i] ?? 0), key.type)),
  )
  const row = list(keys.map(key => key.column))
  return isDown ? q`(${row}) < (${bound})` : q`(${row}) > (${bound})`
}

const list = (queries: readonly Query[]): Query => queries.reduce((so, one) => q`${so}, ${one}`)
