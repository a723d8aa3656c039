import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type ImportPage, type ImportView } from '../../src/events/imports/contract.ts'
import { get } from '../app/ask.ts'

const BUSY = ['checking', 'importing', 'undoing']
export const isBusy = ({ state }: Pick<ImportView, 'state'>) => BUSY.includes(state)

const QUICK_MS = 800
const IDLE_MS = 30_000

/** The newest imports; watched closely while one of them works. */
export const latestImports = queryOptions({
  queryKey: ['imports', 'latest'],
  queryFn: ({ signal }) => get<ImportPage>('/imports', {}, signal),
  refetchInterval: query => (query.state.data?.items.some(isBusy) ? QUICK_MS : IDLE_MS),
})

export const importHistory = infiniteQueryOptions({
  queryKey: ['imports', 'history'],
  queryFn: ({ pageParam, signal }) => get<ImportPage>('/imports', { cursor: pageParam }, signal),
  initialPageParam: null as string | null,
  getNextPageParam: page => page.next,
  refetchInterval: query => (query.state.data?.pages.some(page => page.items.some(isBusy)) ? QUICK_MS : false),
})

export const oneImport = (id: string) =>
  queryOptions({
    queryKey: ['imports', 'one', id],
    queryFn: ({ signal }) => get<ImportView>(`/imports/${encodeURIComponent(id)}`, {}, signal),
    refetchInterval: query => (query.state.data && isBusy(query.state.data) ? QUICK_MS : false),
  })
