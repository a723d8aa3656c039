import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Categories, type FileReport, type ProductChange, type ProductPage } from '../../src/products/contract.ts'
import { get, put, upload } from '../app/ask.ts'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'

export type ProductSearch = { search?: string | undefined; category?: string | undefined; active?: string | undefined }

/** What stands in an address for products without a category: no category is called so. */
export const NO_CATEGORY = '-'
/** An address as the API takes it; there an empty category means: without one. */
export const filterOf = ({ search, category, active }: ProductSearch): string => {
  const filter = new URLSearchParams()
  if (search) filter.set('search', search)
  if (category !== undefined) filter.set('category', category === NO_CATEGORY ? '' : category)
  if (active) filter.set('active', active)
  return filter.toString()
}

export const productList = (search: ProductSearch) =>
  infiniteQueryOptions({
    queryKey: ['products', 'list', search],
    queryFn: ({ pageParam, signal }) => {
      const filter = filterOf(search)
      const cursor = pageParam === null ? '' : `cursor=${encodeURIComponent(pageParam)}`
      const query = [filter, cursor].filter(Boolean).join('&')
      return get<ProductPage>(`/products${query && `?${query}`}`, {}, signal)
    },
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
    placeholderData: keepPreviousData,
    // What was sold is being counted for the first time.
    refetchInterval: query => (query.state.data?.pages.some(page => page.soldAsOf === null) ? 3_000 : false),
  })

export const categories = queryOptions({
  queryKey: ['products', 'categories'],
  queryFn: ({ signal }) => get<Categories>('/products/categories', {}, signal),
})

/** Says one thing of one product. */
export function useProductChange() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (change: ProductChange) => put<undefined>('/products', { items: [change] }),
    onSuccess: () => tell.done(t('saved')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['products'] }),
  })
}

export function useProductFile() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ file, isDryRun }: { file: File; isDryRun: boolean }) =>
      upload<FileReport>(`/products/file?dryRun=${isDryRun}`, file, () => {}),
    meta: { saidByForm: true },
    onSuccess: report => {
      if (!report.isDryRun) void queries.invalidateQueries({ queryKey: ['products'] })
    },
  })
}
