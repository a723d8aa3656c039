import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useMay, useSession } from '../access/session.ts'
import { latestImports } from '../imports/queries.ts'
import { dayAt } from './days.ts'
import { type Chosen, choose, type PeriodSearch, type Span } from './period.ts'

/** From the first to the last order that was read in. Undefined while it is not known yet; without any order, today. */
export function useSpan(): Span | undefined {
  const { company } = useSession()
  const may = useMay()
  const isAllowed = may('imports:read')
  const { data, isPending } = useQuery({ ...latestImports, enabled: isAllowed })
  return useMemo(() => {
    if (isAllowed && isPending) return undefined
    const today = dayAt(Date.now(), company.timeZone)
    const counted = (data?.items ?? [])
      .filter(one => one.state === 'done' || one.state === 'importing')
      .flatMap(one => one.counts ?? [])
    const days = counted.flatMap(({ firstAt, lastAt }) =>
      firstAt && lastAt ? [dayAt(Date.parse(firstAt), company.timeZone), dayAt(Date.parse(lastAt), company.timeZone)] : [],
    )
    days.sort()
    return { first: days[0] ?? today, last: days.at(-1) ?? today, today }
  }, [company.timeZone, data, isAllowed, isPending])
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
