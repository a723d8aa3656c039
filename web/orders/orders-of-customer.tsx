import { Badge, Button, Collapse, Group, Table, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type CustomerOrder, type OrderState } from '../../src/orders/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconChevronDown } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './orders.module.css'
import { ordersOf } from './queries.ts'
import { WorthInWords } from './worth.tsx'

/** A customer's orders, the newest first, and what they brought. Nothing where there are none. */
export function OrdersOfCustomer({ customerId }: { customerId: string }) {
  const list = useInfiniteQuery(ordersOf(customerId))
  const [first] = list.data?.pages ?? []
  const orders = list.data?.pages.flatMap(page => page.items) ?? []
  if (first?.total === 0) return null
  return (
    <Card title={t('orders-ui:title')} {...(first && { text: countsInWords(first.total, first.counting) })}>
      {list.isPending && <Waiting />}
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {first?.worth && (
        <div className={styles.worth}>
          <Text size="xs" c="dimmed">
            {t('orders-ui:brought')}
          </Text>
          <Text component="div" fw={600} className="numbers">
            <WorthInWords worth={first.worth} />
          </Text>
        </div>
      )}
      <ul className={styles.orders}>
        {orders.map(order => (
          <Order key={order.id} order={order} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="subtle" size="sm" mt="xs" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t('orders-ui:earlier')}
        </Button>
      )}
    </Card>
  )
}

const countsInWords = (total: number, counting: number) =>
  total === counting
    ? t('orders-ui:count', { count: total, total: format.number(total) })
    : t('orders-ui:countOf', { count: total, total: format.number(total), counting: format.number(counting) })

const COLOR: Record<OrderState, string> = {
  placed: 'fern',
  changed: 'fern',
  partly_refunded: 'clay',
  refunded: 'gray',
  cancelled: 'gray',
  unknown: 'gray',
}

function Order({ order }: { order: CustomerOrder }) {
  const { company } = useSession()
  const may = useMay()
  const [isOpen, { toggle }] = useDisclosure(false)
  const when = order.placedAt ?? order.lastAt
  return (
    <li className={styles.order}>
      <UnstyledButton className={styles.head} onClick={toggle} aria-expanded={isOpen}>
        <span className={styles.text}>
          <span className={styles.title} data-void={!order.counts || undefined}>
            {order.number === null ? t('orders-ui:unnumbered') : t('orders-ui:number', { number: order.number })}
          </span>
          <Text span size="xs" c="dimmed" className="numbers">
            {format.moment(when, company.timeZone)}
          </Text>
        </span>
        {order.state !== 'placed' && (
          <Badge size="sm" variant="light" color={COLOR[order.state]} className={styles.state}>
            {t(`orders-ui:state.${order.state}`)}
          </Badge>
        )}
        {may('customers:money') && (
          <span className={`numbers ${styles.money}`} data-void={!order.counts || undefined}>
            {order.amount ? format.money(order.amount) : '–'}
          </span>
        )}
        <IconChevronDown size={16} style={{ flex: 'none', transform: isOpen ? 'rotate(180deg)' : undefined }} />
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <Inside order={order} />
      </Collapse>
    </li>
  )
}

function Inside({ order }: { order: CustomerOrder }) {
  const { company } = useSession()
  const may = useMay()
  const isForeign = order.net.some(part => part.currency !== company.currency)
  return (
    <div className={styles.inside}>
      {order.lines.length > 0 && (
        <Table fz="xs" className="numbers" verticalSpacing={4}>
          <Table.Tbody>
            {order.lines.map((line, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of an order have no other id
              <Table.Tr key={i}>
                <Table.Td>
                  {[line.name ?? line.sku ?? t('orders-ui:article'), line.variant].filter(Boolean).join(', ')}
                  <Text span size="xs" c="dimmed">
                    {' '}
                    {[line.name === null ? null : line.sku, line.category].filter(Boolean).join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{t('orders-ui:pieces', { pieces: format.number(line.quantity) })}</Table.Td>
                {may('customers:money') && <Table.Td ta="right">{line.price ? format.money(line.price) : '–'}</Table.Td>}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {order.refunds.map((refund, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two refunds may be alike
        <Group key={i} justify="space-between" gap="xs" className="numbers">
          <Text size="xs">{t('orders-ui:refunded', { at: format.moment(refund.at, company.timeZone) })}</Text>
          <Text size="xs">
            {refund.money ? `−${format.money(refund.money)}` : may('customers:money') ? t('orders-ui:refunded.all') : ''}
          </Text>
        </Group>
      ))}
      {may('customers:money') && order.worth && order.worth.parts.length > 0 && (order.refunds.length > 0 || isForeign) && (
        <Group justify="space-between" gap="xs" align="flex-start" className="numbers">
          <Text size="xs" fw={600}>
            {t('orders-ui:left')}
          </Text>
          <Text size="xs" fw={600} component="div">
            <WorthInWords worth={order.worth} align="right" />
          </Text>
        </Group>
      )}
      <Text size="xs" c="dimmed">
        {t('orders-ui:said')}{' '}
        {order.events
          .map(event => [event.name, format.moment(event.at, company.timeZone), event.source].filter(Boolean).join(', '))
          .join(' · ')}
      </Text>
    </div>
  )
}
