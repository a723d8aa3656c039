import { FIELDS_OF, type Field, type FileKind, type ImportView, type Mapping } from '../../src/events/imports/contract.ts'
import { t } from '../app/words.ts'

/** Meanings in the order in which a person looks for them. */
const GROUPS = {
  customer: ['customer_id', 'email', 'name', 'first_name', 'last_name', 'phone', 'country', 'city', 'created_at'],
  order: ['order_id', 'ordered_at', 'status', 'cancelled_at', 'refunded_amount'],
  line: ['line_sku', 'line_name', 'line_quantity', 'line_price'],
  spend: ['day', 'spend_channel', 'campaign'],
  money: ['amount', 'currency'],
  consent: [
    'consent_status',
    'purpose',
    'consent_channel',
    'consent_email',
    'consent_sms',
    'consent_whatsapp',
    'consented_at',
    'withdrawn_at',
    'consent_source',
    'consent_proof',
    'consent_ip',
  ],
} as const satisfies Record<string, Field[]>

export const NOT_USED = 'none'
export const TRAIT = 'trait'

export const kindOf = ({ kind }: Pick<ImportView, 'kind'>): FileKind => (kind === 'sample' ? 'orders' : kind)

export function fieldChoices(kind: FileKind) {
  const has = new Set<Field>(FIELDS_OF[kind])
  const groups = Object.entries(GROUPS).map(([group, fields]) => ({
    group: t(`import-ui:fields.${group as keyof typeof GROUPS}`),
    items: fields.filter(field => has.has(field)).map(field => ({ value: field as string, label: fieldName(kind, field) })),
  }))
  return [
    { value: NOT_USED, label: t('import-ui:field.none') },
    ...(kind === 'customers' ? [{ value: TRAIT, label: t('import-ui:field.trait') }] : []),
    ...groups.filter(({ items }) => items.length > 0),
  ]
}

/** What a meaning is called, in this kind of file. */
export const fieldName = (kind: FileKind, field: Field): string =>
  field === 'amount' && kind === 'spend' ? t('import-ui:field.spent') : t(`import-ui:field.${field}`)

/** A meaning belongs to one column: giving it to another takes it away from the first. Of traits there may be many. */
export function withMeaning(mapping: Mapping, column: number, meaning: string, header = ''): Mapping {
  const kept = Object.entries(mapping.columns).filter(([field, at]) => at !== column && field !== meaning)
  if (meaning !== NOT_USED && meaning !== TRAIT) kept.push([meaning, column])
  const traits = mapping.traits?.filter(trait => trait.column !== column) ?? []
  if (meaning === TRAIT) traits.push({ column, name: unusedName(traitName(header) || `column_${column + 1}`, traits) })
  return {
    ...mapping,
    columns: Object.fromEntries(kept) as Mapping['columns'],
    ...((mapping.traits || traits.length > 0) && { traits }),
  }
}

/** `Lead Status` → `lead_status`, as the server names those that it finds itself. */
const traitName = (header: string): string =>
  header
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 100)

function unusedName(name: string, traits: NonNullable<Mapping['traits']>): string {
  const taken = new Set(traits.map(trait => trait.name))
  for (let i = 1; ; i++) {
    const tried = i === 1 ? name : `${name}_${i}`
    if (!taken.has(tried)) return tried
  }
}

export const meaningOf = (mapping: Mapping, column: number): Field | typeof TRAIT | undefined =>
  (Object.entries(mapping.columns) as [Field, number | undefined][]).find(([, at]) => at === column)?.[0] ??
  (traitOf(mapping, column) ? TRAIT : undefined)

export const traitOf = (mapping: Mapping, column: number) => mapping.traits?.find(trait => trait.column === column)
