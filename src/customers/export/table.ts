import { Temporal } from 'temporal-polyfill'
import { exponentOf } from '../../company/contract.ts'
import { t } from '../../platform/messages.ts'
import { type CustomerRow } from '../contract.ts'
import { type COLUMNS } from '../filters/contract.ts'
import { isPersonal, type Sight } from '../sight.ts'
import { type Cell } from './cells.ts'

type Column = { name: string; cells: string[]; of: (row: CustomerRow) => Cell[] }
export type Setting = { sight: Sight; timeZone: string; currency: string; stages: readonly { id: string; name: string }[] }

const CONTACT = new Set(['email', 'phone'])

/** What a file of customers holds: the columns asked for, without those that are hidden from whoever asks. */
export function columnsOf(asked: readonly string[], setting: Setting): { head: string[]; cells: (row: CustomerRow) => Cell[] } {
  const { sight } = setting
  const isShown = (column: string) =>
    column.startsWith('trait:')
      ? sight.contact || !isPersonal(column.slice('trait:'.length))
      : (sight.contact || !CONTACT.has(column)) && (sight.money || column !== 'revenue')
  const columns = [
    word('id', row => row.id),
    ...(sight.contact ? [word('name', row => row.label)] : []),
    ...[...new Set(asked)].filter(isShown).map(column => columnOf(column, setting)),
  ]
  return { head: columns.flatMap(column => column.cells), cells: row => columns.flatMap(column => column.of(row)) }
}

const word = (name: string, of: (row: CustomerRow) => Cell): Column => ({
  name,
  cells: [t(`customers:column.${name}`)],
  of: row => [of(row)],
})

function columnOf(column: string, { timeZone, currency, stages }: Setting): Column {
  const time = (iso: string | null): Cell => (iso === null ? null : minuteOf(iso, timeZone))
  const timed = (name: string, of: (row: CustomerRow) => string | null): Column => ({
    ...word(name, row => time(of(row))),
    cells: [`${t(`customers:column.${name}`)} (${timeZone})`],
  })
  if (column.startsWith('trait:')) {
    const name = column.slice('trait:'.length)
    return { name: column, cells: [name], of: row => [row.traits[name] ?? null] }
  }
  switch (column as (typeof COLUMNS)[number]) {
    case 'stage':
      return word('stage', row => stages.find(stage => stage.id === row.stage)?.name ?? row.stage)
    case 'since':
      return timed('since', row => row.since)
    case 'orders':
      return word('orders', row => row.orders)
    case 'last_order':
      return timed('last_order', row => row.lastOrderAt)
    case 'email':
      return word('email', row => row.email)
    case 'phone':
      return word('phone', row => row.phone)
    case 'external':
      return word('external', row => row.externalId)
    case 'first_seen':
      return timed('first_seen', row => row.firstSeenAt)
    case 'last_event':
      return timed('last_event', row => row.lastSeenAt)
    case 'revenue':
      return {
        name: 'revenue',
        // Amounts of different currencies are never added: the company's own as a number, others as words beside it.
        cells: [`${t('customers:column.revenue')} (${currency})`, t('customers:column.revenue_other')],
        of: row => [
          major(row.revenue.find(money => money.currency === currency)) ?? null,
          row.revenue
            .filter(money => money.currency !== currency)
            .map(money => `${major(money)} ${money.currency}`)
            .join('; ') || null,
        ],
      }
  }
}

const major = (money: CustomerRow['revenue'][number] | undefined): number | undefined =>
  money && money.amount / 10 ** exponentOf(money.currency)

const minuteOf = (iso: string, timeZone: string): string =>
  Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')

/** The names of traits among columns. */
export const traitsIn = (columns: readonly string[]): string[] =>
  columns.filter(column => column.startsWith('trait:')).map(column => column.slice('trait:'.length))
