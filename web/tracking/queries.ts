import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Live, type Quarantined } from '../../src/events/tracking/contract.ts'
import { get, post, remove } from '../app/ask.ts'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { type Arrivals, isNewStart, joined, KEPT } from './arrivals.ts'

const EACH_MS = 1000

/** What arrives, second by second while somebody looks: each question asks only for what came since the last. */
export const arrivals = queryOptions({
  queryKey: ['tracking', 'live'],
  queryFn: async ({ client, signal }): Promise<Arrivals> => {
    const before = client.getQueryData<Arrivals>(['tracking', 'live'])
    const since = (after: number) => get<Live>('/tracking/live', { after, limit: KEPT }, signal)
    const answer = await since(before?.latest ?? 0)
    if (before && isNewStart(before, answer)) return joined(undefined, await since(0))
    return joined(before, answer)
  },
  refetchInterval: EACH_MS,
  staleTime: 0,
  retry: false,
})

type QuarantinePage = { items: Quarantined[]; next: string | null }
export const quarantine = infiniteQueryOptions({
  queryKey: ['tracking', 'quarantine'],
  queryFn: ({ pageParam, signal }) => get<QuarantinePage>('/tracking/quarantine', { cursor: pageParam }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next,
})

const path = (id: string) => `/tracking/quarantine/${encodeURIComponent(id)}`

/** Everything that can be done with what was set aside. */
export function useQuarantineChanges() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: quarantine.queryKey })
  const replayed = () => tell.done(t('tracking-ui:replayed'))
  return {
    replay: useMutation({
      mutationFn: (id: string) => post<unknown>(`${path(id)}/replay`, {}),
      onSuccess: replayed,
      onSettled,
    }),
    correct: useMutation({
      mutationFn: ({ id, event }: { id: string; event: Record<string, unknown> }) =>
        post<unknown>(`${path(id)}/replay`, { event }),
      meta: { saidByForm: true },
      onSuccess: replayed,
      onSettled,
    }),
    forget: useMutation({ mutationFn: (id: string) => remove<unknown>(path(id)), onSettled }),
    forgetAll: useMutation({
      mutationFn: (reason: string | null) =>
        remove<{ removed: number }>(`/tracking/quarantine${reason === null ? '' : `?reason=${encodeURIComponent(reason)}`}`),
      onSuccess: ({ removed }) => tell.done(t('tracking-ui:forgotten', { count: removed })),
      onSettled,
    }),
  }
}
export type QuarantineChanges = ReturnType<typeof useQuarantineChanges>
