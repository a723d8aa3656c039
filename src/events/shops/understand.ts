import { LIMITS } from '../tracking/limits.ts'
import { unusable } from '../tracking/values.ts'
import { type Mapping, type ShopKind } from './contract.ts'
import { isBag } from './fields.ts'
import { mapped } from './mapped.ts'
import { shopify } from './shopify.ts'
import { stripe } from './stripe.ts'
import { woocommerce } from './woocommerce.ts'
import { type Heard, type Setting, Unclear } from './words.ts'

const READERS = { shopify, woocommerce, stripe } as const

/** What a delivery says. Throws `Unclear`, with the place, when that cannot be told. */
export function understand(kind: ShopKind, mapping: Mapping | null, topic: string, text: string, setting: Setting): Heard {
  const body = parsed(text)
  if (kind === 'generic') return mapping === null ? { is: 'unused', because: 'nothing' } : mapped(mapping, body, setting)
  if (!isBag(body)) throw new Unclear('not_an_object')
  return READERS[kind](topic, body, setting)
}

/** The JSON of a body, without anything that no store could keep. */
export function parsed(text: string): unknown {
  let body: unknown
  try {
    body = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw new Unclear('not_json')
  }
  const trouble = unusable(body, LIMITS)
  if (trouble !== null) throw new Unclear('unusable', trouble.field ?? null)
  return body
}
