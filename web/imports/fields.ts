import { type Field, type Mapping } from '../../src/events/imports/contract.ts'
import { t } from '../app/words.ts'

/** Meanings in the order in which a person looks for them. */
const GROUPS = {
  customer: ['customer_id', 'email', 'name', 'phone', 'country', 'city'],
  order: ['order_id', 'ordered_at', 'amount', 'currency', 'status', 'cancelled_at', 'refunded_amount'],
  line: ['line_sku', 'line_name', 'line_quantity', 'line_price'],
} as const satisfies Record<string, Field[]>

export const NOT_USED = 'none'

export const fieldChoices = () => [
  { value: NOT_USED, label: t('import-ui:field.none') },
  ...Object.entries(GROUPS).map(([group, fields]) => ({
    group: t(`import-ui:fields.${group as keyof typeof GROUPS}`),
    items: fields.map(field => ({ value: field as string, label: t(`import-ui:field.${field}`) })),
  })),
]

/** A meaning belongs to one column: giving it to another takes it away from the first. */
export function withMeaning(mapping: Mapping, column: number, meaning: string): Mapping {
  const kept = Object.entries(mapping.columns).filter(([field, at]) => at !== column && field !== meaning)
  if (meaning !== NOT_USED) kept.push([meaning, column])
  return { ...mapping, columns: Object.fromEntries(kept) as Mapping['columns'] }
}

export const meaningOf = (mapping: Mapping, column: number): Field | undefined =>
  (Object.entries(mapping.columns) as [Field, number | undefined][]).find(([, at]) => at === column)?.[0]
