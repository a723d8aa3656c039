import { Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { QuarantineCard } from '../tracking/quarantine-card.tsx'
import { quarantine } from '../tracking/queries.ts'
import { DataTabs } from './tabs.tsx'

/** Everything that could not be used. */
export function Aside() {
  const aside = useInfiniteQuery({ ...quarantine, refetchInterval: 10_000 })
  if (aside.isPending) return <PageWaiting />
  const items = aside.data?.pages.flatMap(page => page.items) ?? []
  return (
    <>
      <DataTabs />
      <Page title={t('data-ui:tab.aside')} text={t('data-ui:aside.text')}>
        {aside.isError && <TroubleNote error={aside.error} retry={aside.refetch} />}
        {aside.data && items.length === 0 && (
          <Card>
            <Text size="sm" c="dimmed">
              {t('data-ui:aside.none')}
            </Text>
          </Card>
        )}
        {items.length > 0 && (
          <QuarantineCard
            items={items}
            more={aside.hasNextPage ? () => void aside.fetchNextPage() : null}
            isMoreComing={aside.isFetchingNextPage}
          />
        )}
      </Page>
    </>
  )
}
