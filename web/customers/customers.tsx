import { ActionIcon, Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedCallback, useIntersection } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type CustomerPage } from '../../src/customers/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { calendar } from '../app/calendar.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconCalendar, IconSearch, IconX } from '../app/icons.ts'
import { AnchorLink, ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { models } from '../lifecycle/queries.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import styles from './customers.module.css'
import { customerList } from './queries.ts'

const route = getRouteApi('/inside/customers')

export function Customers() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const may = useMay()
  const { company } = useSession()
  const [typed, setTyped] = useState(search.search ?? '')
  const list = useInfiniteQuery(customerList(search))
  const lifecycle = useQuery({ ...models, enabled: may('lifecycle:read') })
  const model = lifecycle.data?.items.find(one => (search.model ? one.id === search.model : one.isPrimary))
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const change = (part: Partial<typeof search>) =>
    navigate({ to: '/customers', search: old => ({ ...old, ...part }) as never, replace: true })
  const ask = useDebouncedCallback((value: string) => change({ search: value.trim() || undefined }), 250)

  // The address may change from elsewhere: a link, the way back.
  useEffect(() => setTyped(search.search ?? ''), [search.search])
  const isFiltered = Boolean(search.search || search.stage || search.at)

  return (
    <Page
      title={t('nav.customers')}
      text={search.at ? t('customers-ui:text.at', { day: format.day(search.at, 'long') }) : t('customers-ui:text')}
    >
      <Group gap="sm" mb="md" align="flex-end">
        <TextInput
          data-search
          className={styles.search}
          placeholder={t('customers-ui:search')}
          aria-label={t('customers-ui:search')}
          leftSection={<IconSearch size={16} />}
          rightSection={
            typed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('customers-ui:clearSearch')}
                onClick={() => [setTyped(''), ask('')]}
              >
                <IconX size={15} />
              </ActionIcon>
            )
          }
          value={typed}
          onChange={event => {
            setTyped(event.currentTarget.value)
            ask(event.currentTarget.value)
          }}
        />
        {model && (
          <Select
            aria-label={t('customers-ui:stage')}
            value={search.stage ?? 'all'}
            onChange={value => change({ stage: value && value !== 'all' ? value : undefined })}
            data={[
              { value: 'all', label: t('customers-ui:everyStage') },
              ...model.stages.map(stage => ({ value: stage.id, label: stage.name })),
            ]}
            leftSection={
              search.stage ? (
                <StageGlyph stage={model.stages.find(one => one.id === search.stage)?.super ?? null} size={17} />
              ) : undefined
            }
            w={{ base: '100%', xs: 210 }}
          />
        )}
        {model && (
          <DatePickerInput
            aria-label={search.at ? `${t('customers-ui:at')}: ${format.day(search.at)}` : t('customers-ui:now')}
            valueFormatter={() => (search.at ? format.day(search.at) : '')}
            placeholder={t('customers-ui:now')}
            clearable
            {...calendar}
            clearButtonProps={{ 'aria-label': t('customers-ui:clearDay') }}
            leftSection={<IconCalendar size={16} />}
            value={search.at ?? null}
            onChange={value => change({ at: value ?? undefined })}
            maxDate={dayAt(Date.now(), company.timeZone)}
            w={{ base: '100%', xs: 190 }}
          />
        )}
        {isFiltered && (
          <Button variant="subtle" onClick={() => change({ search: undefined, stage: undefined, at: undefined })}>
            {t('customers-ui:clear')}
          </Button>
        )}
      </Group>
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.isPending && <Waiting />}
      {list.data && rows.length === 0 && <Nobody isFiltered={isFiltered} />}
      {rows.length > 0 && (
        <Card p={0} style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
          <Rows rows={rows} model={model} at={search.at} modelId={search.model} />
          <More
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            more={() => void list.fetchNextPage()}
            count={rows.length}
          />
        </Card>
      )}
    </Page>
  )
}

function Rows({
  rows,
  model,
  at,
  modelId,
}: {
  rows: CustomerPage['items']
  model: ModelView | undefined
  at: string | undefined
  modelId: string | undefined
}) {
  const may = useMay()
  const { company } = useSession()
  return (
    <Table className={`numbers ${styles.table}`} fz="sm" verticalSpacing={10} horizontalSpacing="md" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('customers-ui:customer')}</Table.Th>
          {model && <Table.Th>{t('customers-ui:stage')}</Table.Th>}
          {model && <Table.Th visibleFrom="md">{t('customers-ui:since')}</Table.Th>}
          <Table.Th ta="right">{t('customers-ui:orders')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('customers-ui:lastOrder')}</Table.Th>
          {may('customers:money') && <Table.Th ta="right">{t('customers-ui:revenue')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(row => {
          const stage = model?.stages.find(one => one.id === row.stage)
          return (
            <Table.Tr key={row.id} className={styles.row}>
              <Table.Td>
                <AnchorLink
                  to="/customers/$customerId"
                  params={{ customerId: row.id }}
                  search={{ ...(at ? { at } : {}), ...(modelId ? { model: modelId } : {}) }}
                  className={styles.name}
                  size="sm"
                >
                  {row.label}
                </AnchorLink>
                {row.email && row.email !== row.label && (
                  <Text size="xs" c="dimmed">
                    {row.email}
                  </Text>
                )}
              </Table.Td>
              {model && (
                <Table.Td>
                  <span className={styles.stage}>
                    <StageGlyph stage={stage?.super ?? null} size={18} />
                    {stage?.name ?? row.stage ?? t('lifecycle-ui:unassigned')}
                  </span>
                </Table.Td>
              )}
              {model && <Table.Td visibleFrom="md">{row.since ? format.instant(row.since, company.timeZone) : '–'}</Table.Td>}
              <Table.Td ta="right">{format.number(row.orders)}</Table.Td>
              <Table.Td visibleFrom="sm">{row.lastOrderAt ? format.instant(row.lastOrderAt, company.timeZone) : '–'}</Table.Td>
              {may('customers:money') && (
                <Table.Td ta="right">{row.revenue.length ? row.revenue.map(format.money).join(' · ') : '–'}</Table.Td>
              )}
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}

/** The next rows come when the end is in sight; the button is there for those who do not scroll. */
function More({ hasMore, isLoading, more, count }: { hasMore: boolean; isLoading: boolean; more: () => void; count: number }) {
  const { ref, entry } = useIntersection({ rootMargin: '400px' })
  const isInSight = entry?.isIntersecting ?? false
  useEffect(() => {
    if (isInSight && hasMore && !isLoading) more()
  }, [isInSight, hasMore, isLoading, more])
  return (
    <Group ref={ref} justify="space-between" px="md" py="sm" className={styles.more}>
      <Text size="xs" c="dimmed" className="numbers" aria-live="polite">
        {hasMore
          ? t('customers-ui:shown', { count, shown: format.number(count) })
          : t('customers-ui:allShown', { count, shown: format.number(count) })}
      </Text>
      {hasMore && (
        <Button size="xs" variant="subtle" loading={isLoading} onClick={more}>
          {t('more')}
        </Button>
      )}
    </Group>
  )
}

function Nobody({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Card>
      <Text fw={600}>{isFiltered ? t('customers-ui:nobody.found') : t('customers-ui:nobody.yet')}</Text>
      <Text c="dimmed" size="sm" mt={4}>
        {isFiltered ? t('customers-ui:nobody.foundText') : t('customers-ui:nobody.yetText')}
      </Text>
      {!isFiltered && (
        <ButtonLink to="/" mt="md">
          {t('lifecycle-ui:empty.button')}
        </ButtonLink>
      )}
    </Card>
  )
}
