import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Proof, type ShopKind } from './contract.ts'
import { AGE_SECONDS_MAX, type Headers, header, type Refusal } from './signature.ts'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Null when the raw bytes come from whoever has the secret; else why they are turned away. Nothing has been parsed before this. */
export function refusalOf(
  kind: ShopKind,
  proof: Proof | null,
  secret: string | null,
  raw: Buffer,
  headers: Headers,
  now: number,
): Refusal | null {
  const isOpen = kind === 'generic' && (proof === null || proof.by === 'none')
  if (isOpen) return null
  if (secret === null) return 'no_secret'
  switch (kind) {
    case 'shopify':
      return signed(raw, secret, header(headers, 'x-shopify-hmac-sha256', 'shopify-hmac-sha256'), 'base64')
    case 'woocommerce':
      return signed(raw, secret, header(headers, 'x-wc-webhook-signature'), 'base64')
    case 'stripe':
      return signedByStripe(raw, secret, header(headers, 'stripe-signature'), now)
    case 'generic':
      return ownWay(raw, proof, secret, headers)
  }
}

function ownWay(raw: Buffer, proof: Proof | null, secret: string, headers: Headers): Refusal | null {
  if (proof === null || proof.by === 'none') return null
  const given = header(headers, proof.header)
  if (proof.by === 'token') {
    if (given === null) return 'no_token'
    const token = given.replace(/^Bearer\s+/i, '')
    return isSame(Buffer.from(token), Buffer.from(secret)) ? null : 'bad_token'
  }
  if (given !== null && !given.startsWith(proof.prefix)) return 'bad_signature'
  return signed(raw, secret, given?.slice(proof.prefix.length) ?? null, proof.encoding)
}

function signed(raw: Buffer, secret: string, given: string | null, encoding: 'hex' | 'base64'): Refusal | null {
  if (given === null || given === '') return 'no_signature'
  const isReadable = encoding === 'hex' ? /^[0-9a-f]{64}$/i.test(given) : BASE64.test(given)
  if (!isReadable) return 'bad_signature'
  return isSame(Buffer.from(given, encoding), hmac(secret, raw)) ? null : 'bad_signature'
}

/** `t=1700000000,v1=hex,v1=hex`: several while a secret is being exchanged. Their age is part of what is signed. */
function signedByStripe(raw: Buffer, secret: string, given: string | null, now: number): Refusal | null {
  if (given === null) return 'no_signature'
  const parts = given.split(',').map(part => part.trim().split('='))
  const time = parts.find(([name]) => name === 't')?.[1] ?? ''
  const signatures = parts.filter(([name]) => name === 'v1').map(([, value = '']) => value)
  if (!/^\d{1,12}$/.test(time) || signatures.length === 0) return 'no_signature'
  const expected = hmac(secret, Buffer.concat([Buffer.from(`${time}.`), raw]))
  if (!signatures.some(value => /^[0-9a-f]{64}$/i.test(value) && isSame(Buffer.from(value, 'hex'), expected)))
    return 'bad_signature'
  return Math.abs(now / 1000 - Number(time)) > AGE_SECONDS_MAX ? 'too_old' : null
}

const hmac = (secret: string, raw: Buffer): Buffer => createHmac('sha256', secret).update(raw).digest()
/** Takes as long for any two of the same length, so that nobody learns by the clock how much of a guess was right. */
const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
