import { Alert, Badge, Button, Group, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type EventView } from '../../src/events/catalogue/contract.ts'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconSearch } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { Bars } from './bars.tsx'
import styles from './data.module.css'
import { events } from './queries.ts'
import { DataTabs } from './tabs.tsx'

const route = getRouteApi('/inside/settings/data/events')

/** Every name of an event that was seen. */
export function Events() {
  const { search } = route.useSearch()
  const navigate = useNavigate()
  const [typed, type] = useState(search ?? '')
  const list = useInfiniteQuery(events(search))
  const ask = useDebouncedCallback(
    (value: string) =>
      navigate({
        to: '/settings/data/events',
        search: old => ({ ...old, search: value.trim() || undefined }) as never,
        replace: true,
      }),
    250,
  )
  const items = list.data?.pages.flatMap(page => page.items) ?? []
  const room = list.data?.pages[0]
  return (
    <>
      <DataTabs />
      <Page title={t('data-ui:tab.events')} text={t('data-ui:events.text')}>
        <Stack gap="md">
          <Group justify="space-between" gap="sm">
            <TextInput
              data-search
              w={{ base: '100%', xs: 340 }}
              placeholder={t('data-ui:events.search')}
              aria-label={t('data-ui:events.search')}
              leftSection={<IconSearch size={16} />}
              value={typed}
              onChange={({ currentTarget }) => {
                type(currentTarget.value)
                ask(currentTarget.value)
              }}
            />
            {room && (
              <Text size="sm" c="dimmed" className="numbers">
                {t('data-ui:events.room', { names: format.number(room.names), max: format.number(room.namesMax) })}
              </Text>
            )}
          </Group>
          {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
          {list.isPending && <Waiting />}
          {room && room.names >= room.namesMax && (
            <Alert color="marigold">{t('data-ui:events.full', { max: format.number(room.namesMax) })}</Alert>
          )}
          {room && items.length === 0 && (
            <Card>
              <Text size="sm" c="dimmed">
                {t(search ? 'data-ui:events.noneFound' : 'data-ui:events.none')}
              </Text>
            </Card>
          )}
          {items.length > 0 && (
            <Card style={{ opacity: list.isPlaceholderData ? 0.6 : 1 }}>
              <Table className="numbers" fz="sm" verticalSpacing={9}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('data-ui:events.name')}</Table.Th>
                    <Table.Th visibleFrom="md" w={150}>
                      <VisuallyHidden>{t('data-ui:chart.days')}</VisuallyHidden>
                    </Table.Th>
                    <Table.Th ta="right">{t('data-ui:events.month')}</Table.Th>
                    <Table.Th ta="right" visibleFrom="sm">
                      {t('data-ui:events.ever')}
                    </Table.Th>
                    <Table.Th visibleFrom="xs">{t('data-ui:events.seen')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('data-ui:events.sources')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map(one => (
                    <Row key={one.id} event={one} max={room?.namesMax ?? 0} />
                  ))}
                </Table.Tbody>
              </Table>
              {list.hasNextPage && (
                <Button variant="subtle" mt="sm" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
                  {t('more')}
                </Button>
              )}
            </Card>
          )}
        </Stack>
      </Page>
    </>
  )
}

const SOURCES_SHOWN = 3

function Row({ event, max }: { event: EventView; max: number }) {
  const { company } = useSession()
  const { id, name, description, sources, days, firstAt, lastAt } = event
  const label = t('data-ui:chart.aria', {
    total: format.number(event.events30Days),
    quarantined: 0,
    most: format.number(Math.max(...days)),
  })
  return (
    <Table.Tr>
      <Table.Td className={styles.wrap}>
        {name === null ? (
          <Text fw={600} size="sm">
            {t('data-ui:events.rest')}
          </Text>
        ) : (
          <Group gap="4px 8px">
            <AnchorLink to="/settings/data/events/$eventId" params={{ eventId: id }} size="sm" fw={600}>
              {name}
            </AnchorLink>
            <Marks event={event} />
          </Group>
        )}
        <Text size="xs" c="dimmed" lineClamp={2}>
          {name === null ? t('data-ui:events.restText', { max: format.number(max) }) : description}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Bars counts={days.map(n => ({ events: n }))} label={label} height={22} />
      </Table.Td>
      <Table.Td ta="right">{format.brief(event.events30Days)}</Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {format.brief(event.events)}
      </Table.Td>
      <Table.Td visibleFrom="xs">
        {lastAt && format.ago(lastAt, Date.now())}
        <Text size="xs" c="dimmed">
          {firstAt && t('data-ui:events.since', { day: format.instant(firstAt, company.timeZone) })}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm" className={styles.wrap}>
        <Text size="xs">
          {sources
            .slice(0, SOURCES_SHOWN)
            .map(one => one.name)
            .join(', ')}
          {sources.length > SOURCES_SHOWN && ` ${t('data-ui:events.moreSources', { count: sources.length - SOURCES_SHOWN })}`}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}

/** What colleagues and rules say of a name. */
export const Marks = ({ event }: { event: EventView }) => (
  <>
    {event.isVerified && (
      <Badge ff="text" size="sm" variant="light" color="fern" c="var(--mantine-color-text)">
        {t('data-ui:events.verified')}
      </Badge>
    )}
    {event.isBlocked && (
      <Badge ff="text" size="sm" variant="light" color="clay" c="var(--mantine-color-text)">
        {t('data-ui:events.blocked')}
      </Badge>
    )}
  </>
)
