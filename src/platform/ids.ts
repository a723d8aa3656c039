import { createHash, randomBytes } from 'node:crypto'

/** An id derived from its cause: the same parts always give the same UUID, so that a repeated effect meets its own id. */
export function derivedId(...parts: readonly (string | number)[]): string {
  // The length in front of each part keeps ('ab','c') apart from ('a','bc').
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${String(part).length}:${part}`)
  const bytes = hash.digest().subarray(0, 16)
  // Version 8 (own scheme), variant 10: RFC 9562.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** A secret that cannot be guessed, safe in a URL. */
export const secretToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')
