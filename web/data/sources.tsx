import { Button, Group, SimpleGrid, Stack, Text, ThemeIcon } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type SourceView } from '../../src/events/sources/contract.ts'
import * as format from '../app/format.ts'
import { IconFile, IconLive, IconReceipt } from '../app/icons.ts'
import { AnchorLink, ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { Bars } from './bars.tsx'
import styles from './data.module.css'
import { sources } from './queries.ts'
import { kindOf, needsALook, State } from './state.tsx'
import { DataTabs } from './tabs.tsx'

const FILES_SHOWN = 5

/** Everything that hands in data, and how it is. */
export function Sources() {
  const live = useInfiniteQuery(sources('live', 100))
  const files = useInfiniteQuery(sources('files', FILES_SHOWN))
  const items = live.data?.pages.flatMap(page => page.items) ?? []
  const read = files.data?.pages[0]?.items ?? []
  const isThere = live.data !== undefined && files.data !== undefined
  return (
    <>
      <DataTabs />
      <Page title={t('data-ui:tab.sources')} text={t('data-ui:sources.text')}>
        <Stack gap="lg">
          {live.isError && <TroubleNote error={live.error} retry={live.refetch} />}
          {(live.isPending || files.isPending) && !live.isError && <PageWaiting />}
          {isThere && items.length === 0 && <Connect isFirst={read.length === 0} />}
          {items.length > 0 && (
            <Card title={t('data-ui:sources.live')} text={summary(items)}>
              <Rows items={items} />
              {live.hasNextPage && (
                <Button variant="subtle" m="sm" loading={live.isFetchingNextPage} onClick={() => live.fetchNextPage()}>
                  {t('more')}
                </Button>
              )}
            </Card>
          )}
          {read.length > 0 && (
            <Card
              title={t('data-ui:sources.files')}
              actions={
                <AnchorLink to="/imports" size="sm">
                  {t('data-ui:sources.allFiles')}
                </AnchorLink>
              }
            >
              <Rows items={read} />
            </Card>
          )}
          {items.length > 0 && <Connect isFirst={false} />}
        </Stack>
      </Page>
    </>
  )
}

function summary(items: readonly SourceView[]): string {
  const counted = items.filter(({ state }) => state !== 'ended')
  const troubled = counted.filter(needsALook).length
  return troubled === 0
    ? t('data-ui:sources.allWell', { count: counted.length })
    : t('data-ui:sources.look', { count: troubled, all: counted.length })
}

const Rows = ({ items }: { items: readonly SourceView[] }) => (
  <ul className={styles.list}>
    {items.map(one => (
      <Row key={one.id ?? `key ${one.keyId}`} source={one} />
    ))}
  </ul>
)

function Row({ source }: { source: SourceView }) {
  const { id, name, kind, lastAt, hours, events, quarantined, perMinute, perDay } = source
  const label = t('data-ui:source.spark', { name, total: format.number(events), most: format.number(Math.max(...hours)) })
  return (
    <li className={styles.row}>
      <div>
        <div className={styles.name}>
          {id === null ? (
            name
          ) : (
            <AnchorLink to="/settings/data/sources/$sourceId" params={{ sourceId: id }} inherit>
              {name}
            </AnchorLink>
          )}
        </div>
        <Group gap="4px 10px">
          <State source={source} />
          <span className={styles.under}>{kindOf(kind)}</span>
          <span className={styles.under}>{lastAt === null ? t('data-ui:source.noLast') : format.ago(lastAt, Date.now())}</span>
        </Group>
      </div>
      <div className={styles.spark}>
        <Bars counts={hours.map(n => ({ events: n }))} label={label} height={28} />
      </div>
      <div className={`${styles.figure} ${styles.wide}`}>
        <b>{format.compact(perMinute.now)}</b>
        <span>{t('data-ui:source.perMinute')}</span>
        {perMinute.usual !== null && <span>{t('data-ui:source.usual', { usual: format.compact(perMinute.usual) })}</span>}
      </div>
      <div className={styles.figure}>
        <b>{format.compact(events)}</b>
        <span>{t('data-ui:source.perDay')}</span>
        {perDay.usual !== null && <span>{t('data-ui:source.usual', { usual: format.compact(perDay.usual) })}</span>}
      </div>
      <div className={`${styles.figure} ${styles.wide}`}>
        <b>{shareAside(quarantined, events)}</b>
        <span>{t('data-ui:source.aside')}</span>
      </div>
    </li>
  )
}

export const shareAside = (quarantined: number, events: number): string =>
  quarantined === 0 ? '0%' : format.percent(quarantined / (quarantined + events))

/** The three ways in. */
function Connect({ isFirst }: { isFirst: boolean }) {
  return (
    <Card title={t('data-ui:empty.title')} text={isFirst ? t('data-ui:empty.text') : undefined}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        <Way icon={IconLive} name="sdk" to="/settings/live" />
        <Way icon={IconReceipt} name="shop" to="/settings/shops" />
        <Way icon={IconFile} name="file" to="/imports" />
      </SimpleGrid>
    </Card>
  )
}

function Way({
  icon: Icon,
  name,
  to,
}: {
  icon: typeof IconFile
  name: 'sdk' | 'shop' | 'file'
  to: '/settings/live' | '/settings/shops' | '/imports'
}) {
  return (
    <Stack gap={6} align="flex-start">
      <ThemeIcon variant="light" size={38} radius="xl" aria-hidden>
        <Icon size={20} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600}>{t(`data-ui:empty.${name}`)}</Text>
      <Text size="sm" c="dimmed" style={{ flex: 1 }}>
        {t(`data-ui:empty.${name}Text`)}
      </Text>
      <ButtonLink to={to} variant="default" size="xs">
        {t(`data-ui:empty.${name}Do`)}
      </ButtonLink>
    </Stack>
  )
}
