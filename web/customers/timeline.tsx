import { Button, Collapse, SegmentedControl, Table, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type TimelinePage } from '../../src/customers/contract.ts'
import { type StaysOfCustomer, type SuperStage } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconChevronDown, IconClock, IconReceipt, IconReceiptOff, IconReceiptRefund } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import { timeline } from './queries.ts'
import styles from './timeline.module.css'

type Item = TimelinePage['items'][number]
type Shown = 'all' | 'orders'
const ORDERS = ['order', 'refund', 'cancellation']

/** Everything that happened to one customer, newest first. */
export function Timeline({ customerId, stages }: { customerId: string; stages: StaysOfCustomer['items'] }) {
  const [shown, show] = useState<Shown>('all')
  const { company } = useSession()
  const list = useInfiniteQuery(timeline(customerId))
  const items = (list.data?.pages.flatMap(page => page.items) ?? []).filter(item => shown === 'all' || ORDERS.includes(item.kind))
  const years = Object.groupBy(items, item => dayAt(Date.parse(item.at), company.timeZone).slice(0, 4))
  const supers = new Map(
    stages.flatMap(stay => [
      [stay.stage, stay],
      [stay.name, stay],
    ]),
  )
  return (
    <Card
      title={t('customers-ui:timeline.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('customers-ui:timeline.filter')}
          value={shown}
          onChange={value => show(value as Shown)}
          data={[
            { value: 'all', label: t('customers-ui:timeline.all') },
            { value: 'orders', label: t('customers-ui:timeline.orders') },
          ]}
        />
      }
    >
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
                <Happening key={`${item.kind}${item.id}`} item={item} supers={supers} />
              ))}
            </ol>
          </section>
        ))}
      {list.data && items.length === 0 && (
        <Text c="dimmed" size="sm">
          {t('customers-ui:timeline.nothing')}
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

function Happening({ item, supers }: { item: Item; supers: Map<string, { name: string; super: SuperStage | null }> }) {
  const { company } = useSession()
  const may = useMay()
  const [isOpen, { toggle }] = useDisclosure(false)
  const canOpen = item.lines.length > 0
  const to = item.to ? supers.get(item.to) : undefined
  const head = (
    <>
      <span className={styles.icon} data-kind={item.kind}>
        {item.kind === 'move' ? <StageGlyph stage={to?.super ?? null} size={20} /> : <Icon kind={item.kind} />}
      </span>
      <span className={styles.text}>
        <span className={styles.title}>{titleOf(item, supers)}</span>
        <span className={styles.under}>
          {format.moment(item.at, company.timeZone)}
          {item.kind === 'move' && item.because && ` · ${t(`customers-ui:because.${item.because}`)}`}
          {item.source && ` · ${item.source}`}
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
          <Lines item={item} />
        </Collapse>
      )}
    </li>
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
    case 'event':
      return item.title
  }
}
