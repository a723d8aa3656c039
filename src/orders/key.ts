const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export const KEY_LENGTH = 8

/** Eight characters (48 bits) for an order id. Two ids may share a key: that only makes us look into the history once in vain. */
export function orderKey(id: string): string {
  // FNV-1a over UTF-16 units, twice with different starts: quick, and spread well enough for a set per customer.
  let a = 0x811c9dc5
  let b = 0x9e3779b9
  for (let i = 0; i < id.length; i++) {
    const unit = id.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
  }
  a ^= a >>> 15
  b ^= b >>> 13
  let key = ''
  for (let i = 0; i < 4; i++) key += ALPHABET.charAt((a >>> (i * 6)) & 63) + ALPHABET.charAt((b >>> (i * 6)) & 63)
  return key
}
