import { type Settled } from './cells.ts'
import { ConsentFold, ConsentReader } from './consents.ts'
import { FIELDS_OF, type Field, type FileKind, type Mapping } from './contract.ts'
import { CustomerFold, CustomerReader } from './customers.ts'
import { EventsFold } from './events.ts'
import { type Fold } from './fold.ts'
import { isReject } from './reject.ts'
import { RowReader } from './row.ts'
import { SpendFold, SpendReader } from './spend.ts'
import { type Reader, rowOf, shortOf } from './staged.ts'
import { EventReader, TrackedFold } from './tracked.ts'

/** The kinds an import can have, with the sample shop for what it is: a file of orders. */
export const kindOfImport = (kind: FileKind | 'sample'): FileKind => (kind === 'sample' ? 'orders' : kind)

/** `now`: when the reading began. */
export function readerOf(kind: FileKind, mapping: Settled, width: number, now: number): Reader {
  switch (kind) {
    case 'orders':
      return ordersReader(new RowReader(mapping, width, now))
    case 'customers':
      return new CustomerReader(mapping, width, now)
    case 'events':
      return new EventReader(mapping, now)
    case 'spend':
      return new SpendReader(mapping, width, now)
    case 'consent':
      return new ConsentReader(mapping, width, now)
  }
}

const ordersReader = (rows: RowReader): Reader => ({
  read(cells, row, trouble) {
    const read = rows.read(cells, row, trouble)
    return isReject(read) ? read : { row, first: read.customer, second: read.orderId, content: shortOf(read) }
  },
})

/** What is staged, in its order, becomes events. */
export function foldOf(kind: FileKind, mapping: Mapping, now: number): Fold {
  switch (kind) {
    case 'orders':
      return ordersFold(new EventsFold(mapping.amountPer ?? 'order', mapping.noAmount))
    case 'customers':
      return new CustomerFold(now)
    case 'events':
      return new TrackedFold()
    case 'spend':
      return new SpendFold()
    case 'consent':
      return new ConsentFold()
  }
}

const ordersFold = (fold: EventsFold): Fold => ({
  add: content => fold.add(rowOf(content)),
  end: () => fold.end(),
  get waiting() {
    return fold.waiting
  },
  takeEvents: () => fold.takeEvents(),
  takeConflicts: () => fold.takeConflicts(),
  get made() {
    return fold.made
  },
})

/** The least a file must say. */
export function missingFields(kind: FileKind, { columns, noAmount, spendChannel }: Mapping): Field[] {
  const needs = (...fields: [Field, ...Field[]]): Field[] =>
    fields.some(field => columns[field] !== undefined) ? [] : [fields[0]]
  switch (kind) {
    case 'orders':
      return [...needs('customer_id', 'email'), ...needs('ordered_at'), ...(noAmount ? [] : needs('amount', 'line_price'))]
    case 'customers':
      return needs('email', 'customer_id', 'phone')
    case 'events':
      return []
    case 'spend':
      return [...needs('day'), ...(spendChannel ? [] : needs('spend_channel')), ...needs('amount')]
    case 'consent':
      return [...needs('email', 'customer_id', 'phone'), ...needs('consent_status'), ...needs('consented_at')]
  }
}

export const fieldsOf = (kind: FileKind): ReadonlySet<Field> => new Set<Field>(FIELDS_OF[kind])
