import { z } from 'zod'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { cursorTo, keysOf } from '../../platform/http/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Glance, type Lens } from '../lens.ts'
import { type Sight } from '../sight.ts'
import { type Context, compile, isAskedOfEach, isOfStage } from './compile.ts'
import { type Condition, type CustomerCount, conditions as conditionsShape, type Question } from './contract.ts'
import { stoodSo } from './predicate.ts'
import { all, bind, q } from './query.ts'
import { type Asked, type Place, STRETCHES } from './sorts.ts'
import { countOf, narrowed, nextCustomers, searching, type Where } from './store.ts'

export { idsAfter, lastId } from './store.ts'

export type FindDeps = { db: Db; lens: Lens; clock: Clock; timeZone: () => Promise<string> }
export type FoundPage = { ids: number[]; glances: Map<number, Glance>; next: string | null }

/** What stands in an address as JSON, or `request.invalid` with where it is wrong. */
export function readJson<T>(name: string, shape: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined || text === '') return undefined
  const parsed = shape.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  const detail = z.prettifyError(parsed.error).replace(/\s+/g, ' ').slice(0, 500)
  throw new Fault('request.invalid', { detail: `${name}: ${detail}` })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const conditionsIn = (text: string | undefined): Condition[] => readJson('where', conditionsShape, text) ?? []

/** What a question means to whoever asks it now. Refuses what is hidden from them. */
export async function understood(
  { db, lens, clock, timeZone }: FindDeps,
  { search, where, model }: Question,
  sight: Sight,
): Promise<{ context: Context; where: Where; timeless: Where }> {
  const [{ id, stages }, zone] = await Promise.all([lens.stages(model), timeZone()])
  const context: Context = { model: id, stages, timeZone: zone, now: clock.now(), sight }
  const text = search?.trim() ?? ''
  const found = text === '' ? q`true` : await searching(db, text, sight)
  const also = (conditions: readonly Condition[]): Where => {
    const compiled = compile(conditions, context)
    return { where: all([found, compiled.where]), usesStage: compiled.usesStage }
  }
  return { context, where: also(where), timeless: also(where.filter(one => !isOfStage(one))) }
}

/** A page of those whom a question is about, as they are now. */
export async function customersNow(
  deps: FindDeps,
  question: Question,
  asked: Asked,
  cursor: string | undefined,
  limit: number,
  sight: Sight,
): Promise<FoundPage> {
  if (asked.sort === 'name' && !sight.contact) throw new Fault('customer.field_hidden', { field: 'name' })
  const { context, where: plain } = await understood(deps, question, sight)
  const where = question.where.some(isAskedOfEach) ? await narrowed(deps.db, plain, context.model) : plain
  const found = await nextCustomers(deps.db, where, asked, context.model, placeIn(asked, cursor), limit + 1)
  const last = found.length > limit ? found[limit - 1] : undefined
  const ids = found.slice(0, limit).map(one => one.id)
  const glances = await deps.lens.glances(question.model, ids, null)
  return { ids, glances, next: last === undefined ? null : cursorTo(nameOf(asked), last.place.stretch, ...last.place.keys) }
}

const nameOf = ({ sort, direction }: Asked) => (direction === 'usual' ? sort : `${sort}-`)

/** Where a page of this very sort ended. */
function placeIn(asked: Asked, cursor: string | undefined): Place | null {
  const wrong = () => new Fault('request.invalid', { detail: 'cursor: not one that a list of this kind has given' })
  if (cursor === undefined || cursor === '') return null
  for (const [stretch, { keys }] of STRETCHES[asked.sort].entries()) {
    const size = keys.length + 2
    const [name, at, ...values] = keysOfSize(cursor, size) ?? []
    if (name !== nameOf(asked) || at !== stretch) continue
    const fits = values.every((value, i) =>
      keys[i]?.type === 'text' ? typeof value === 'string' && !value.includes('\0') : Number.isSafeInteger(value),
    )
    if (!fits) throw wrong()
    return { stretch, keys: values as (string | number)[] }
  }
  throw wrong()
}

function keysOfSize(cursor: string, size: number) {
  try {
    return keysOf(cursor, size)
  } catch {
    return null
  }
}

/** Looked through at once when the past is asked: telling it takes their whole histories. */
const PAST_AT_ONCE = 200

/** A page of those whom a question was about at a past instant, the newest first: what follows from events as it was then, the rest as it is known now. */
export async function customersThen(
  deps: FindDeps,
  question: Question,
  at: number,
  cursor: string | undefined,
  limit: number,
  sight: Sight,
): Promise<FoundPage> {
  const { context, timeless } = await understood(deps, question, sight)
  const where = { ...timeless, where: all([timeless.where, q`c.first_seen_at <= ${bind(new Date(at), 'timestamptz')}`]) }
  const asked: Asked = { sort: 'newest', direction: 'usual' }
  const isTimed = question.where.some(isOfStage)
  const page: FoundPage = { ids: [], glances: new Map(), next: null }
  let place = placeIn(asked, cursor)
  // Conditions on the past thin out what is found, so it goes on until the page is full or nothing is left.
  for (;;) {
    const size = isTimed ? Math.max(limit, PAST_AT_ONCE) : limit
    const found = await nextCustomers(deps.db, where, asked, context.model, place, size)
    const glances = await deps.lens.glances(
      question.model,
      found.map(one => one.id),
      at,
    )
    for (const one of found) {
      place = one.place
      const glance = glances.get(one.id)
      if (!stoodSo(question.where, glance, { ...context, now: at })) continue
      page.ids.push(one.id)
      if (glance !== undefined) page.glances.set(one.id, glance)
      if (page.ids.length === limit) return { ...page, next: cursorTo(nameOf(asked), place.stretch, ...place.keys) }
    }
    if (found.length < size) return page
  }
}

/** How many a question is about now. */
export async function countNow(deps: FindDeps, question: Question, sight: Sight): Promise<CustomerCount> {
  const { context, where } = await understood(deps, question, sight)
  return countOf(deps.db, where, context.model)
}
