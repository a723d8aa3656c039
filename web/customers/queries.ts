import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type BulkViews } from '../../src/customers/bulk/contract.ts'
import {
  type CustomerPage,
  type CustomerProfile,
  type EventDetail,
  type TimelineKind,
  type TimelinePage,
  type ToldTraits,
} from '../../src/customers/contract.ts'
import { type CustomerCount, type TraitNames } from '../../src/customers/filters/contract.ts'
import { type List } from '../../src/customers/lists/contract.ts'
import { type Notes } from '../../src/customers/notes/contract.ts'
import { type SavedView } from '../../src/customers/views/contract.ts'
import { type Explanation, type StaysOfCustomer } from '../../src/lifecycle/contract.ts'
import { get } from '../app/ask.ts'
import { type CustomersSearch } from './list-state.ts'

export const customersFound = (search: string) =>
  queryOptions({
    queryKey: ['customers', 'found', search],
    queryFn: ({ signal }) => get<CustomerPage>('/customers', { search, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  })

const json = (list: readonly unknown[] | undefined) => (list && list.length > 0 ? JSON.stringify(list) : undefined)
const asked = ({ search, stage, model, where }: CustomersSearch) => ({ search, stage, model, where: json(where) })

/** The list. `traits`: what it shows of them. */
export const customerList = (search: CustomersSearch, traits: readonly string[] = []) => {
  const { at, sort, direction } = search
  const query = { ...asked(search), at, sort: at ? undefined : sort, direction: at ? undefined : direction, traits: json(traits) }
  return infiniteQueryOptions({
    queryKey: ['customers', 'list', query],
    queryFn: ({ pageParam, signal }) => get<CustomerPage>('/customers', { ...query, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
}

export const customerCount = (search: CustomersSearch) =>
  queryOptions({
    queryKey: ['customers', 'count', asked(search)],
    queryFn: ({ signal }) => get<CustomerCount>('/customers/count', asked(search), signal),
    placeholderData: keepPreviousData,
  })

export const traitNames = queryOptions({
  queryKey: ['customers', 'trait-names'],
  queryFn: async ({ signal }) => (await get<TraitNames>('/customers/traits', {}, signal)).items,
  staleTime: 5 * 60_000,
})

export const savedViews = queryOptions({
  queryKey: ['customer-views'],
  queryFn: async ({ signal }) => (await get<{ items: SavedView[] }>('/customer-views', {}, signal)).items,
})

export const lists = queryOptions({
  queryKey: ['lists'],
  queryFn: async ({ signal }) => (await get<{ items: List[] }>('/lists', {}, signal)).items,
})

const LOOK_MS = 700
/** What one did to many; looked at again while something of it is being done. */
export const bulkActions = queryOptions({
  queryKey: ['bulk'],
  queryFn: async ({ signal }) => (await get<BulkViews>('/bulk', { limit: 30 }, signal)).items,
  refetchInterval: query => (query.state.data?.some(one => one.state === 'working') ? LOOK_MS : false),
})

const path = (id: string) => `/customers/${encodeURIComponent(id)}`

export const profile = (id: string) =>
  queryOptions({ queryKey: ['customers', id, 'profile'], queryFn: ({ signal }) => get<CustomerProfile>(path(id), {}, signal) })

export const timeline = (id: string, kind: TimelineKind | null, text: string) =>
  infiniteQueryOptions({
    queryKey: ['customers', id, 'timeline', kind, text],
    queryFn: ({ pageParam, signal }) => get<TimelinePage>(`${path(id)}/timeline`, { kind, text, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })

export const eventDetail = (id: string, event: string) =>
  queryOptions({
    queryKey: ['customers', id, 'event', event],
    queryFn: ({ signal }) => get<EventDetail>(`${path(id)}/events/${event}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const toldTraits = (id: string) =>
  queryOptions({
    queryKey: ['customers', id, 'traits'],
    queryFn: async ({ signal }) => (await get<ToldTraits>(`${path(id)}/traits`, {}, signal)).items,
  })

export const listsOf = (id: string) =>
  queryOptions({
    queryKey: ['customers', id, 'lists'],
    queryFn: async ({ signal }) => (await get<{ items: { id: string; name: string }[] }>(`${path(id)}/lists`, {}, signal)).items,
  })

export const notesOf = (id: string) =>
  queryOptions({
    queryKey: ['customers', id, 'notes'],
    queryFn: async ({ signal }) => (await get<Notes>(`${path(id)}/notes`, {}, signal)).items,
  })

export const stays = (id: string, model: string | undefined) =>
  queryOptions({
    queryKey: ['customers', id, 'stays', model],
    queryFn: ({ signal }) => get<StaysOfCustomer>(`${path(id)}/stages`, { model }, signal),
  })

export const explanationOf = (id: string, model: string | undefined, at: string | undefined) =>
  queryOptions({
    queryKey: ['customers', id, 'explain', model, at],
    queryFn: ({ signal }) => get<Explanation>(`${path(id)}/explain`, { model, at }, signal),
    placeholderData: keepPreviousData,
  })
