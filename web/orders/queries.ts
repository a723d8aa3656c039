import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type Worth } from '../../src/company/contract.ts'
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

/** What one customer's orders brought, now or at the end of a day. Those that a page asks for at once are asked for together. */
export const worthOfCustomer = (customerId: string, at: string | undefined) =>
  queryOptions({
    queryKey: ['customers', customerId, 'worth', at ?? 'now'],
    queryFn: () => askedTogether(customerId, at),
  })

const TOGETHER_MAX = 200
type Asked = { id: string; tell: (worth: Worth) => void; fail: (error: unknown) => void }
const waiting = new Map<string, Asked[]>()

function askedTogether(id: string, at: string | undefined): Promise<Worth> {
  const day = at ?? ''
  return new Promise((tell, fail) => {
    const asked = waiting.get(day) ?? []
    asked.push({ id, tell, fail })
    if (asked.length === 1) setTimeout(() => ask(day), 5)
    waiting.set(day, asked)
  })
}

async function ask(day: string): Promise<void> {
  const asked = waiting.get(day) ?? []
  waiting.delete(day)
  for (let i = 0; i < asked.length; i += TOGETHER_MAX) {
    const some = asked.slice(i, i + TOGETHER_MAX)
    try {
      const { items } = await get<Worths>('/customers/worth', { ids: [...new Set(some.map(one => one.id))].join(','), at: day })
      const worths = new Map(items.map(item => [item.id, item.worth]))
      for (const { id, tell } of some) tell(worths.get(id) ?? { parts: [], total: null, unconverted: [] })
    } catch (error) {
      for (const { fail } of some) fail(error)
    }
  }
}
