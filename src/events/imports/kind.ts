import { type Field, type FileKind } from './contract.ts'
import { areDates } from './evidence.ts'
import { candidates } from './headers.ts'

type Rows = readonly (readonly string[])[]

/** What a table is about, by what its columns are called and hold. Where it is not clear it is orders, which ask for what is missing. */
export function kindByNames(names: readonly string[], rows: Rows): FileKind {
  const of = (kind: FileKind) => {
    const found = candidates(names, kind)
    return (...fields: Field[]) => fields.some(field => found.has(field))
  }
  const [orders, customers, spend, consent] = [of('orders'), of('customers'), of('spend'), of('consent')]
  const isAboutPeople = customers('customer_id', 'email', 'phone')
  const isAboutOrders = orders('order_id', 'line_sku', 'line_quantity', 'line_price')
  const isNamed = customers('first_name', 'last_name', 'name')
  if (!orders('customer_id', 'email', 'phone') && spend('day') && spend('spend_channel', 'campaign') && spend('amount'))
    return 'spend'
  if (isAboutPeople && !isAboutOrders && !isNamed && !orders('amount') && consent('consent_status'))
    if (consent('purpose') || (consent('consent_channel') && consent('consented_at'))) return 'consent'
  if (!isAboutPeople || isAboutOrders) return 'orders'
  // A date that is not that of becoming a customer is that of an order.
  const created = new Set(
    [...'created_at consented_at withdrawn_at'.split(' ')].flatMap(
      field => candidates(names, 'customers').get(field as Field) ?? [],
    ),
  )
  const dated = (candidates(names, 'orders').get('ordered_at') ?? []).some(column => !created.has(column))
  if (dated) return 'orders'
  const hasDates = names.some((_, column) => !created.has(column) && hasDatesIn(rows, column))
  return orders('amount') && (hasDates || created.size > 0) ? 'orders' : hasDates && !isNamed ? 'orders' : 'customers'
}

function hasDatesIn(rows: Rows, column: number): boolean {
  const values = rows.map(cells => (cells[column] ?? '').trim()).filter(value => value !== '')
  // Numbers can be dates as well (20250131); a name or a city cannot.
  return values.length > 0 && areDates(values) && values.every(value => /[-/.:]|\s/.test(value))
}
