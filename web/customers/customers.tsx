import { ActionIcon, Button, Group, Select, Text, TextInput, Tooltip } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedCallback, useIntersection } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type CustomerCount } from '../../src/customers/filters/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { calendar } from '../app/calendar.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconCalendar, IconSearch, IconX } from '../app/icons.ts'
import { ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { models } from '../lifecycle/queries.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import { BulkBar } from './bulk-bar.tsx'
import styles from './customers.module.css'
import { Filters } from './filters.tsx'
import { type CustomersSearch, isBare, searchOf, USUAL_COLUMNS } from './list-state.ts'
import { Columns, isTrait, Order, traitOf } from './order-and-columns.tsx'
import { customerCount, customerList, savedViews } from './queries.ts'
import { Rows } from './rows.tsx'
import { usePicks } from './use-picks.ts'
import { ViewsBar } from './views-bar.tsx'

const route = getRouteApi('/inside/customers')

/** Opens with the view that somebody chose for themselves, where the address says nothing else. */
export function Customers() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const views = useQuery(savedViews)
  const bare = isBare(search)
  const first = bare ? views.data?.find(view => view.isDefault) : undefined
  useEffect(() => {
    if (first) void navigate({ to: '/customers', search: searchOf(first) as never, replace: true })
  }, [first, navigate])
  if (bare && (views.isPending || first)) return <Page title={t('nav.customers')}>{<Waiting />}</Page>
  return <List />
}

function List() {
  const search: CustomersSearch = route.useSearch()
  const navigate = useNavigate()
  const may = useMay()
  const { company } = useSession()
  const [typed, setTyped] = useState(search.search ?? '')
  const columns = search.columns ?? USUAL_COLUMNS.filter(column => column !== 'revenue' || may('customers:money'))
  const list = useInfiniteQuery(customerList(search, columns.filter(isTrait).map(traitOf)))
  const count = useQuery({ ...customerCount(search), enabled: !search.at })
  const views = useQuery(savedViews)
  const lifecycle = useQuery({ ...models, enabled: may('lifecycle:read') })
  const model = lifecycle.data?.items.find(one => (search.model ? one.id === search.model : one.isPrimary))
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const open = (next: CustomersSearch) => navigate({ to: '/customers', search: next as never })
  const change = (part: { [K in keyof CustomersSearch]?: CustomersSearch[K] | undefined }) =>
    navigate({ to: '/customers', search: old => ({ ...old, ...part }) as never, replace: true })
  const ask = useDebouncedCallback((value: string) => change({ search: value.trim() || undefined }), 200)
  const { view: _view, columns: _columns, sort: _sort, direction: _direction, ...asked } = search
  const picks = usePicks(
    rows.map(row => row.id),
    JSON.stringify(asked),
  )
  const canAct = may('customers:write') || may('customers:export')

  // The address may change from elsewhere: a link, the way back.
  useEffect(() => setTyped(search.search ?? ''), [search.search])
  const isFiltered = Boolean(search.search || search.stage || search.at || search.where?.length)
  const where = search.where ?? []

  return (
    <Page
      title={t('nav.customers')}
      text={search.at ? t('customers-ui:text.at', { day: format.day(search.at, 'long') }) : t('customers-ui:text')}
    >
      {views.data && <ViewsBar views={views.data} search={search} open={open} />}
      <Group gap="sm" mb="sm" align="flex-end">
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
            w={{ base: '100%', xs: 190 }}
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
            w={{ base: '100%', xs: 170 }}
          />
        )}
        <Filters where={where} model={model} change={next => change({ where: next.length > 0 ? next : undefined })} />
        {isFiltered && (
          <Button variant="subtle" onClick={() => open({ view: 'all' })}>
            {t('customers-ui:clear')}
          </Button>
        )}
      </Group>
      {search.at && where.length > 0 && (
        <Text size="xs" c="dimmed" mb="sm">
          {t('customers-ui:filter.past')}
        </Text>
      )}
      <Group justify="space-between" mb="sm" gap="xs" mih={36}>
        {count.data && !search.at ? <Count count={count.data} /> : <span />}
        <Group gap="xs">
          {!search.at && (
            <Order sort={search.sort} direction={search.direction} change={(sort, direction) => change({ sort, direction })} />
          )}
          <Columns shown={columns} change={next => change({ columns: next })} />
        </Group>
      </Group>
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.isPending && <Waiting />}
      {list.data && rows.length === 0 && <Nobody isFiltered={isFiltered} />}
      {rows.length > 0 && (
        <Card p={0} style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
          <Rows
            rows={rows}
            columns={columns}
            model={model}
            at={search.at}
            modelId={search.model}
            picks={canAct ? picks : null}
            order={
              search.at
                ? null
                : { sort: search.sort, direction: search.direction, change: (sort, direction) => change({ sort, direction }) }
            }
          />
          <More
            hasMore={list.hasNextPage}
            isLoading={list.isFetchingNextPage}
            more={() => void list.fetchNextPage()}
            count={rows.length}
          />
        </Card>
      )}
      {canAct && (
        <BulkBar picks={picks} shown={rows.length} count={search.at ? undefined : count.data} search={search} columns={columns} />
      )}
    </Page>
  )
}

/** How many fit: counted, or estimated and then never said as if it were counted. */
function Count({ count }: { count: CustomerCount }) {
  const shown = format.number(count.count)
  if (count.isExact)
    return (
      <Text size="sm" fw={600} className="numbers" aria-live="polite">
        {t('customers-ui:count', { count: count.count, shown })}
      </Text>
    )
  return (
    <Tooltip label={t('customers-ui:count.margin', { margin: format.number(count.margin) })}>
      <Text size="sm" fw={600} className="numbers" aria-live="polite" tabIndex={0}>
        {t('customers-ui:count.about', { shown })}
      </Text>
    </Tooltip>
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
