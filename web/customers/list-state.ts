import { type Condition, type Direction, type Question, type Sort } from '../../src/customers/filters/contract.ts'
import { type ViewState } from '../../src/customers/views/contract.ts'

/** The list as its address has it. `view`: the saved view it was opened as; `all`: everybody, although another view would open by itself. */
export type CustomersSearch = {
  search?: string
  stage?: string
  model?: string
  at?: string
  where?: Condition[]
  sort?: Sort
  direction?: Direction
  columns?: string[]
  view?: string
}

export const SORTS: Record<Sort, true> = {
  newest: true,
  last_event: true,
  first_seen: true,
  orders: true,
  last_order: true,
  name: true,
}
export type ShownColumn = (typeof ALL_COLUMNS)[number]
export const ALL_COLUMNS = [
  'stage',
  'since',
  'orders',
  'last_order',
  'revenue',
  'email',
  'phone',
  'external',
  'first_seen',
  'last_event',
] as const
export const USUAL_COLUMNS: readonly string[] = ['stage', 'since', 'orders', 'last_order', 'revenue']

const word = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined

/** What an address holds; what is no list is left out. The server says what is wrong with a condition. */
export function customersSearch(search: Record<string, unknown>): CustomersSearch {
  const { where, columns, sort, direction } = search
  const texts = {
    search: word(search.search),
    stage: word(search.stage),
    model: word(search.model),
    at: word(search.at),
    view: word(search.view),
  }
  return {
    ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as CustomersSearch),
    ...(Array.isArray(where) && where.length > 0 && { where: where as Condition[] }),
    ...(Array.isArray(columns) && { columns: columns.filter(one => typeof one === 'string') }),
    ...(typeof sort === 'string' && sort in SORTS && { sort: sort as Sort }),
    ...(direction === 'reverse' && { direction }),
  }
}

/** What is asked of the list: its own words, and the stage that a link from the map may carry. */
export const questionOf = ({ search, stage, model, where = [] }: CustomersSearch): Question => ({
  ...(search !== undefined && { search }),
  ...(model !== undefined && { model }),
  where: [...(stage === undefined ? [] : [{ field: 'stage' as const, op: 'in' as const, values: [stage] }]), ...where],
})

/** What a view keeps of it: everything but the day. */
export function stateOf(search: CustomersSearch): ViewState {
  const { sort, direction, columns } = search
  return { ...questionOf(search), ...(sort && { sort }), ...(direction && { direction }), ...(columns && { columns }) }
}

/** The address that opens a view. Conditions that are none are not written out. */
export function searchOf(view: { id: string; state: ViewState }): CustomersSearch {
  const { where = [], ...rest } = view.state
  return { ...(rest as CustomersSearch), ...(where.length > 0 && { where }), view: view.id }
}

/** Whether a list shows what a view keeps. */
export const isSame = (search: CustomersSearch, state: ViewState): boolean => canonical(stateOf(search)) === canonical(state)

const canonical = ({ search, where = [], model, sort, direction, columns = [] }: ViewState): string =>
  JSON.stringify([
    search?.trim() ?? '',
    where.map(one => Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))),
    model ?? '',
    sort ?? '',
    direction ?? 'usual',
    columns,
  ])

/** Nothing is said: the view that somebody chose opens. */
export const isBare = (search: CustomersSearch): boolean =>
  Object.keys(customersSearch(search as Record<string, unknown>)).length === 0
