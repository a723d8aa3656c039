import { type Envelope } from '../contract.ts'
import { type Bag, bagOr, isBag } from './values.ts'

type Traits = NonNullable<Envelope['traits']>

/** What must not be overwritten from a public page: it decides where messages go. A public claim is kept beside it. */
const PROVEN = new Set(['email', 'phone'])
const LIST_CHARS_MAX = 1_000

/** The traits of an identify: plain values as they are, an address by its parts, lists as text. A public key's email is `claimed_email`. */
export function traitsIn(event: Bag, isTrusted: boolean): Traits {
  const given = { ...bagOr(bagOr(event.context).traits), ...bagOr(event.traits) }
  const traits: Traits = {}
  for (const [name, value] of Object.entries(given)) {
    if (isBag(value)) for (const [part, inner] of Object.entries(value)) keep(traits, `${name}.${part}`, inner)
    else keep(traits, !isTrusted && PROVEN.has(name) ? `claimed_${name}` : name, value)
  }
  return traits
}

function keep(traits: Traits, name: string, value: unknown): void {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') traits[name] = value
  else if (value !== undefined) traits[name] = JSON.stringify(value).slice(0, LIST_CHARS_MAX).toWellFormed()
}
