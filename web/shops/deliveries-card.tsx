import { Badge, Button, Checkbox, Chip, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { BODY_DAYS, type Delivery, RESULTS, type Result, type ShopView } from '../../src/events/shops/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconClock, IconPause } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { clock } from '../tracking/clock.ts'
import { Content } from '../tracking/content.tsx'
import styles from '../tracking/tracking.module.css'
import { deliveries, delivery, type ShopChanges } from './queries.ts'

/** Everything a shop sent, what became of it, and reading it again. */
export function DeliveriesCard({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const may = useMay()
  const [result, show] = useState<Result | null>(null)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const list = useInfiniteQuery(deliveries(shop.id, result))
  useNewsWith(shop)
  const items = list.data?.pages.flatMap(page => page.items) ?? []
  const total = Object.values(shop.counts).reduce((all, n) => all + n, 0)
  const set = (id: string, isChosen: boolean) => {
    const next = new Set(chosen)
    if (isChosen) next.add(id)
    else next.delete(id)
    choose(next)
  }
  return (
    <Card title={t('shops-ui:deliveries')} text={t('shops-ui:deliveries.text', { days: BODY_DAYS })}>
      <Counts shop={shop} />
      {total > 0 && (
        <Group justify="space-between" gap="xs" mb="sm">
          <Chip.Group
            value={result ?? 'all'}
            onChange={value => [show(value === 'all' ? null : (value as Result)), choose(new Set())]}
          >
            <Group gap={6} role="group" aria-label={t('shops-ui:filter')}>
              {(['all', ...RESULTS] as const)
                .filter(one => one === 'all' || shop.counts[one] > 0 || one === result)
                .map(one => (
                  <Chip key={one} value={one} size="xs" variant="light">
                    {t('shops-ui:withCount', {
                      name: t(`shops-ui:result.${one}`),
                      n: format.number(one === 'all' ? total : shop.counts[one]),
                    })}
                  </Chip>
                ))}
            </Group>
          </Chip.Group>
          {may('imports:write') && <Replays chosen={chosen} result={result} changes={changes} done={() => choose(new Set())} />}
        </Group>
      )}
      {list.isPending && <Waiting />}
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(total === 0 ? 'shops-ui:deliveries.none' : 'shops-ui:deliveries.noneSuch')}
        </Text>
      )}
      <ol className={styles.items}>
        {items.map(item => (
          <Item
            key={item.id}
            shop={shop}
            item={item}
            isChosen={chosen.has(item.id)}
            choose={may('imports:write') && item.hasBody ? isChosen => set(item.id, isChosen) : null}
          />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button variant="subtle" mt="sm" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Card>
  )
}

/** The list is asked for again when there is something new. */
function useNewsWith(shop: ShopView) {
  const queries = useQueryClient()
  const now = JSON.stringify([shop.counts, shop.repeated, shop.lastAt])
  const before = useRef(now)
  useEffect(() => {
    if (before.current !== now) void queries.invalidateQueries({ queryKey: ['shops', shop.id, 'deliveries'] })
    before.current = now
  }, [now, queries, shop.id])
}

/** What was sent again, and what was turned away at the door. */
function Counts({ shop }: { shop: ShopView }) {
  const refused = shop.refused.reduce((all, { times }) => all + times, 0)
  const [latest] = shop.refused
  if (shop.repeated === 0 && latest === undefined) return null
  return (
    <Stack gap={4} mb="md">
      {latest !== undefined && (
        <div role="status">
          <Text size="sm" fw={600}>
            {t('shops-ui:refused', { count: refused, n: format.number(refused), when: format.ago(latest.lastAt, Date.now()) })}
          </Text>
          {shop.refused.map(({ reason, why, times }) => (
            <Text key={reason} size="sm" className="numbers">
              {format.number(times)} × {why}
            </Text>
          ))}
        </div>
      )}
      {shop.repeated > 0 && (
        <Text size="sm" c="dimmed">
          {t('shops-ui:repeated', { count: shop.repeated, n: format.number(shop.repeated) })}
        </Text>
      )}
    </Stack>
  )
}

function Replays({
  chosen,
  result,
  changes: { replay },
  done,
}: {
  chosen: ReadonlySet<string>
  result: Result | null
  changes: ShopChanges
  done: () => void
}) {
  if (chosen.size > 0)
    return (
      <Button size="xs" loading={replay.isPending} onClick={() => replay.mutate({ ids: [...chosen] }, { onSuccess: done })}>
        {t('shops-ui:replaySome', { count: chosen.size, n: format.number(chosen.size) })}
      </Button>
    )
  if (result === null) return null
  return (
    <Button size="xs" variant="default" loading={replay.isPending} onClick={() => replay.mutate({ result })}>
      {t('shops-ui:replayAll')}
    </Button>
  )
}

const LOOKS: Record<Result, { icon: typeof IconCheck; isBad: boolean; color: string }> = {
  accepted: { icon: IconCheck, isBad: false, color: 'fern' },
  not_used: { icon: IconCheck, isBad: false, color: 'gray' },
  test: { icon: IconCheck, isBad: false, color: 'gray' },
  waiting: { icon: IconClock, isBad: false, color: 'marigold' },
  held: { icon: IconPause, isBad: false, color: 'marigold' },
  not_understood: { icon: IconAlertTriangle, isBad: true, color: 'clay' },
}

function Item({
  shop,
  item,
  isChosen,
  choose,
}: {
  shop: ShopView
  item: Delivery
  isChosen: boolean
  choose: ((isChosen: boolean) => void) | null
}) {
  const { company } = useSession()
  const [isOpen, { toggle }] = useDisclosure(false)
  const { icon: Icon, isBad, color } = LOOKS[item.result]
  const when = clock(item.receivedAt, company.timeZone, Date.now())
  const came = [
    item.result === 'accepted' ? t('shops-ui:events', { count: item.events, n: format.number(item.events) }) : item.why,
    item.times > 1 ? t('shops-ui:sent', { count: item.times, n: format.number(item.times) }) : null,
  ]
  return (
    <li className={styles.item}>
      <Group wrap="nowrap" gap={8} align="center">
        {choose && (
          <Checkbox
            size="xs"
            checked={isChosen}
            onChange={({ currentTarget }) => choose(currentTarget.checked)}
            aria-label={t('shops-ui:choose', { topic: item.topic, when })}
          />
        )}
        <UnstyledButton className={styles.head} onClick={toggle} aria-expanded={isOpen}>
          <span className={styles.icon} data-outcome={isBad ? 'quarantined' : 'accepted'}>
            <Icon size={16} stroke={1.7} />
          </span>
          <span className={styles.text}>
            <span className={styles.title}>
              <span>{item.topic}</span>
              <Badge size="sm" ff="text" variant="light" color={color} c="var(--mantine-color-text)">
                {t(`shops-ui:result.${item.result}`)}
              </Badge>
            </span>
            <span className={styles.under}>{came.filter(Boolean).join(' · ')}</span>
          </span>
          <span className={styles.when}>
            <time dateTime={item.receivedAt}>{when}</time>
          </span>
          <IconChevronDown size={16} style={{ flex: 'none', transform: isOpen ? 'rotate(180deg)' : undefined }} />
        </UnstyledButton>
      </Group>
      {isOpen && <Inside shop={shop} item={item} />}
    </li>
  )
}

function Inside({ shop, item }: { shop: ShopView; item: Delivery }) {
  const { company } = useSession()
  const opened = useQuery(delivery(shop.id, item.id))
  return (
    <div className={styles.inside}>
      <dl className={styles.facts}>
        <div>
          <dt>{t('shops-ui:fact.received')}</dt>
          <dd>{format.instant(item.receivedAt, company.timeZone, 'minute')}</dd>
        </div>
        {item.field !== null && (
          <div>
            <dt>{t('shops-ui:fact.where')}</dt>
            <dd>{item.field}</dd>
          </div>
        )}
      </dl>
      {opened.isPending && <Waiting />}
      {opened.isError && <TroubleNote error={opened.error} retry={opened.refetch} />}
      {opened.data && <Body body={opened.data.body} isMasked={opened.data.isMasked} />}
    </div>
  )
}

function Body({ body, isMasked }: { body: string | null; isMasked: boolean }) {
  if (body === null)
    return (
      <Text size="sm" c="dimmed">
        {t(isMasked ? 'shops-ui:maskedAll' : 'shops-ui:forgotten')}
      </Text>
    )
  return (
    <>
      {isMasked && (
        <Text size="sm" c="dimmed" mb="xs">
          {t('shops-ui:masked')}
        </Text>
      )}
      <Content raw={body} />
    </>
  )
}
