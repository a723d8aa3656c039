import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  type ModelView,
  type MovesBetween,
  type PopulationAt,
  type PopulationOver,
  type ReadyModelView,
} from '../../src/lifecycle/contract.ts'
import { get } from '../app/ask.ts'
import { type Day } from '../app/days.ts'

export const PRIMARY = 'primary'
const path = (model: string) => `/lifecycle/models/${encodeURIComponent(model)}`

export const models = queryOptions({
  queryKey: ['lifecycle', 'models'],
  queryFn: ({ signal }) => get<{ items: ModelView[]; ready: ReadyModelView[] }>('/lifecycle/models', {}, signal),
  staleTime: 5 * 60_000,
  // While one is made ready or cleared away.
  refetchInterval: query => (query.state.data?.ready.some(one => one.progress !== null) ? 1_000 : false),
})

export const populationAt = (model: string, at: Day | undefined) =>
  queryOptions({
    queryKey: ['lifecycle', model, 'at', at ?? 'now'],
    queryFn: ({ signal }) => get<PopulationAt>(`${path(model)}/population`, { at }, signal),
    placeholderData: keepPreviousData,
  })

export const populationOver = (model: string, from: Day, to: Day, by: 'day' | 'week' | 'month') =>
  queryOptions({
    queryKey: ['lifecycle', model, 'over', from, to, by],
    queryFn: ({ signal }) => get<PopulationOver>(`${path(model)}/population`, { from, to, by }, signal),
    placeholderData: keepPreviousData,
  })

export const movesBetween = (model: string, from: Day, to: Day) =>
  queryOptions({
    queryKey: ['lifecycle', model, 'moves', from, to],
    queryFn: ({ signal }) => get<MovesBetween>(`${path(model)}/moves`, { from, to }, signal),
    placeholderData: keepPreviousData,
  })
