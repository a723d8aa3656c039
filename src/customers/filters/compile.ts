import { startOfDay } from '../../platform/calendar.ts'
import { Fault } from '../../platform/fault.ts'
import { isPersonal, type Sight } from '../sight.ts'
import { type Condition } from './contract.ts'
import { all, bind, literally, type Query, q } from './query.ts'

/** What conditions mean today, for whoever asks. */
export type Context = {
  model: string
  stages: readonly { id: string; super: string }[]
  timeZone: string
  now: number
  sight: Sight
}

const DAY_MS = 86_400_000

/** Stages that a condition names, by themselves or by what they have in common. A name that the model does not have is a mistake, not nobody. */
export function stagesNamed({ field, values }: Extract<Condition, { field: 'stage' | 'super' }>, { stages }: Context): string[] {
  const known = new Set([...stages.map(stage => (field === 'stage' ? stage.id : stage.super)), UNASSIGNED])
  const unknown = field === 'stage' ? values.find(value => !known.has(value)) : undefined
  if (unknown !== undefined) throw new Fault('request.invalid', { detail: `where: no stage “${unknown}” in this model` })
  return field === 'stage' ? values : stages.filter(stage => values.includes(stage.super)).map(stage => stage.id)
}

const UNASSIGNED = 'unassigned'

/** The instants between which a condition on a time holds: `from` ≤ time < `to`. */
export function spanOf(
  { op, ...rest }: { op: 'before' | 'since'; day: string } | { op: 'within' | 'beyond'; days: number },
  { timeZone, now }: Pick<Context, 'timeZone' | 'now'>,
): { from: number | null; to: number | null } {
  const edge = 'day' in rest ? startOfDay(rest.day, timeZone) : now - rest.days * DAY_MS
  return op === 'since' || op === 'within' ? { from: edge, to: null } : { from: null, to: edge }
}

/** The SQL of conditions over `customer c` and, where `usesStage`, `customer_stage s`. Refuses to ask for what is hidden from whoever asks. */
export function compile(conditions: readonly Condition[], context: Context): { where: Query; usesStage: boolean } {
  return {
    where: all(conditions.map(one => q`(${sqlOf(one, context)})`)),
    usesStage: conditions.some(isOfStage),
  }
}

/** Has no index to be looked up in: it is asked of one customer after the other. */
export const isAskedOfEach = (one: Condition): boolean =>
  (one.field === 'trait' && one.op !== 'is') || one.field === 'email' || one.field === 'phone'

/** Follows from events, and so is asked of a past instant as it was then. */
export const isOfStage = (one: Condition): boolean => ['stage', 'super', 'orders', 'last_order'].includes(one.field)

function sqlOf(one: Condition, context: Context): Query {
  switch (one.field) {
    case 'stage':
    case 'super': {
      const isIn = q`s.stage = any(${bind(stagesNamed(one, context), 'text[]')})`
      return one.op === 'in' ? isIn : q`(${isIn}) is not true`
    }
    case 'orders':
      return ordersSql(one)
    case 'last_order':
    case 'first_seen':
    case 'last_event':
      return one.op === 'never' ? q`s.last_order_ms is null` : timeSql(one.field, spanOf(one, context))
    case 'email':
    case 'phone': {
      const known = one.field === 'email' ? HAS_EMAIL : HAS_PHONE
      return one.op === 'known' ? known : q`not (${known})`
    }
    case 'list':
    case 'company': {
      const members = one.field === 'list' ? MEMBERS_OF_LIST : MEMBERS_OF_COMPANY
      const isIn = q`c.id in (${members}${bind(Number(one.id), 'bigint')})`
      return one.op === 'in' ? isIn : q`not (${isIn})`
    }
    case 'trait':
      if (!context.sight.contact && isPersonal(one.trait)) throw new Fault('customer.field_hidden', { field: one.trait })
      return traitSql(one)
  }
}

const ids = q`c.absorbed || c.id`
const HAS_EMAIL = q`c.email is not null or exists (select from identity i where i.customer_id = any(${ids}) and i.kind = 'email')`
const HAS_PHONE = q`c.traits ?| '{phone,claimed_phone}' or exists (select from identity i where i.customer_id = any(${ids}) and i.kind = 'phone')`
// Whoever was joined to somebody is found as the one in front.
const MEMBERS_OF_LIST = q`select coalesce(x.merged_into, x.id) from list_member m join customer x on x.id = m.customer_id where m.list_id = `
const MEMBERS_OF_COMPANY = q`select coalesce(x.merged_into, x.id) from customer_company_member m join customer x on x.id = m.customer_id where m.left_at is null and m.company_id = `

function ordersSql({ op, value }: Extract<Condition, { field: 'orders' }>): Query {
  const count = bind(value, 'int')
  // Nobody who stands nowhere has orders.
  if (op === 'at_most' || (op === 'is' && value === 0)) return q`(s.orders > ${count}) is not true`
  if (op === 'at_least') return value === 0 ? q`true` : q`s.orders >= ${count}`
  return q`s.orders = ${count}`
}

function timeSql(field: 'last_order' | 'first_seen' | 'last_event', { from, to }: ReturnType<typeof spanOf>): Query {
  const at = (ms: number) => bind(new Date(ms), 'timestamptz')
  if (field === 'last_order')
    return from !== null ? q`s.last_order_ms >= ${bind(from, 'bigint')}` : q`s.last_order_ms < ${bind(to ?? 0, 'bigint')}`
  if (field === 'first_seen') return from !== null ? q`c.first_seen_at >= ${at(from)}` : q`c.first_seen_at < ${at(to ?? 0)}`
  // The hour is what there is an index of.
  return from !== null
    ? q`c.last_seen_at >= ${at(from)} and c.last_seen_hour >= date_trunc('hour', ${at(from)} at time zone 'UTC') at time zone 'UTC'`
    : q`c.last_seen_at < ${at(to ?? 0)} and c.last_seen_hour <= ${at(to ?? 0)}`
}

function traitSql(one: Extract<Condition, { field: 'trait' }>): Query {
  const name = bind(one.trait, 'text')
  switch (one.op) {
    case 'known':
      return q`jsonb_exists(c.traits, ${name})`
    case 'unknown':
      return q`not jsonb_exists(c.traits, ${name})`
    case 'is':
      return isExactly(one.trait, one.value)
    case 'is_not':
      return q`not (${isExactly(one.trait, one.value)})`
    case 'contains':
      return q`c.traits ->> ${name} ilike ${bind(`%${literally(one.value)}%`, 'text')}`
    case 'less':
      return q`${asNumber(name)} < ${bind(String(one.value), 'numeric')}`
    case 'more':
      return q`${asNumber(name)} > ${bind(String(one.value), 'numeric')}`
    case 'before':
      return q`${asDay(name)} < ${bind(one.day, 'text')}`
    case 'since':
      return q`${asDay(name)} >= ${bind(one.day, 'text')}`
  }
}

/** One of the forms in which a trait may hold what somebody typed. Containment, because that is what there is an index of. */
function isExactly(trait: string, value: string): Query {
  const forms = [
    value,
    ...(String(Number(value)) === value ? [Number(value)] : []),
    ...(/^(true|false)$/.test(value) ? [value === 'true'] : []),
  ]
  return forms
    .map(form => q`c.traits @> ${bind(JSON.stringify({ [trait]: form }), 'jsonb')}`)
    .reduce((so, one) => q`${so} or ${one}`)
}

/** Null for what is no number; the pattern keeps the cast from failing. A number that was told as one need not be looked at as words. */
const asNumber = (name: Query): Query =>
  q`case when jsonb_typeof(c.traits -> ${name}) = 'number' then (c.traits ->> ${name})::numeric
    when length(c.traits ->> ${name}) < 40 and c.traits ->> ${name} ~ '^-?[0-9]+([.][0-9]+)?$' then (c.traits ->> ${name})::numeric end`
const asDay = (name: Query): Query =>
  q`case when c.traits ->> ${name} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(c.traits ->> ${name}, 10) end`
