import { exponentOf } from '../../company/contract.ts'
import { type Bag, bagOr, bagsOr, currencyOf, emailIn, given, idOf, instant, isGiven, phoneIn, whoIs, wordOf } from './fields.ts'
import { type EventWord, type Heard, type OrderWord, type Setting, Unclear, type Who } from './words.ts'

/** What an event of Stripe says. A payment is one order, whichever of its three events are sent: they share the payment intent. */
export function stripe(topic: string, event: Bag, setting: Setting): Heard {
  const read = READERS[topic]
  if (read === undefined) return { is: 'unused', because: 'topic' }
  if (event.livemode === false && !setting.takesTests) return { is: 'test' }
  const at = instant(event.created, 'created', setting.receivedAt)
  return read({
    object: bagOr(bagOr(event.data).object),
    before: bagOr(bagOr(event.data).previous_attributes),
    id: idOf(event, 'id'),
    at,
    setting,
  })
}

type Told = { object: Bag; before: Bag; id: string; at: number; setting: Setting }

const READERS: Readonly<Record<string, (told: Told) => Heard>> = {
  'checkout.session.completed': session,
  'checkout.session.async_payment_succeeded': session,
  'payment_intent.succeeded': ({ object, at, setting }) =>
    payment(object, idOf(object, 'id'), at, object.amount_received ?? object.amount, payer(object, {}), setting),
  'charge.succeeded': charge,
  'charge.captured': charge,
  'charge.refunded': refund,
  'customer.created': customer,
  'customer.updated': customer,
  'invoice.paid': invoice,
  'customer.subscription.created': told => subscription('Subscription Started', told),
  'customer.subscription.updated': told => subscription('Subscription Updated', told),
  'customer.subscription.deleted': told => subscription('Subscription Cancelled', told),
}

const words = (...said: (OrderWord | EventWord)[]): Heard => ({ is: 'words', words: said })

function session({ object, id, at, setting }: Told): Heard {
  if (object.payment_status === 'unpaid') return { is: 'unused', because: 'unpaid' }
  const details = bagOr(object.customer_details)
  const who = payer({ ...object, receipt_email: object.customer_email }, details)
  const intent = idIn(object.payment_intent)
  if (object.mode === 'payment' && intent !== null) return payment(object, intent, at, object.amount_total, who, setting)
  // A subscription's money comes with its own payments, and a free checkout has none.
  return event('Checkout Completed', id, at, who, {
    checkout_id: object.id,
    mode: object.mode,
    subscription_id: idIn(object.subscription),
  })
}

function charge({ object, setting }: Told): Heard {
  // Only authorised; the payment follows, or does not.
  if (object.captured === false) return { is: 'unused', because: 'unpaid' }
  return words(chargeWord(object, setting))
}

function chargeWord(object: Bag, setting: Setting): OrderWord {
  const at = instant(object.created, 'data.object.created', setting.receivedAt)
  const who = payer(object, bagOr(object.billing_details))
  return orderWord(
    object,
    idIn(object.payment_intent) ?? idOf(object, 'id'),
    at,
    object.amount_captured ?? object.amount,
    who,
    setting,
  )
}

/** A charge tells how much of it was paid back altogether, and the event how much it was before. */
function refund({ object, before, at, setting }: Told): Heard {
  const word = chargeWord(object, setting)
  const currency = word.currency ?? setting.currency
  const total = units(object.amount_refunded, currency, 'amount_refunded')
  const earlier = isGiven(before.amount_refunded) ? units(before.amount_refunded, currency, 'amount_refunded') : 0
  const refunds = total > earlier ? [{ id: `${idOf(object, 'id')}:${total}`, at, amount: total - earlier }] : []
  return words({ ...word, refunds })
}

function payment(object: Bag, key: string, at: number, amount: unknown, who: Who, setting: Setting): Heard {
  return words(orderWord(object, key, at, amount, who, setting))
}

function orderWord(object: Bag, key: string, at: number, amount: unknown, who: Who, setting: Setting): OrderWord {
  const currency = currencyOf(object.currency, setting.currency, 'data.object.currency')
  const properties = given({ description: object.description, payment_intent: key })
  const worth = { amount: units(amount, currency, 'data.object.amount'), lines: [], properties }
  return { is: 'order', key, orderId: key, currency, who, at, placedAt: at, worth, refunds: [] }
}

function customer({ object, id, at }: Told): Heard {
  return event('Identified', id, at, payer({ customer: object.id, receipt_email: object.email }, object), null)
}

function invoice({ object, id, at, setting }: Told): Heard {
  const currency = currencyOf(object.currency, setting.currency, 'data.object.currency')
  const who = payer(
    { customer: object.customer, receipt_email: object.customer_email },
    { name: object.customer_name, address: object.customer_address, phone: object.customer_phone },
  )
  // Its money is told by the charge; an invoice that was an order too would count it twice.
  return event('Invoice Paid', id, at, who, {
    invoice_id: object.id,
    number: object.number,
    value: major(object.amount_paid, currency),
    currency,
    reason: object.billing_reason,
    subscription_id: idIn(object.subscription) ?? idIn(bagOr(bagOr(object.parent).subscription_details).subscription),
  })
}

function subscription(name: string, { object, before, id, at }: Told): Heard {
  const items = bagsOr(bagOr(object.items).data)
  const price = bagOr(items[0]?.price ?? items[0]?.plan)
  const currency = wordOf(object.currency)?.toUpperCase() ?? null
  return event(name, id, at, payer(object, {}), {
    subscription_id: object.id,
    status: object.status,
    previous_status: before.status,
    plan: price.nickname ?? price.lookup_key ?? price.id,
    product_id: idIn(price.product),
    quantity: items[0]?.quantity,
    value: currency === null ? null : major(price.unit_amount, currency),
    currency,
    interval: bagOr(price.recurring).interval ?? price.interval,
    trial_end: day(object.trial_end),
    ends_at: day(object.cancel_at ?? object.ended_at),
    is_ending: object.cancel_at_period_end,
    reason: bagOr(object.cancellation_details).reason,
  })
}

const day = (seconds: unknown): string | null => (typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : null)

function event(name: string, id: string, at: number, { identities, traits }: Who, properties: Bag | null): Heard {
  if (identities.length === 0) return { is: 'unused', because: 'nobody' }
  const said = {
    ...(Object.keys(traits).length > 0 && { traits }),
    ...(properties !== null && { properties: given(properties) }),
  }
  return words({ is: 'event', id, envelope: { identities, name, at, ...said } })
}

/** An id, or the object that has it where the sender asked Stripe to put it in. */
const idIn = (value: unknown): string | null => wordOf(value) ?? wordOf(bagOr(value).id)

function payer(object: Bag, details: Bag): Who {
  const id = idIn(object.customer)
  const address = bagOr(details.address)
  return whoIs({
    email: emailIn(details.email, object.receipt_email),
    phone: phoneIn(details.phone),
    own: id === null ? null : { kind: 'stripe', value: id },
    traits: { name: details.name, city: address.city, country: address.country },
  })
}

// Where Stripe counts in other units than ISO 4217 does: docs.stripe.com/currencies, "special cases" and "zero-decimal currencies".
const STRIPE_EXPONENTS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 }

/** Stripe's smallest units in ours. */
function units(value: unknown, currency: string, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Unclear('bad_amount', field)
  const shift = exponentOf(currency) - (STRIPE_EXPONENTS[currency] ?? exponentOf(currency))
  return shift >= 0 ? value * 10 ** shift : Math.round(value / 10 ** -shift)
}

/** As people write it, for properties. */
const major = (value: unknown, currency: string): number | null =>
  typeof value === 'number' ? value / 10 ** (STRIPE_EXPONENTS[currency] ?? exponentOf(currency)) : null
