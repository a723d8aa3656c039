import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  type DeliveryPage,
  type MappingInput,
  type OpenDelivery,
  type Preview,
  type Replayed,
  type ReplayWish,
  type Result,
  type ShopChange,
  type ShopKind,
  type ShopView,
} from '../../src/events/shops/contract.ts'
import { get, patch, post, remove } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'

// Quick enough for somebody who has just pressed "send a test" in their shop.
const LOOK_MS = 3_000
/** As many as one request may name. */
const AT_ONCE = 200

export const shops = queryOptions({
  queryKey: ['shops'],
  queryFn: ({ signal }) => get<{ items: ShopView[] }>('/shops', {}, signal),
  refetchInterval: 10_000,
})

export const shop = (id: string) =>
  queryOptions({
    queryKey: ['shops', id],
    queryFn: ({ signal }) => get<ShopView>(`/shops/${id}`, {}, signal),
    refetchInterval: LOOK_MS,
    staleTime: 0,
  })

export const deliveries = (id: string, result: Result | null) =>
  infiniteQueryOptions({
    queryKey: ['shops', id, 'deliveries', result],
    queryFn: ({ pageParam, signal }) => get<DeliveryPage>(`/shops/${id}/deliveries`, { result, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.next,
  })

export const delivery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: ['shops', id, 'delivery', deliveryId],
    queryFn: ({ signal }) => get<OpenDelivery>(`/shops/${id}/deliveries/${deliveryId}`, {}, signal),
  })

export type Sample = { sample: string } | { shopId: string; deliveryId: string }
export const preview = (mapping: MappingInput | null, sample: Sample | null) =>
  queryOptions({
    queryKey: ['shops', 'preview', mapping, sample],
    queryFn: () => post<Preview>('/shops/preview', { mapping, ...sample }),
    enabled: mapping !== null && sample !== null,
    placeholderData: before => before,
    retry: false,
  })

export function useConnect() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wanted: { kind: ShopKind; name: string }) => post<ShopView>('/shops', wanted),
    meta: { saidByForm: true },
    onSettled: () => queries.invalidateQueries({ queryKey: shops.queryKey }),
  })
}

/** Everything that can be done with one connection. */
export function useShopChanges(id: string) {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['shops'] })
  return {
    change: useMutation({ mutationFn: (change: ShopChange) => patch<ShopView>(`/shops/${id}`, change), onSettled }),
    remove: useMutation({
      mutationFn: () => remove<unknown>(`/shops/${id}`),
      onSuccess: () => tell.done(t('shops-ui:removed')),
      onSettled: () => queries.invalidateQueries({ queryKey: shops.queryKey, exact: true }),
    }),
    /** Some, or all with a result, in as many goes as it takes. */
    replay: useMutation({
      mutationFn: async (wish: ReplayWish) => {
        const sum = { replayed: 0, accepted: 0, forgotten: 0 }
        const take = async (some: ReplayWish) => {
          const done = await post<Replayed>(`/shops/${id}/replay`, some)
          for (const key of ['replayed', 'accepted', 'forgotten'] as const) sum[key] += done[key]
          return done.next
        }
        const { ids } = wish
        if (ids !== undefined) {
          for (let i = 0; i < ids.length; i += AT_ONCE) await take({ ids: ids.slice(i, i + AT_ONCE) })
        } else {
          for (let next = await take(wish); next !== null; ) next = await take({ ...wish, after: next })
        }
        return sum
      },
      onSuccess: ({ replayed, accepted, forgotten }) => {
        const numbers = { n: format.number(replayed), accepted: format.number(accepted), forgotten: format.number(forgotten) }
        tell.done(t(forgotten > 0 ? 'shops-ui:replayedForgotten' : 'shops-ui:replayed', numbers))
      },
      onSettled,
    }),
  }
}
export type ShopChanges = ReturnType<typeof useShopChanges>
