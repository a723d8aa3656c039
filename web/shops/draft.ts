import { type Mapping, type MappingInput, mapping as mappingShape } from '../../src/events/shops/contract.ts'

type Named = { name: string; path: string }

/** A mapping while it is being filled in: what is not chosen yet is an empty text. */
export type Draft = {
  each: string
  id: string
  idHeader: string
  nameFrom: 'fixed' | 'path'
  name: string
  namePath: string
  names: { told: string; name: string }[]
  leavesOut: boolean
  customer: { kind: string; path: string }[]
  at: string
  orderId: string
  refundId: string
  amount: string
  unit: 'major' | 'minor'
  currencyFrom: 'company' | 'fixed' | 'path'
  code: string
  currencyPath: string
  lines: { path: string; sku: string; productId: string; name: string; category: string; quantity: string; price: string }
  traits: Named[]
  properties: Named[]
}

export const EMPTY: Draft = {
  each: '',
  id: '',
  idHeader: '',
  nameFrom: 'fixed',
  name: '',
  namePath: '',
  names: [],
  leavesOut: false,
  customer: [{ kind: 'email', path: '' }],
  at: '',
  orderId: '',
  refundId: '',
  amount: '',
  unit: 'major',
  currencyFrom: 'company',
  code: '',
  currencyPath: '',
  lines: { path: '', sku: '', productId: '', name: '', category: '', quantity: '', price: '' },
  traits: [],
  properties: [],
}

const orNull = (text: string): string | null => text.trim() || null
const full = (rows: Named[]): Named[] => rows.filter(({ name, path }) => name.trim() && path.trim())

/** The mapping as the server takes it; null while it is not one yet. */
export function mappingOf(draft: Draft): Mapping | null {
  const { lines, nameFrom, name, namePath, names, leavesOut } = draft
  const wanted: MappingInput = {
    each: orNull(draft.each),
    id: orNull(draft.id),
    idHeader: orNull(draft.idHeader),
    event:
      nameFrom === 'fixed'
        ? { from: 'fixed', name }
        : {
            from: 'path',
            path: namePath,
            names: names.filter(one => one.told.trim() && one.name.trim()),
            others: leavesOut ? 'leave_out' : 'keep',
          },
    customer: draft.customer.filter(({ kind, path }) => kind.trim() && path.trim()),
    at: orNull(draft.at),
    orderId: orNull(draft.orderId),
    refundId: orNull(draft.refundId),
    amount: orNull(draft.amount),
    unit: draft.unit,
    currency:
      draft.currencyFrom === 'company'
        ? null
        : draft.currencyFrom === 'fixed'
          ? { from: 'fixed', code: draft.code }
          : { from: 'path', path: draft.currencyPath },
    lines:
      lines.path.trim() === ''
        ? null
        : {
            path: lines.path,
            sku: orNull(lines.sku),
            productId: orNull(lines.productId),
            name: orNull(lines.name),
            category: orNull(lines.category),
            quantity: orNull(lines.quantity),
            price: orNull(lines.price),
          },
    traits: full(draft.traits),
    properties: full(draft.properties),
  }
  const read = mappingShape.safeParse(wanted)
  return read.success ? read.data : null
}

/** A mapping to be changed. */
export function draftOf(mapping: Mapping): Draft {
  const { event, currency, lines } = mapping
  const text = (value: string | null | undefined) => value ?? ''
  return {
    each: text(mapping.each),
    id: text(mapping.id),
    idHeader: text(mapping.idHeader),
    nameFrom: event.from,
    name: event.from === 'fixed' ? event.name : '',
    namePath: event.from === 'path' ? event.path : '',
    names: event.from === 'path' ? event.names : [],
    leavesOut: event.from === 'path' && event.others === 'leave_out',
    customer: mapping.customer,
    at: text(mapping.at),
    orderId: text(mapping.orderId),
    refundId: text(mapping.refundId),
    amount: text(mapping.amount),
    unit: mapping.unit,
    currencyFrom: currency?.from ?? 'company',
    code: currency?.from === 'fixed' ? currency.code : '',
    currencyPath: currency?.from === 'path' ? currency.path : '',
    lines: {
      path: text(lines?.path),
      sku: text(lines?.sku),
      productId: text(lines?.productId),
      name: text(lines?.name),
      category: text(lines?.category),
      quantity: text(lines?.quantity),
      price: text(lines?.price),
    },
    traits: mapping.traits,
    properties: mapping.properties,
  }
}
