import { hash, randomBytes } from 'node:crypto'

/** An id derived from its cause: the same parts always give the same UUID, so that a repeated effect meets its own id. */
export function derivedId(...parts: readonly (string | number)[]): string {
  // The length in front of each part keeps ('ab','c') apart from ('a','bc'). One call with a hex answer is five times as fast as
  // a hash object with bytes; every event passes here.
  const hex = hash('sha256', parts.map(part => `${String(part).length}:${part}`).join(''), 'hex')
  // Version 8 (own scheme), variant 10: RFC 9562.
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A secret that cannot be guessed, safe in a URL. */
export const secretToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')
