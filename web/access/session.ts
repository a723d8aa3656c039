import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { type Capability, type Session } from '../../src/access/contract.ts'
import { get } from '../app/ask.ts'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<Session>('/session', {}, signal),
  staleTime: 5 * 60_000,
  retry: false,
})

/** Who is signed in; only below the shell, which does not open without. */
export const useSession = (): Session => useSuspenseQuery(sessionQuery).data

export function useMay(): (capability: Capability) => boolean {
  const capabilities = useQuery(sessionQuery).data?.capabilities ?? []
  return capability => capabilities.includes(capability)
}
