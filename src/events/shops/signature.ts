import { type ShopKind } from './contract.ts'

/** Why a request is turned away at the door. Each has its sentence in messages/en/shops.json under `refused.<code>`. */
export const REFUSALS = ['no_secret', 'no_signature', 'bad_signature', 'too_old', 'no_token', 'bad_token'] as const
export type Refusal = (typeof REFUSALS)[number]

/** Stripe's own bound for the age of a signature. */
export const AGE_SECONDS_MAX = 300

export type Headers = Readonly<Record<string, string | string[] | undefined>>

export const header = (headers: Headers, ...names: string[]): string | null => {
  for (const name of names) {
    const value = headers[name.toLowerCase()]
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined && first.trim() !== '') return first.trim()
  }
  return null
}

/** What a shop calls the matter of a delivery; '' where it does not say. Newer versions of Shopify send the same headers in small letters without `X-`. */
export function topicOf(kind: ShopKind, headers: Headers): string {
  if (kind === 'shopify') return (header(headers, 'x-shopify-topic', 'shopify-topic') ?? '').slice(0, 200)
  if (kind === 'woocommerce') return (header(headers, 'x-wc-webhook-topic') ?? '').slice(0, 200)
  return ''
}

/** The shop's own id of a delivery. One act in a Shopify shop has one id in all the topics that it concerns. */
export function deliveryIdOf(kind: ShopKind, headers: Headers, idHeader: string | null): string | null {
  if (kind === 'shopify')
    return header(headers, 'x-shopify-event-id', 'shopify-event-id', 'x-shopify-webhook-id', 'shopify-webhook-id')
  if (kind === 'woocommerce') return header(headers, 'x-wc-webhook-delivery-id')
  return idHeader === null ? null : header(headers, idHeader)
}

/** WooCommerce asks first, unsigned, whether anybody is there. */
export const isPing = (kind: ShopKind, body: string): boolean =>
  kind === 'woocommerce' && /^webhook_id=\d{1,20}$/.test(body.trim())
