import { type Envelope, type Identity, ORDER_EVENTS, type OrderLine } from '../contract.ts'
import { isPlaceholder } from '../tracking/ids.ts'
import { LIMITS } from '../tracking/limits.ts'
import { isBag } from '../tracking/values.ts'
import { type Mapping } from './contract.ts'
import { currencyOf, emailIn, instantOrNull, isGiven, linesOf, money, phoneIn, wordOf } from './fields.ts'
import { valueAt } from './paths.ts'
import { type Heard, type Setting, type Traits, Unclear } from './words.ts'

export const EVENTS_MAX = 1_000
const ORDER_NAMES = new Set<string>(Object.values(ORDER_EVENTS))

/** What a body becomes by a mapping: one event, or one of each element of its list. The first that cannot be used speaks for the delivery. */
export function mapped(mapping: Mapping, body: unknown, setting: Setting): Heard {
  const envelopes = elementsOf(mapping, body).map(element => envelopeOf(mapping, body, element, setting))
  // Elements have no ids of their own, only their place in the delivery.
  const own = idIn(mapping, body) ?? setting.key
  const used = envelopes.filter(envelope => envelope !== null)
  if (used.length === 0) return { is: 'unused', because: envelopes.length === 0 ? 'nothing' : 'left_out' }
  return { is: 'words', words: used.map((envelope, i) => ({ is: 'event', id: `${own}:${i}`, envelope })) }
}

/** What is made into events: the elements of the list, or the body itself. */
export function elementsOf({ each }: Mapping, body: unknown): unknown[] {
  if (each === null) return [body]
  const list = valueAt(each, body, body)
  if (!Array.isArray(list)) throw new Unclear('no_list', each)
  if (list.length > EVENTS_MAX) throw new Unclear('too_many', each)
  return list
}

/** What makes a delivery the same one again; null where the mapping does not say, or the body has no such value. */
export const idIn = ({ id }: Mapping, body: unknown): string | null => (id === null ? null : wordOf(valueAt(id, body, body)))

/** One event; null: the mapping leaves events of this name out. */
export function envelopeOf(
  mapping: Mapping,
  root: unknown,
  element: unknown,
  setting: Setting,
): Omit<Envelope, 'messageId'> | null {
  const at = (path: string | null) => (path === null ? undefined : valueAt(path, root, element))
  const name = nameOf(mapping, at)
  if (name === null) return null
  const identities = identitiesOf(mapping, at)
  if (identities.length === 0) throw new Unclear('no_identity', mapping.customer.map(({ path }) => path).join(', '))
  const { receivedAt } = setting
  const time = instantOrNull(at(mapping.at), mapping.at ?? '', receivedAt) ?? receivedAt
  const traits = traitsOf(mapping, at)
  return {
    identities,
    name,
    at: time,
    ...orderOf(mapping, name, at, setting),
    ...(Object.keys(traits).length > 0 && { traits }),
    properties: propertiesOf(mapping, at),
  }
}

type At = (path: string | null) => unknown

function nameOf({ event }: Mapping, at: At): string | null {
  if (event.from === 'fixed') return event.name
  const told = wordOf(at(event.path))
  if (told === null || told.length > LIMITS.nameCharsMax) throw new Unclear('no_name', event.path)
  return event.names.find(one => one.told === told)?.name ?? (event.others === 'keep' ? told : null)
}

function identitiesOf({ customer }: Mapping, at: At): Identity[] {
  return customer.flatMap(({ kind, path }) => {
    const value = identityAs(kind, at(path))
    return value === null ? [] : [{ kind, value }]
  })
}

function identityAs(kind: string, value: unknown): string | null {
  if (kind === 'email') return emailIn(value)
  if (kind === 'phone') return phoneIn(value)
  const word = wordOf(value)
  return word === null || word.length > LIMITS.idCharsMax || isPlaceholder(word) ? null : word
}

function orderOf(mapping: Mapping, name: string, at: At, setting: Setting): Partial<Envelope> {
  const orderId = wordOf(at(mapping.orderId))
  const isOrder = ORDER_NAMES.has(name)
  if (isOrder && (orderId === null || orderId.length > LIMITS.idCharsMax)) throw new Unclear('no_order', mapping.orderId)
  const told = mapping.currency?.from === 'path' ? at(mapping.currency.path) : mapping.currency?.code
  const currency = currencyOf(told, setting.currency, mapping.currency?.from === 'path' ? mapping.currency.path : 'currency')
  const units = (value: unknown, path: string | null) =>
    mapping.unit === 'major' ? money(value, currency, path ?? '') : wholeUnits(value, path)
  const told_amount = at(mapping.amount)
  const amount = isGiven(told_amount) ? units(told_amount, mapping.amount) : null
  const lines = linesIn(mapping, at, currency)
  const hasMoney = amount !== null || lines.some(({ price }) => price !== undefined)
  return {
    ...(isOrder && orderId !== null && { orderId }),
    ...(amount !== null && { amount }),
    ...((isOrder || hasMoney) && { currency }),
    ...(lines.length > 0 && { lines }),
  }
}

/** A number of cents, or a text that is one. */
function wholeUnits(value: unknown, path: string | null): number {
  const number = typeof value === 'string' && /^\s*\d{1,12}\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || number > 1e12)
    throw new Unclear('bad_amount', path)
  return number
}

function linesIn({ lines, unit }: Mapping, at: At, currency: string): OrderLine[] {
  if (lines === null) return []
  const list = at(lines.path)
  if (!isGiven(list)) return []
  if (!Array.isArray(list)) throw new Unclear('no_list', lines.path)
  const products = list.filter(isBag).map(line => {
    const of = (path: string | null) => (path === null ? undefined : valueAt(path, line, line))
    const { sku, productId, name, category, quantity, price } = lines
    return {
      sku: of(sku),
      product_id: of(productId),
      name: of(name),
      category: of(category),
      quantity: of(quantity),
      price: of(price),
    }
  })
  // Whole units are told as they are: a line's price is read as major units otherwise.
  if (unit === 'major') return linesOf(products, currency)
  return products.flatMap(({ price, ...product }) =>
    linesOf([product], currency).map(line => (isGiven(price) ? { ...line, price: wholeUnits(price, lines.price) } : line)),
  )
}

function traitsOf({ traits, customer }: Mapping, at: At): Traits {
  const bag: Traits = {}
  for (const { kind, path } of customer) {
    const value = kind === 'email' || kind === 'phone' ? identityAs(kind, at(path)) : null
    if (value !== null) bag[kind] = value
  }
  for (const { name, path } of traits) {
    const value = at(path)
    if (!isGiven(value)) continue
    bag[name] =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : JSON.stringify(value).slice(0, 1_000).toWellFormed()
  }
  return bag
}

function propertiesOf({ properties, refundId }: Mapping, at: At): Record<string, unknown> {
  const refund = wordOf(at(refundId))
  const told = properties.map(({ name, path }) => [name, at(path)] as const).filter(([, value]) => isGiven(value))
  return { ...Object.fromEntries(told), ...(refund !== null && { refund_id: refund }) }
}
