import { Autocomplete, Button, MultiSelect, NumberInput, Select, Stack, Text } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Condition } from '../../src/customers/filters/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { calendar } from '../app/calendar.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'
import { anyCompany, companyList } from '../companies/queries.ts'
import { FIELDS, type Field, superStages } from './condition-words.ts'
import { lists, traitNames } from './queries.ts'

type Draft = {
  field: Field
  op: string
  trait: string
  text: string
  amount: number | string
  day: string | null
  picked: string[]
}

/** How each field can be asked. */
const HOW: Record<Field, readonly string[]> = {
  stage: ['in', 'not_in'],
  super: ['in', 'not_in'],
  orders: ['at_least', 'at_most', 'is'],
  last_order: ['within', 'beyond', 'since', 'before', 'never'],
  first_seen: ['within', 'beyond', 'since', 'before'],
  last_event: ['within', 'beyond', 'since', 'before'],
  email: ['known', 'unknown'],
  phone: ['known', 'unknown'],
  list: ['in', 'not_in'],
  company: ['in', 'not_in'],
  trait: ['is', 'is_not', 'contains', 'known', 'unknown', 'more', 'less', 'since', 'before'],
}
type How = 'in' | 'not_in' | 'at_least' | 'is' | 'known' | 'within'

const draftOf = (one: Condition | null): Draft => ({
  field: one?.field ?? 'trait',
  op: one?.op ?? 'is',
  trait: one?.field === 'trait' ? one.trait : '',
  text: one && 'value' in one && typeof one.value === 'string' ? one.value : '',
  amount: one && 'days' in one ? one.days : one && 'value' in one && typeof one.value === 'number' ? one.value : '',
  day: one && 'day' in one ? one.day : null,
  picked: one && 'values' in one ? one.values : one && 'id' in one ? [one.id] : [],
})

/** What kind of answer a question wants. */
function wants({ field, op }: Pick<Draft, 'field' | 'op'>): 'nothing' | 'many' | 'one' | 'number' | 'day' | 'text' {
  if (op === 'known' || op === 'unknown' || op === 'never') return 'nothing'
  if (field === 'stage' || field === 'super') return 'many'
  if (field === 'list' || field === 'company') return 'one'
  if (op === 'since' || op === 'before') return 'day'
  return field === 'trait' && (op === 'is' || op === 'is_not' || op === 'contains') ? 'text' : 'number'
}

/** The condition, once everything it needs is there. */
function conditionOf(draft: Draft): Condition | null {
  const { field, op, trait, text, amount, day, picked } = draft
  if (field === 'trait' && trait.trim() === '') return null
  const start = { field, op, ...(field === 'trait' && { trait: trait.trim() }) }
  switch (wants(draft)) {
    case 'nothing':
      return start as Condition
    case 'many':
      return picked.length > 0 ? ({ ...start, values: picked } as Condition) : null
    case 'one':
      return picked[0] ? ({ ...start, id: picked[0] } as Condition) : null
    case 'day':
      return day ? ({ ...start, day } as Condition) : null
    case 'text':
      return text.trim() ? ({ ...start, value: text.trim() } as Condition) : null
    case 'number':
      if (amount === '' || !Number.isFinite(Number(amount))) return null
      return (
        op === 'within' || op === 'beyond' ? { ...start, days: Number(amount) } : { ...start, value: Number(amount) }
      ) as Condition
  }
}

export function ConditionForm({
  value,
  model,
  use,
}: {
  value: Condition | null
  model: ModelView | undefined
  use: (condition: Condition) => void
}) {
  const [draft, setDraft] = useState(() => draftOf(value))
  const [company, setCompany] = useState('')
  const [asked] = useDebouncedValue(company, 250)
  const change = (part: Partial<Draft>) => setDraft(old => ({ ...old, ...part }))
  const traits = useQuery(traitNames)
  const known = useQuery(lists)
  const hasCompanies = useQuery(anyCompany).data === true
  const companies = useQuery({
    queryKey: ['companies', 'found', asked],
    queryFn: companyList(asked || undefined).queryFn as never,
    enabled: draft.field === 'company',
  })
  const done = conditionOf(draft)
  const inside = { comboboxProps: { withinPortal: false } }
  const fields = FIELDS.filter(
    field =>
      (model || (field !== 'stage' && field !== 'super')) &&
      (field !== 'company' || hasCompanies) &&
      (field !== 'list' || (known.data?.length ?? 0) > 0),
  )
  const example = traits.data?.find(one => one.name === draft.trait)
  const found = (companies.data as { items?: { id: string; label: string }[] } | undefined)?.items ?? []
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        if (done) use(done)
      }}
    >
      <Stack gap="sm">
        <Text fw={600} size="sm">
          {t('customers-ui:filter.title')}
        </Text>
        <Select
          label={t('customers-ui:filter.about')}
          data={fields.map(field => ({ value: field, label: t(`customers-ui:field.${field}`) }))}
          value={draft.field}
          onChange={field => field && setDraft({ ...draftOf(null), field: field as Field, op: HOW[field as Field][0] ?? 'is' })}
          {...inside}
        />
        {draft.field === 'trait' && (
          <Autocomplete
            label={t('customers-ui:filter.trait')}
            data={(traits.data ?? []).map(one => one.name)}
            limit={40}
            value={draft.trait}
            onChange={trait => change({ trait })}
            {...inside}
          />
        )}
        <Select
          label={t('customers-ui:filter.how')}
          data={HOW[draft.field].map(op => ({ value: op, label: t(`customers-ui:how.${op as How}`) }))}
          value={draft.op}
          onChange={op => op && change({ op })}
          {...inside}
        />
        {wants(draft) === 'many' && (
          <MultiSelect
            label={t('customers-ui:filter.value')}
            data={(draft.field === 'stage' ? (model?.stages ?? []) : superStages).map(one => ({
              value: one.id,
              label: one.name,
            }))}
            value={draft.picked}
            onChange={picked => change({ picked })}
            {...inside}
          />
        )}
        {wants(draft) === 'one' && draft.field === 'list' && (
          <Select
            label={t('customers-ui:field.list')}
            data={(known.data ?? []).map(one => ({ value: one.id, label: one.name }))}
            value={draft.picked[0] ?? null}
            onChange={id => change({ picked: id ? [id] : [] })}
            searchable
            {...inside}
          />
        )}
        {wants(draft) === 'one' && draft.field === 'company' && (
          <Select
            label={t('customers-ui:field.company')}
            placeholder={t('customers-ui:filter.search')}
            data={found.map(one => ({ value: one.id, label: one.label }))}
            value={draft.picked[0] ?? null}
            onChange={id => change({ picked: id ? [id] : [] })}
            searchable
            onSearchChange={setCompany}
            filter={({ options }) => options}
            {...inside}
          />
        )}
        {wants(draft) === 'text' && (
          <Autocomplete
            label={t('customers-ui:filter.value')}
            data={[...new Set(example?.examples ?? [])]}
            value={draft.text}
            onChange={text => change({ text })}
            // Upwards, so that the button below stays within reach.
            comboboxProps={{ ...inside.comboboxProps, position: 'top', middlewares: { flip: false } }}
          />
        )}
        {wants(draft) === 'number' && (
          <NumberInput
            label={
              draft.op === 'within' || draft.op === 'beyond' ? t('customers-ui:filter.days') : t('customers-ui:filter.value')
            }
            value={draft.amount}
            onChange={amount => change({ amount })}
            {...(draft.field === 'trait' ? {} : { min: 0, allowDecimal: false, allowNegative: false })}
            {...(draft.op === 'within' || draft.op === 'beyond' ? { max: 36_500 } : {})}
          />
        )}
        {wants(draft) === 'day' && (
          <DatePickerInput
            label={t('customers-ui:filter.day')}
            valueFormatter={() => (draft.day ? format.day(draft.day) : '')}
            value={draft.day}
            onChange={day => change({ day })}
            {...calendar}
            popoverProps={{ withinPortal: false }}
          />
        )}
        <Button type="submit" disabled={!done}>
          {t('customers-ui:filter.use')}
        </Button>
      </Stack>
    </form>
  )
}
