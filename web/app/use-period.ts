import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useMay, useSession } from '../access/session.ts'
import { latestImports } from '../imports/queries.ts'
import { models } from '../lifecycle/queries.ts'
import { dayAt, earlier } from './days.ts'
import { type Chosen, choose, type PeriodSearch, type Span } from './period.ts'

/**
 * From the first day on which anyone moved to the last day with an order. Undefined while it is not known yet; without any order, today.
 * The last order is what the imports tell; who may not see imports gets the last move instead, which the clock may have caused later.
 */
export function useSpan(): Span | undefined {
  const { company } = useSession()
  const may = useMay()
  const seesImports = may('imports:read')
  const seesModels = may('lifecycle:read')
  const imports = useQuery({ ...latestImports, enabled: seesImports })
  const all = useQuery({ ...models, enabled: seesModels })
  return useMemo(() => {
    if ((seesImports && imports.isPending) || (seesModels && all.isPending)) return undefined
    const today = dayAt(Date.now(), company.timeZone)
    const moved = (all.data?.items.find(one => one.isPrimary) ?? all.data?.items[0])?.span
    const ends = (imports.data?.items ?? [])
      .filter(one => one.state === 'done' || one.state === 'importing')
      .flatMap(one => (one.counts?.lastAt ? [dayAt(Date.parse(one.counts.lastAt), company.timeZone)] : []))
      .toSorted()
    const last = earlier(ends.at(-1) ?? moved?.last ?? today, today)
    return { first: earlier(moved?.first ?? last, last), last, today, isEmpty: !moved && ends.length === 0 }
  }, [company.timeZone, imports.data, imports.isPending, all.data, all.isPending, seesImports, seesModels])
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
