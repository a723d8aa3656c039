import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useMay, useSession } from '../access/session.ts'
import { models } from '../lifecycle/queries.ts'
import { dayAt, earlier } from './days.ts'
import { type Chosen, choose, type PeriodSearch, type Span } from './period.ts'

/** From the first day on which anyone moved to the last day on which anything was heard. Undefined while it is not known yet; without anything, today. */
export function useSpan(): Span | undefined {
  const { company } = useSession()
  const sees = useMay()('lifecycle:read')
  const all = useQuery({ ...models, enabled: sees })
  return useMemo(() => {
    if (sees && all.isPending) return undefined
    const today = dayAt(Date.now(), company.timeZone)
    const heard = (all.data?.items.find(one => one.isPrimary) ?? all.data?.items[0])?.span
    const last = earlier(heard?.last ?? today, today)
    return { first: earlier(heard?.first ?? last, last), last, today, isEmpty: !heard }
  }, [company.timeZone, all.data, all.isPending, sees])
}

/** The period and comparison of the address, and how to change them. */
export function usePeriod(): {
  chosen: Chosen | undefined
  span: Span | undefined
  search: PeriodSearch
  set: (change: PeriodSearch) => void
} {
  const { period, from, to, compare } = useSearch({ from: '/inside' })
  const span = useSpan()
  const navigate = useNavigate()
  const search = useMemo(() => ({ period, from, to, compare }) as PeriodSearch, [period, from, to, compare])
  const chosen = useMemo(() => span && choose(search, span), [search, span])
  const set = useCallback(
    (change: PeriodSearch) => {
      void navigate({
        to: '.',
        search: old => ({ ...old, period: undefined, from: undefined, to: undefined, compare: undefined, ...change }) as never,
        replace: true,
        resetScroll: false,
      })
    },
    [navigate],
  )
  return { chosen, span, search, set }
}
