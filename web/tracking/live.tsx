import { Stack } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { DataTabs } from '../data/tabs.tsx'
import { ArrivalsCard } from './arrivals-card.tsx'
import { Connect } from './connect.tsx'
import { QuarantineCard } from './quarantine-card.tsx'
import { arrivals, quarantine } from './queries.ts'

/** What programs hand in, as it comes; what could not be used; and how to connect one. */
export function LiveEvents() {
  const [isPaused, pause] = useState(false)
  const live = useQuery({ ...arrivals, enabled: !isPaused })
  const aside = useInfiniteQuery(quarantine)
  useAsideWith(live.data?.counts.quarantined)
  if (live.isPending || aside.isPending) return <PageWaiting />
  const held = aside.data?.pages.flatMap(page => page.items) ?? []
  const isEmpty = live.data?.items.length === 0 && held.length === 0
  return (
    <>
      <DataTabs />
      <Page title={t('tracking-ui:title')} text={t('tracking-ui:text')}>
        <Stack gap="lg">
          {live.isError && <TroubleNote error={live.error} retry={live.refetch} />}
          {isEmpty && <Connect isFirst />}
          {live.data && !isEmpty && <ArrivalsCard arrivals={live.data} isPaused={isPaused} pause={pause} />}
          {aside.isError && <TroubleNote error={aside.error} retry={aside.refetch} />}
          {held.length > 0 && (
            <QuarantineCard
              items={held}
              more={aside.hasNextPage ? () => void aside.fetchNextPage() : null}
              isMoreComing={aside.isFetchingNextPage}
            />
          )}
          {!isEmpty && <Connect isFirst={false} />}
        </Stack>
      </Page>
    </>
  )
}

/** What was set aside is asked for again when there is more of it. */
function useAsideWith(count: number | undefined) {
  const queries = useQueryClient()
  const before = useRef(count)
  useEffect(() => {
    if (before.current !== undefined && before.current !== count)
      void queries.invalidateQueries({ queryKey: quarantine.queryKey })
    before.current = count
  }, [count, queries])
}
