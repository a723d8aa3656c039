import { SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { type SourceDetail, type SourceView } from '../../src/events/sources/contract.ts'
import { useSession } from '../access/session.ts'
import { ChartCard } from '../app/chart-card.tsx'
import * as format from '../app/format.ts'
import { IconChevronLeft } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { ArrivalsCard } from '../tracking/arrivals-card.tsx'
import { QuarantineCard } from '../tracking/quarantine-card.tsx'
import { Bars } from './bars.tsx'
import styles from './data.module.css'
import { arrivalsOf, asideOf, rules, source as sourceQuery } from './queries.ts'
import { RuleWords } from './rule-words.tsx'
import { shareAside } from './sources.tsx'
import { kindOf, State, whyOf } from './state.tsx'
import { DataTabs } from './tabs.tsx'

const route = getRouteApi('/inside/settings/data/sources/$sourceId')

/** One source: how it is, when it brought how much, what, and what of it could not be used. */
export function Source() {
  const { sourceId } = route.useParams()
  const detail = useQuery(sourceQuery(sourceId))
  if (detail.isPending) return <PageWaiting />
  return (
    <>
      <DataTabs />
      <Page
        title={detail.data?.source.name ?? t('data-ui:tab.sources')}
        text={
          detail.data && (
            <>
              <State source={detail.data.source} /> · {kindOf(detail.data.source.kind)} · {whyOf(detail.data.source)}
            </>
          )
        }
        actions={
          <AnchorLink to="/settings/data" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
            <IconChevronLeft size={15} aria-hidden />
            {t('data-ui:source.back')}
          </AnchorLink>
        }
      >
        {detail.isError && <TroubleNote error={detail.error} retry={detail.refetch} />}
        {detail.data && (
          <Stack gap="lg">
            <Tiles source={detail.data.source} />
            <Chart detail={detail.data} />
            <Sends detail={detail.data} />
            <Arrivals id={sourceId} />
            <Aside id={sourceId} />
            <RulesFor names={detail.data.names.map(({ name }) => name)} />
          </Stack>
        )}
      </Page>
    </>
  )
}

function Tiles({ source }: { source: SourceView }) {
  const { perMinute, perHour, perDay, quarantined, events, blocked } = source
  const usual = (rate: SourceView['perMinute']) =>
    rate.usual === null ? t('data-ui:source.unusual') : t('data-ui:source.usual', { usual: format.number(rate.usual) })
  return (
    <Card>
      <div className={`${styles.tiles} numbers`}>
        {(
          [
            ['perMinute', perMinute],
            ['perHour', perHour],
            ['perDay', perDay],
          ] as const
        ).map(([name, rate]) => (
          <div key={name} className={styles.tile}>
            <b className="display">{format.number(rate.now)}</b>
            <span>{t(`data-ui:source.${name}`)}</span>
            <span>{usual(rate)}</span>
          </div>
        ))}
        <div className={styles.tile}>
          <b className="display">{shareAside(quarantined, events)}</b>
          <span>{t('data-ui:source.aside')}</span>
          <span>
            {t('data-ui:source.asideOf', { quarantined: format.number(quarantined), all: format.number(quarantined + events) })}
          </span>
          {blocked > 0 && <span>{t('data-ui:source.blocked', { count: blocked, events: format.number(blocked) })}</span>}
        </div>
      </div>
    </Card>
  )
}

function Chart({ detail }: { detail: SourceDetail }) {
  const { company } = useSession()
  const [span, setSpan] = useState<'hours' | 'days'>('hours')
  const clock = (iso: string) =>
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: company.timeZone }).format(new Date(iso))
  const pieces =
    span === 'hours'
      ? detail.hours.map(({ at, ...counts }) => ({ when: clock(at), ...counts }))
      : detail.days.map(({ day, ...counts }) => ({ when: format.day(day), ...counts }))
  const sum = (kind: 'events' | 'quarantined') => pieces.reduce((all, one) => all + one[kind], 0)
  return (
    <ChartCard
      title={t('data-ui:chart.title')}
      file={`${detail.source.name} ${span}`}
      extra={
        <SegmentedControl
          size="xs"
          aria-label={t('data-ui:chart.span')}
          value={span}
          onChange={value => setSpan(value as typeof span)}
          data={[
            { value: 'hours', label: t('data-ui:chart.hours') },
            { value: 'days', label: t('data-ui:chart.days') },
          ]}
        />
      }
      table={{
        head: [t('data-ui:chart.when'), t('data-ui:chart.events'), t('data-ui:chart.quarantined'), t('data-ui:chart.blocked')],
        rows: pieces.map(one => [one.when, one.events, one.quarantined, one.blocked]),
      }}
    >
      <Bars
        counts={pieces}
        height={150}
        label={t('data-ui:chart.aria', {
          total: format.number(sum('events')),
          quarantined: format.number(sum('quarantined')),
          most: format.number(Math.max(...pieces.map(one => one.events))),
        })}
      />
      <div className={styles.axis}>
        <span>{pieces[0]?.when}</span>
        <span>{pieces.at(-1)?.when}</span>
      </div>
    </ChartCard>
  )
}

function Sends({ detail: { names } }: { detail: SourceDetail }) {
  const { company } = useSession()
  return (
    <Card title={t('data-ui:sends.title')} text={names.length === 0 ? t('data-ui:sends.none') : undefined}>
      {names.length > 0 && (
        <Table className="numbers" fz="sm" verticalSpacing={7}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('data-ui:sends.name')}</Table.Th>
              <Table.Th ta="right">{t('data-ui:sends.count')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('data-ui:sends.first')}</Table.Th>
              <Table.Th>{t('data-ui:sends.last')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {names.map(one => (
              <Table.Tr key={one.id}>
                <Table.Td className={styles.wrap}>
                  {one.name === null ? (
                    t('data-ui:events.rest')
                  ) : (
                    <AnchorLink to="/settings/data/events/$eventId" params={{ eventId: one.id }} size="sm" fw={600}>
                      {one.name}
                    </AnchorLink>
                  )}
                </Table.Td>
                <Table.Td ta="right">{format.number(one.events)}</Table.Td>
                <Table.Td visibleFrom="sm">{format.instant(one.firstAt, company.timeZone)}</Table.Td>
                <Table.Td>{format.ago(one.lastAt, Date.now())}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  )
}

function Arrivals({ id }: { id: string }) {
  const [isPaused, pause] = useState(false)
  const live = useQuery({ ...arrivalsOf(id), enabled: !isPaused })
  if (!live.data || live.data.items.length === 0) return null
  return <ArrivalsCard arrivals={{ ...live.data, missed: 0 }} isPaused={isPaused} pause={pause} />
}

function Aside({ id }: { id: string }) {
  const aside = useInfiniteQuery(asideOf(id))
  const items = aside.data?.pages.flatMap(page => page.items) ?? []
  if (items.length === 0) return null
  return (
    <QuarantineCard
      items={items}
      more={aside.hasNextPage ? () => void aside.fetchNextPage() : null}
      isMoreComing={aside.isFetchingNextPage}
      ofOneSource
    />
  )
}

function RulesFor({ names }: { names: readonly (string | null)[] }) {
  const list = useQuery(rules)
  const own = list.data?.items.filter(rule => rule.event === null || names.includes(rule.event)) ?? []
  return (
    <Card
      title={t('data-ui:ruled.title')}
      actions={
        <AnchorLink to="/settings/data/rules" size="sm">
          {t('data-ui:ruled.all')}
        </AnchorLink>
      }
    >
      {own.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('data-ui:ruled.none')}
        </Text>
      ) : (
        <Stack gap={6}>
          {own.map(rule => (
            <RuleWords key={rule.id} rule={rule} />
          ))}
        </Stack>
      )}
    </Card>
  )
}
