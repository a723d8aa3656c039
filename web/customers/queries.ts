import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type CustomerPage, type CustomerProfile, type TimelinePage } from '../../src/customers/contract.ts'
import { type Explanation, type StaysOfCustomer } from '../../src/lifecycle/contract.ts'
import { get } from '../app/ask.ts'

export type CustomerFilter = {
  search?: string | undefined
  stage?: string | undefined
  model?: string | undefined
  at?: string | undefined
}

export const customersFound = (search: string) =>
  queryOptions({
    queryKey: ['customers', 'found', search],
    queryFn: ({ signal }) => get<CustomerPage>('/customers', { search, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  })

export const customerList = (filter: CustomerFilter) =>
  infiniteQueryOptions({
    queryKey: ['customers', 'list', filter],
    queryFn: ({ pageParam, signal }) => get<CustomerPage>('/customers', { ...filter, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })

const path = (id: string) => `/customers/${encodeURIComponent(id)}`

export const profile = (id: string) =>
  queryOptions({ queryKey: ['customers', id, 'profile'], queryFn: ({ signal }) => get<CustomerProfile>(path(id), {}, signal) })

export const timeline = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['customers', id, 'timeline'],
    queryFn: ({ pageParam, signal }) => get<TimelinePage>(`${path(id)}/timeline`, { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
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
