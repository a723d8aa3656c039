import { type Bag, isBag } from './fields.ts'

export type Sight = { contact: boolean; money: boolean }

const HIDDEN = '•••'
/** Words that name things and states, not people: what somebody needs who looks after a connection. */
const PLAIN_KEY = /(^|_)(id|ids|type|kind|status|state|topic|event|object|currency|sku|mode|reason|source_name|number|at|gmt)$/i
const CONTACT_KEY = /(mail|phone|name|address|street|city|zip|postal|company|note|tag|url|ip|agent|token|latitude|longitude)/i
const PLAIN_WORD =
  /^(?:[A-Z]{3}|[a-z]{1,20}|[a-z]+(?:[._][a-z]+)+|\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?|[a-z]{2,8}_[A-Za-z0-9]{4,60})$/
const AMOUNT_KEY = /(amount|total|price|tax|discount|subtotal|value|cost|revenue|balance|due|fee|spent)/i

/** The body with its shape as it is, and hidden in it what somebody may not see: words that could be a person's contact details, or money. */
export function masked(body: unknown, sight: Sight, key = ''): unknown {
  if (Array.isArray(body)) return body.map(one => masked(one, sight, key))
  if (isBag(body))
    return Object.fromEntries(
      Object.entries(body).map(([name, value]): [string, unknown] => [name, masked(value, sight, name)]),
    ) satisfies Bag
  const isMoney =
    AMOUNT_KEY.test(key) && (typeof body === 'number' || (typeof body === 'string' && /^-?\d+([.,]\d+)?$/.test(body)))
  if (isMoney) return sight.money ? body : HIDDEN
  if (typeof body !== 'string' || sight.contact || body === '') return body
  return PLAIN_KEY.test(key) && !CONTACT_KEY.test(key) && PLAIN_WORD.test(body) ? body : HIDDEN
}
