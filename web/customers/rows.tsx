import { Checkbox, Table, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { type CustomerRow } from '../../src/customers/contract.ts'
import { type Direction, type Sort } from '../../src/customers/filters/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconArrowDown, IconArrowUp } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { t } from '../app/words.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import { Revenue } from '../orders/revenue.tsx'
import styles from './customers.module.css'
import { type ShownColumn } from './list-state.ts'
import { isTrait, traitOf } from './order-and-columns.tsx'
import { type Picks } from './use-picks.ts'

type Order = {
  sort: Sort | undefined
  direction: Direction | undefined
  change: (sort: Sort, direction: Direction | undefined) => void
}

const SORT_OF: Partial<Record<string, Sort>> = {
  name: 'name',
  orders: 'orders',
  last_order: 'last_order',
  first_seen: 'first_seen',
  last_event: 'last_event',
}
const NUMBERS = new Set(['orders', 'revenue'])
/** Beside the name there is room for little on a phone: stage and orders say most. */
const ON_PHONES = new Set(['stage', 'orders'])

/** The customers, one a row: picked with X, walked through with J and K, opened with Enter. */
export function Rows({
  rows,
  columns,
  model,
  at,
  modelId,
  picks,
  order,
}: {
  rows: readonly CustomerRow[]
  columns: readonly string[]
  model: ModelView | undefined
  at: string | undefined
  modelId: string | undefined
  /** Null where nothing can be done with anybody. */
  picks: Picks | null
  order: Order | null
}) {
  const may = useMay()
  const body = useWalk(picks)
  const shown = columns.filter(column => (column !== 'stage' && column !== 'since') || model)
  const visibleFrom = (column: string) => (ON_PHONES.has(column) || column === 'revenue' ? undefined : ('sm' as const))
  const isEverybody = picks !== null && rows.length > 0 && (picks.isAll || rows.every(row => picks.ids.has(row.id)))
  const isSome = picks !== null && !isEverybody && rows.some(row => picks.ids.has(row.id))
  return (
    <Table.ScrollContainer
      minWidth={0}
      type="native"
      tabIndex={0}
      role="region"
      aria-label={t('nav.customers')}
      className={styles.scroll}
    >
      <Table className={`numbers ${styles.table}`} fz="sm" verticalSpacing={10} horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {picks && (
              <Table.Th className={styles.pick}>
                <Checkbox
                  size="xs"
                  aria-label={t('customers-ui:pick.all')}
                  checked={isEverybody}
                  indeterminate={isSome}
                  onChange={() => (isEverybody ? picks.none() : picks.pickShown())}
                />
              </Table.Th>
            )}
            <Head column="name" order={may('customers:contact') ? order : null}>
              {t('customers-ui:customer')}
            </Head>
            {shown.map(column => (
              <Head key={column} column={column} order={order} visibleFrom={visibleFrom(column)}>
                {isTrait(column) ? traitOf(column) : t(`customers-ui:column.${column as ShownColumn}`)}
              </Head>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body}>
          {rows.map(row => {
            const isPicked = picks !== null && (picks.isAll || picks.ids.has(row.id))
            return (
              <Table.Tr key={row.id} className={styles.row} data-row={row.id} data-picked={isPicked || undefined}>
                {picks && (
                  <Table.Td className={styles.pick}>
                    <Checkbox
                      size="xs"
                      aria-label={t('customers-ui:pick', { who: row.label })}
                      checked={isPicked}
                      onChange={event => picks.toggle(row.id, (event.nativeEvent as MouseEvent).shiftKey)}
                    />
                  </Table.Td>
                )}
                <Table.Td className={styles.who}>
                  <AnchorLink
                    to="/customers/$customerId"
                    params={{ customerId: row.id }}
                    search={{ ...(at ? { at } : {}), ...(modelId ? { model: modelId } : {}) }}
                    className={styles.name}
                    size="sm"
                  >
                    {row.label}
                  </AnchorLink>
                  {row.email && row.email !== row.label && !columns.includes('email') && (
                    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      {row.email}
                    </Text>
                  )}
                </Table.Td>
                {shown.map(column => (
                  <Cell key={column} row={row} column={column} model={model} at={at} visibleFrom={visibleFrom(column)} />
                ))}
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

type Place = { visibleFrom: 'sm' | undefined }
const placed = ({ visibleFrom }: Place, column: string) => ({
  ...(visibleFrom && { visibleFrom }),
  ...(NUMBERS.has(column) && { ta: 'right' as const }),
})

function Head({
  column,
  order,
  visibleFrom,
  children,
}: { column: string; order: Order | null; children: ReactNode } & Partial<Place>) {
  const sort = SORT_OF[column]
  const isSorted = order !== null && sort !== undefined && order.sort === sort
  const isUp = (sort === 'name') !== (order?.direction === 'reverse')
  return (
    <Table.Th {...placed({ visibleFrom }, column)} {...(isSorted && { 'aria-sort': isUp ? 'ascending' : 'descending' })}>
      {order && sort ? (
        <UnstyledButton
          className={styles.sort}
          data-sorted={isSorted || undefined}
          title={t('customers-ui:sort.by', { what: t(`customers-ui:sort.${sort}`) })}
          onClick={() => order.change(sort, isSorted && order.direction !== 'reverse' ? 'reverse' : undefined)}
        >
          {children}
          {isSorted && (isUp ? <IconArrowUp size={13} /> : <IconArrowDown size={13} />)}
        </UnstyledButton>
      ) : (
        children
      )}
    </Table.Th>
  )
}

function Cell({
  row,
  column,
  model,
  at,
  visibleFrom,
}: { row: CustomerRow; column: string; model: ModelView | undefined; at: string | undefined } & Place) {
  const { company } = useSession()
  const day = (iso: string | null) => (iso ? format.instant(iso, company.timeZone) : '–')
  const place = placed({ visibleFrom }, column)
  if (isTrait(column))
    return (
      <Table.Td {...place} className={styles.words}>
        {row.traits[traitOf(column)] ?? '–'}
      </Table.Td>
    )
  switch (column as ShownColumn) {
    case 'stage': {
      const stage = model?.stages.find(one => one.id === row.stage)
      return (
        <Table.Td {...place}>
          <span className={styles.stage}>
            <StageGlyph stage={stage?.super ?? null} size={18} />
            {stage?.name ?? t('lifecycle-ui:unassigned')}
          </span>
        </Table.Td>
      )
    }
    case 'since':
      return <Table.Td {...place}>{day(row.since)}</Table.Td>
    case 'orders':
      return <Table.Td {...place}>{format.number(row.orders)}</Table.Td>
    case 'last_order':
      return <Table.Td {...place}>{day(row.lastOrderAt)}</Table.Td>
    case 'revenue':
      return (
        <Table.Td {...place}>
          <Revenue customerId={row.id} revenue={row.revenue} at={at} align="right" />
        </Table.Td>
      )
    case 'email':
      return (
        <Table.Td {...place} className={styles.words}>
          {row.email ?? '–'}
        </Table.Td>
      )
    case 'phone':
      return <Table.Td {...place}>{row.phone ?? '–'}</Table.Td>
    case 'external':
      return (
        <Table.Td {...place} className={styles.words}>
          {row.externalId ?? '–'}
        </Table.Td>
      )
    case 'first_seen':
      return <Table.Td {...place}>{day(row.firstSeenAt)}</Table.Td>
    case 'last_event':
      return <Table.Td {...place}>{day(row.lastSeenAt)}</Table.Td>
  }
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  target.getAttribute('type') !== 'checkbox'

/** J and K walk from name to name, X picks where one stands, Esc lets everybody go. Never while somebody types or a dialog is open. */
function useWalk(picks: Picks | null) {
  const body = useRef<HTMLTableSectionElement>(null)
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[role="dialog"]')) return
      const names = [...(body.current?.querySelectorAll<HTMLElement>('tr[data-row] a') ?? [])]
      const here = document.activeElement?.closest('tr[data-row]')
      const index = names.findIndex(name => name.closest('tr') === here)
      if (event.key === 'j' || event.key === 'k') {
        const next = names[event.key === 'j' ? Math.min(names.length - 1, index + 1) : Math.max(0, index - 1)]
        next?.focus()
        next?.scrollIntoView({ block: 'nearest' })
      } else if ((event.key === 'x' || event.key === 'X') && here instanceof HTMLElement && picks) {
        event.preventDefault()
        picks.toggle(here.dataset.row ?? '', event.shiftKey)
      } else if (event.key === 'Escape' && picks && (picks.isAll || picks.ids.size > 0)) picks.none()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [picks])
  return body
}
