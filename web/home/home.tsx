import { useQuery } from '@tanstack/react-query'
import { useMay } from '../access/session.ts'
import { PageWaiting } from '../app/page-states.tsx'
import { latestImports } from '../imports/queries.ts'
import { models, PRIMARY, populationAt } from '../lifecycle/queries.ts'
import { EmptyHome } from './empty-home.tsx'
import { Overview } from './overview.tsx'

/** Before the first order an invitation, after it what changed. */
export function Home() {
  const may = useMay()
  const population = useQuery({ ...populationAt(PRIMARY, undefined), enabled: may('lifecycle:read') })
  const all = useQuery({ ...models, enabled: may('lifecycle:read') })
  const imports = useQuery({ ...latestImports, enabled: may('imports:read') })
  if ((may('lifecycle:read') && (population.isPending || all.isPending)) || (may('imports:read') && imports.isPending))
    return <PageWaiting />
  const model = all.data?.items.find(one => one.isPrimary) ?? all.data?.items[0]
  const isEmpty = !population.data || population.data.total === 0
  if (isEmpty || !model) return <EmptyHome items={imports.data?.items ?? []} error={population.error ?? all.error} />
  return <Overview model={model} items={imports.data?.items ?? []} />
}
