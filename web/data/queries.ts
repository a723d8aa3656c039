import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type EventChange, type EventDetail, type EventPage, type EventView } from '../../src/events/catalogue/contract.ts'
import { type NewRule, type RuleTested, type RuleView, type Suggestion } from '../../src/events/rules/contract.ts'
import { type SourceDetail, type SourceView } from '../../src/events/sources/contract.ts'
import { type Live, type Quarantined } from '../../src/events/tracking/contract.ts'
import { get, patch, post, remove } from '../app/ask.ts'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'

const KEY = 'data'
const EACH_MS = 10_000
type List<T> = { items: T[]; next: string | null }

export const sources = (of: 'live' | 'files', limit: number) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'sources', of, limit],
    queryFn: ({ pageParam, signal }) => get<List<SourceView>>('/data/sources', { of, limit, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    refetchInterval: EACH_MS,
  })

export const source = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'source', id],
    queryFn: ({ signal }) => get<SourceDetail>(`/data/sources/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: EACH_MS,
  })

/** The latest that arrived of one source, as long as somebody looks. */
export const arrivalsOf = (source: string) =>
  queryOptions({
    queryKey: [KEY, 'live', source],
    queryFn: ({ signal }) => get<Live>('/tracking/live', { source, limit: 20 }, signal),
    refetchInterval: 2_000,
    retry: false,
  })
export const asideOf = (source: string) =>
  infiniteQueryOptions({
    queryKey: ['tracking', 'quarantine', source],
    queryFn: ({ pageParam, signal }) =>
      get<List<Quarantined>>('/tracking/quarantine', { source, limit: 20, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  })

export const events = (search: string | undefined) =>
  infiniteQueryOptions({
    queryKey: [KEY, 'events', search ?? ''],
    queryFn: ({ pageParam, signal }) => get<EventPage>('/data/events', { search, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
  })
export const event = (id: string) =>
  queryOptions({
    queryKey: [KEY, 'event', id],
    queryFn: ({ signal }) => get<EventDetail>(`/data/events/${encodeURIComponent(id)}`, {}, signal),
  })

export const rules = queryOptions({
  queryKey: [KEY, 'rules'],
  queryFn: ({ signal }) => get<List<RuleView>>('/data/rules', {}, signal),
})
export const suggestions = queryOptions({
  queryKey: [KEY, 'suggestions'],
  queryFn: ({ signal }) => get<List<Suggestion>>('/data/suggestions', {}, signal),
})

const eventPath = (id: string) => `/data/events/${encodeURIComponent(id)}`

/** What can be said and done about the name of an event. */
export function useEventChanges() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: [KEY] })
  return {
    describe: useMutation({
      mutationFn: ({ id, change }: { id: string; change: EventChange }) => patch<EventDetail>(eventPath(id), change),
      onSuccess: () => tell.done(t('saved')),
      onSettled,
    }),
    forget: useMutation({
      mutationFn: ({ id }: EventView) => remove<unknown>(eventPath(id)),
      onSuccess: (_, { name }) => tell.done(t('data-ui:event.forgotten', { name })),
      onSettled: () => queries.invalidateQueries({ queryKey: [KEY, 'events'] }),
    }),
  }
}

/** Rules are made and ended; both can be taken back by the other. */
export function useRuleChanges() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: [KEY] })
  return {
    make: useMutation({
      mutationFn: (rule: NewRule) => post<RuleView>('/data/rules', rule),
      meta: { saidByForm: true },
      onSuccess: () => tell.done(t('data-ui:rules.made')),
      onSettled,
    }),
    end: useMutation({
      mutationFn: (rule: RuleView) => remove<unknown>(`/data/rules/${rule.id}`),
      onSuccess: () => tell.done(t('data-ui:rules.removed')),
      onSettled,
    }),
    dismiss: useMutation({
      mutationFn: ({ events, path }: Suggestion) => post<unknown>('/data/suggestions/dismiss', { events, path }),
      onSettled,
    }),
    test: useMutation({
      mutationFn: (event: Record<string, unknown>) => post<RuleTested>('/data/rules/test', { event }),
      meta: { saidByForm: true },
    }),
  }
}
export type RuleChanges = ReturnType<typeof useRuleChanges>
