import { Button, Chip, Collapse, Group, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type TimelineKind, type TimelinePage } from '../../src/customers/contract.ts'
import { type StaysOfCustomer, type SuperStage } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import {
  IconChevronDown,
  IconClock,
  IconEye,
  IconMail,
  IconNote,
  IconReceipt,
  IconReceiptOff,
  IconReceiptRefund,
  IconSearch,
} from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import { eventDetail, timeline } from './queries.ts'
import styles from './timeline.module.css'

type Item = TimelinePage['items'][number]
const KINDS = ['order', 'visit', 'message', 'move', 'note', 'other'] as const satisfies readonly TimelineKind[]

/** Everything that happened to one customer, newest first; all of it, or of one kind, or where something is said. */
export function Timeline({ customerId, stages }: { customerId: string; stages: StaysOfCustomer['items'] }) {
  const may = useMay()
  const [kind, setKind] = useState<TimelineKind | null>(null)
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 250)
  const { company } = useSession()
  const list = useInfiniteQuery(timeline(customerId, kind, text))
  const items = list.data?.pages.flatMap(page => page.items) ?? []
  const kinds = KINDS.filter(one => (one !== 'note' || may('customers:write')) && (one !== 'move' || may('lifecycle:read')))
  const years = Object.groupBy(items, item => dayAt(Date.parse(item.at), company.timeZone).slice(0, 4))
  const supers = new Map(
    stages.flatMap(stay => [
      [stay.stage, stay],
      [stay.name, stay],
    ]),
  )
  return (
    <Card title={t('customers-ui:timeline.title')}>
      <Group gap="sm" mb="md" justify="space-between">
        <Chip.Group value={kind ?? 'all'} onChange={value => setKind(value === 'all' ? null : (value as TimelineKind))}>
          <Group gap={6} role="radiogroup" aria-label={t('customers-ui:timeline.filter')}>
            <Chip size="xs" value="all">
              {t('customers-ui:timeline.all')}
            </Chip>
            {kinds.map(one => (
              <Chip key={one} size="xs" value={one}>
                {t(`customers-ui:timeline.${one}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <TextInput
          size="xs"
          w={{ base: '100%', xs: 220 }}
          leftSection={<IconSearch size={14} />}
          placeholder={t('customers-ui:timeline.find')}
          aria-label={t('customers-ui:timeline.find')}
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      </Group>
      {list.isPending && <Waiting />}
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {Object.keys(years)
        .sort()
        .reverse()
        .map(year => (
          <section key={year} aria-label={year}>
            <div className={styles.year}>{year}</div>
            <ol className={styles.items}>
              {years[year]?.map(item => (
                <Happening key={`${item.kind}${item.id}`} customerId={customerId} item={item} supers={supers} />
              ))}
            </ol>
          </section>
        ))}
      {list.data && items.length === 0 && (
        <Text c="dimmed" size="sm">
          {kind || text ? t('customers-ui:timeline.nothingFound') : t('customers-ui:timeline.nothing')}
        </Text>
      )}
      {list.hasNextPage && (
        <Button variant="subtle" size="sm" mt="sm" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('customers-ui:timeline.earlier')}
        </Button>
      )}
    </Card>
  )
}

function Happening({
  customerId,
  item,
  supers,
}: {
  customerId: string
  item: Item
  supers: Map<string, { name: string; super: SuperStage | null }>
}) {
  const { company } = useSession()
  const may = useMay()
  const [isOpen, { toggle }] = useDisclosure(false)
  const canOpen = item.lines.length > 0 || item.hasMore
  const to = item.to ? supers.get(item.to) : undefined
  const head = (
    <>
      <span className={styles.icon} data-kind={item.kind}>
        {item.kind === 'move' ? <StageGlyph stage={to?.super ?? null} size={20} /> : <Icon kind={item.kind} />}
      </span>
      <span className={styles.text}>
        <span className={styles.title} data-words={item.kind === 'note' || undefined}>
          {titleOf(item, supers)}
        </span>
        {item.kind === 'note' && <span className={styles.note}>{item.title}</span>}
        <span className={styles.under}>
          {format.moment(item.at, company.timeZone)}
          {item.kind === 'move' && item.because && ` · ${t(`customers-ui:because.${item.because}`)}`}
          {item.source && item.kind !== 'note' && ` · ${item.source}`}
        </span>
      </span>
      {item.money && may('customers:money') && (
        <span className={styles.money}>
          {item.kind === 'refund'
            ? `−${format.money({ ...item.money, amount: Math.abs(item.money.amount) })}`
            : format.money(item.money)}
        </span>
      )}
      {canOpen && <IconChevronDown size={16} style={{ flex: 'none', transform: isOpen ? 'rotate(180deg)' : undefined }} />}
    </>
  )
  return (
    <li className={styles.item} data-kind={item.kind}>
      {canOpen ? (
        <UnstyledButton className={styles.head} onClick={toggle} aria-expanded={isOpen}>
          {head}
        </UnstyledButton>
      ) : (
        <div className={styles.head}>{head}</div>
      )}
      {canOpen && (
        <Collapse expanded={isOpen}>
          {item.lines.length > 0 && <Lines item={item} />}
          {isOpen && item.hasMore && <Said customerId={customerId} eventId={item.id} />}
        </Collapse>
      )}
    </li>
  )
}

/** One event in its sender's own words. */
function Said({ customerId, eventId }: { customerId: string; eventId: string }) {
  const { company } = useSession()
  const found = useQuery(eventDetail(customerId, eventId))
  if (found.isPending) return <Waiting />
  if (found.isError) return <TroubleNote error={found.error} retry={found.refetch} />
  const { properties, traits, receivedAt } = found.data
  const lines = [...properties, ...traits]
  return (
    <div className={styles.said}>
      {lines.length === 0 && (
        <Text size="xs" c="dimmed">
          {t('customers-ui:timeline.noProperties')}
        </Text>
      )}
      <dl>
        {lines.map(({ name, value }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a property and a trait may have one name
          <div key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed" mt={4}>
        {t('customers-ui:timeline.received', { when: format.instant(receivedAt, company.timeZone, 'minute') })}
      </Text>
    </div>
  )
}

function Lines({ item }: { item: Item }) {
  const may = useMay()
  const hasMoney = may('customers:money') && item.lines.some(line => line.price !== null)
  return (
    <Table fz="xs" className={`numbers ${styles.lines}`} verticalSpacing={5}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('customers-ui:line.article')}</Table.Th>
          <Table.Th ta="right">{t('customers-ui:line.quantity')}</Table.Th>
          {hasMoney && <Table.Th ta="right">{t('customers-ui:line.price')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {item.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of an order have no other id
          <Table.Tr key={i}>
            <Table.Td>
              {line.name ?? line.sku ?? t('customers-ui:line.unnamed')}
              {line.name && line.sku && (
                <Text span size="xs" c="dimmed">
                  {' '}
                  {line.sku}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">{format.number(line.quantity)}</Table.Td>
            {hasMoney && (
              <Table.Td ta="right">
                {line.price === null ? '–' : format.money({ amount: line.price, currency: item.money?.currency ?? '' })}
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Icon({ kind }: { kind: Item['kind'] }) {
  if (kind === 'order') return <IconReceipt size={18} stroke={1.6} />
  if (kind === 'refund') return <IconReceiptRefund size={18} stroke={1.6} />
  if (kind === 'cancellation') return <IconReceiptOff size={18} stroke={1.6} />
  if (kind === 'visit') return <IconEye size={18} stroke={1.6} />
  if (kind === 'message') return <IconMail size={18} stroke={1.6} />
  if (kind === 'note') return <IconNote size={18} stroke={1.6} />
  return <IconClock size={18} stroke={1.6} />
}

function titleOf(item: Item, supers: Map<string, { name: string }>): string {
  const order = item.orderId ? ` ${item.orderId}` : ''
  switch (item.kind) {
    case 'order':
      return `${t('customers-ui:kind.order')}${order}`
    case 'refund':
      return `${t('customers-ui:kind.refund')}${order}`
    case 'cancellation':
      return `${t('customers-ui:kind.cancellation')}${order}`
    case 'move': {
      const name = (id: string | null) => (id ? (supers.get(id)?.name ?? id) : null)
      const from = name(item.from)
      return from
        ? `${from} → ${name(item.to) ?? t('lifecycle-ui:unassigned')}`
        : t('customers-ui:kind.begins', { stage: name(item.to) ?? item.title })
    }
    case 'note':
      return t('customers-ui:kind.note', { who: item.source ?? '' })
    case 'visit':
    case 'message':
    case 'event':
      return item.title
  }
}
