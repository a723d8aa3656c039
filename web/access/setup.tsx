import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type SetupView } from '../../src/access/contract.ts'
import { get } from '../app/ask.ts'
import { AnchorLink } from '../app/links.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { Door } from './door.tsx'
import { FirstAccount } from './first-account.tsx'
import { Invited } from './invited.tsx'

const route = getRouteApi('/setup')

/** Where one-time links lead: the very first account, or an invited colleague's. */
export function Setup() {
  const { token = '' } = route.useSearch()
  const view = useQuery({
    queryKey: ['setup', token],
    queryFn: ({ signal }) => get<SetupView>('/setup', { token }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

  if (view.isPending) {
    return (
      <Door title={t('access-ui:setup.looking')}>
        <Waiting />
      </Door>
    )
  }
  if (view.isError) {
    return (
      <Door title={t('access-ui:setup.looking')}>
        <TroubleNote error={view.error} retry={view.refetch} />
      </Door>
    )
  }
  if (view.data.open && view.data.kind === 'first') return <FirstAccount token={token} />
  if (view.data.open && view.data.kind === 'invite') return <Invited token={token} view={view.data} />
  return (
    <Door title={t('access-ui:setup.closed.title')}>
      <Alert color="marigold">{t('access-ui:setup.closed.text')}</Alert>
      <AnchorLink to="/sign-in" size="sm">
        {t('access-ui:setup.closed.signIn')}
      </AnchorLink>
    </Door>
  )
}
