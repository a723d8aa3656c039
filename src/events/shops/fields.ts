import { type Identity, type OrderLine } from '../contract.ts'
import { LIMITS } from '../tracking/limits.ts'
import { currencyIn, isGiven, unitsOf, wordOf } from '../tracking/money.ts'
import { linesIn } from '../tracking/products.ts'
import { instantOf } from '../tracking/time.ts'
import { type Bag, bagOr, isBag } from '../tracking/values.ts'
import { type Traits, Unclear, type Who } from './words.ts'

// What the readers of all shops have in common: a value of a body, or Unclear with the place where it should have been.

export { type Bag, bagOr, isBag, isGiven, wordOf }

export const bagsOr = (value: unknown): Bag[] => (Array.isArray(value) ? value.filter(isBag) : [])

export function idOf(body: Bag, field: string): string {
  const id = wordOf(body[field])
  if (id === null || id.length > LIMITS.idCharsMax) throw new Unclear('no_id', field)
  return id
}

/** A time by which something happened: readable, after 1971, and not ahead of us; a shop's clock may be a little fast. */
export function instant(value: unknown, field: string, receivedAt: number): number {
  const at = instantOf(value)
  if (at === null) throw new Unclear('bad_time', field)
  if (at < LIMITS.earliest) throw new Unclear('time_too_early', field)
  if (at > receivedAt + LIMITS.futureMsMax) throw new Unclear('time_in_future', field)
  return Math.min(at, receivedAt)
}

export const instantOrNull = (value: unknown, field: string, receivedAt: number): number | null =>
  isGiven(value) ? instant(value, field, receivedAt) : null

export function currencyOf(value: unknown, usual: string, field: string): string {
  const currency = currencyIn(value, usual)
  if (currency === null) throw new Unclear('bad_currency', field)
  return currency
}

/** An amount without its sign: some write what they pay back as less than nothing. */
export const unsigned = (amount: unknown): unknown =>
  typeof amount === 'number' ? Math.abs(amount) : typeof amount === 'string' ? amount.replace('-', '') : amount

/** A money text such as "12.30" in minor units. */
export function money(value: unknown, currency: string, field: string): number {
  const units = unitsOf(value, currency)
  if (units === null || units < 0) throw new Unclear('bad_amount', field)
  return units
}

/** The products of an order or a cart, told as Segment's specification does, as lines. */
export const linesOf = (products: Bag[], currency: string): OrderLine[] => linesIn(products, currency).slice(0, LINES_MAX)

// As in a file of orders: no order that a person placed has so many.
const LINES_MAX = 1_000

/** What is given, without the rest: properties and traits stay small. */
export const given = (bag: Bag): Record<string, unknown> =>
  Object.fromEntries(Object.entries(bag).filter(([, value]) => isGiven(value)))

const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/
const EMAIL_CHARS_MAX = 320
const PHONE_DIGITS_MIN = 7

export function emailIn(...values: unknown[]): string | null {
  const email = values.map(wordOf).find(one => one !== null && one.length <= EMAIL_CHARS_MAX && EMAIL.test(one))
  return email?.toLowerCase() ?? null
}

/** Digits with a plus before them where it was told. */
export function phoneIn(...values: unknown[]): string | null {
  for (const value of values) {
    const phone = wordOf(value)?.replace(/[^\d+]/g, '') ?? ''
    if (phone.replace(/\D/g, '').length >= PHONE_DIGITS_MIN && phone.length <= 20) return phone
  }
  return null
}

type Person = {
  email: string | null
  phone: string | null
  /** The shop's own number for its customer. */
  own: Identity | null
  traits: Bag
}

/** Whom it is about. A phone number names somebody only where nothing else does: families share one, and shops ask for it only for the parcel. */
export function whoIs({ email, phone, own, traits }: Person): Who {
  const identities: Identity[] = []
  if (email !== null) identities.push({ kind: 'email', value: email })
  if (own !== null) identities.push(own)
  if (identities.length === 0 && phone !== null) identities.push({ kind: 'phone', value: phone })
  const said = { ...(email !== null && { email }), ...(phone !== null && { phone }), ...traits }
  return { identities, traits: identities.length > 0 ? plain(said) : {} }
}

function plain(bag: Bag): Traits {
  const traits: Traits = {}
  for (const [name, value] of Object.entries(given(bag)))
    if (typeof value === 'string') traits[name] = value.trim().slice(0, 1_000).toWellFormed()
    else if (typeof value === 'number' || typeof value === 'boolean') traits[name] = value
  return traits
}
