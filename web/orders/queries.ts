import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type CustomerOrders, type Worths } from '../../src/orders/contract.ts'
import { get } from '../app/ask.ts'

export const ordersOf = (customerId: string) =>
  infiniteQueryOptions({
    queryKey: ['customers', customerId, 'orders'],
    queryFn: ({ pageParam, signal }) =>
      get<CustomerOrders>(`/customers/${encodeURIComponent(customerId)}/orders`, { cursor: pageParam, limit: 10 }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  })

/** What some customers' orders brought. Asked for those alone whose money is not all in the company's currency. */
export const worthsOf = (customerIds: readonly string[]) =>
  queryOptions({
    queryKey: ['customers', 'worth', customerIds],
    queryFn: ({ signal }) => get<Worths>('/customers/worth', { ids: customerIds.join(',') }, signal),
    enabled: customerIds.length > 0,
    placeholderData: keepPreviousData,
  })
