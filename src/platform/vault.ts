import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from './fault.ts'

/** Keeps secrets of others (a shop's, a provider's) so that a copy of the database alone gives none of them away. */
export type Vault = {
  /** `place` says what the text belongs to; it opens only there, so that a sealed text cannot be moved to another row. */
  seal(text: string, place: string): string
  /** Throws `secret.cannot_open` for what was sealed with another key, for another place, or was changed. */
  open(sealed: string, place: string): string
  /** A keyed hash, 32 hexadecimal digits: the same text always has the same, and nobody without the key can tell or try out which text it was. */
  hash(text: string, purpose: string): string
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** The vault of an installation: its key comes from `secret`, else from a file that is made in the data folder and read by its owner only. */
export function openVault({ secret, data }: { secret: string | null; data: string }): Vault {
  return vaultWith(secret ?? secretIn(data))
}

export function vaultWith(secret: string): Vault {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'perennial vault', 32))
  // Which key it was, so that a wrong one is told from a damaged text.
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8)
  const hashKey = Buffer.from(hkdfSync('sha256', secret, '', 'perennial hash', 32))
  return {
    hash: (text, purpose) =>
      createHmac('sha256', hashKey).update(`${purpose.length}:${purpose}${text}`).digest('hex').slice(0, 32),
    seal(text, place) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place))
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${keyId}.${sealed.toString('base64url')}`
    },
    open(sealed, place) {
      try {
        const [version, id, text = ''] = sealed.split('.')
        if (version !== 'v1' || id !== keyId) throw new Error(`sealed with the key ${id}, not with ${keyId}`)
        const bytes = Buffer.from(text, 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
        return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new Fault('secret.cannot_open', {}, { cause })
      }
    },
  }
}

/** The secret of a data folder, made once. Two processes that begin together agree on one, and a file half written is never read. */
function secretIn(data: string): string {
  const path = join(data, 'secret')
  if (!existsSync(path)) {
    const draft = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true })
    try {
      linkSync(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(draft)
    }
  }
  return readFileSync(path, 'utf8').trim()
}
