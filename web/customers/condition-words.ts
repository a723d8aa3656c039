import { type Condition } from '../../src/customers/filters/contract.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'

export type Names = {
  stages: ReadonlyMap<string, string>
  lists: ReadonlyMap<string, string>
  companies: ReadonlyMap<string, string>
}

export const FIELDS = [
  'stage',
  'super',
  'orders',
  'last_order',
  'first_seen',
  'last_event',
  'email',
  'phone',
  'list',
  'company',
  'trait',
] as const
export type Field = (typeof FIELDS)[number]

/** A condition as people say it: “Orders: at least 3”. */
export function conditionInWords(one: Condition, names: Names): string {
  const about = one.field === 'trait' ? one.trait : t(`customers-ui:field.${one.field}`)
  return `${about}: ${said(one, names)}`
}

function said(one: Condition, { stages, lists, companies }: Names): string {
  const not = (isIn: boolean, what: string) => (isIn ? what : t('customers-ui:op.not', { what }))
  switch (one.field) {
    case 'stage':
      return not(one.op === 'in', one.values.map(id => stages.get(id) ?? id).join(' · '))
    case 'super':
      return not(one.op === 'in', one.values.map(superName).join(' · '))
    case 'list':
      return not(one.op === 'in', lists.get(one.id) ?? t('customers-ui:list.gone'))
    case 'company':
      return not(one.op === 'in', companies.get(one.id) ?? one.id)
    case 'email':
    case 'phone':
      return t(`customers-ui:op.${one.op}`)
    case 'orders':
      return t(`customers-ui:op.${one.op}`, { value: format.number(one.value) })
    case 'last_order':
    case 'first_seen':
    case 'last_event':
      if (one.op === 'never') return t('customers-ui:op.never')
      return 'days' in one
        ? t(`customers-ui:op.${one.op}`, { count: one.days })
        : t(`customers-ui:op.${one.op}`, { value: format.day(one.day) })
    case 'trait':
      if (one.op === 'known' || one.op === 'unknown') return t(`customers-ui:op.${one.op}`)
      if (one.op === 'before' || one.op === 'since') return t(`customers-ui:op.${one.op}`, { value: format.day(one.day) })
      return 'value' in one ? t(`customers-ui:op.${one.op}`, { value: String(one.value) }) : ''
  }
}

const SUPERS = ['reach', 'acquisition', 'conversion', 'retention', 'loyalty', 'at_risk', 'lapsed'] as const
export const superStages = SUPERS.map(id => ({ id, name: t(`customers-ui:super.${id}`) }))
const superName = (id: string): string => superStages.find(one => one.id === id)?.name ?? id
