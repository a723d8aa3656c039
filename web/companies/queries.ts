import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  type CompaniesOfCustomer,
  type CompanyPage,
  type CompanyPeople,
  type CompanyProfile,
} from '../../src/customers/companies/contract.ts'
import { get } from '../app/ask.ts'

/** Whether there are companies at all: until then nothing on the screen speaks of them. */
export const anyCompany = queryOptions({
  queryKey: ['companies', 'any'],
  queryFn: async ({ signal }) => (await get<CompanyPage>('/companies', { limit: 1 }, signal)).items.length > 0,
  staleTime: 60_000,
  retry: false,
})

export const companyList = (search: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['companies', 'list', search],
    queryFn: ({ pageParam, signal }) => get<CompanyPage>('/companies', { search, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })

const path = (id: string) => `/companies/${encodeURIComponent(id)}`

export const companyProfile = (id: string) =>
  queryOptions({ queryKey: ['companies', id, 'profile'], queryFn: ({ signal }) => get<CompanyProfile>(path(id), {}, signal) })

export const companyPeople = (id: string, former: boolean) =>
  infiniteQueryOptions({
    queryKey: ['companies', id, 'people', former],
    queryFn: ({ pageParam, signal }) =>
      get<CompanyPeople>(`${path(id)}/customers`, { former, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })

export const companiesOf = (customerId: string) =>
  queryOptions({
    queryKey: ['customers', customerId, 'companies'],
    queryFn: ({ signal }) => get<CompaniesOfCustomer>(`/customers/${encodeURIComponent(customerId)}/companies`, {}, signal),
  })
