import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Caller, callerWithKey } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Vault } from '../../platform/vault.ts'
import { createSource } from '../store.ts'
import { addSource, lockKey, sourceOf } from './store.ts'

/** Who hands in events: a key and the source that it is. */
export type Sender = {
  keyId: number
  sourceId: number
  name: string
  /** A secret key: its word on email and phone counts. */
  isTrusted: boolean
  /** The company's, for amounts without one. */
  currency: string
  /** The company's, for phone numbers without one. */
  country: string | null
  /** Whether the key's user secret made this hash of an account's id. */
  proves: (userId: string, userHash: string) => boolean
}

/** What the server of a website makes user hashes with. Each write key has its own, and it follows from the installation's secret. */
export const userSecretOf = (vault: Vault, keyId: number): string => vault.hash(String(keyId), 'user secret')

function isHashOf(secret: string, userId: string, userHash: string): boolean {
  const right = createHmac('sha256', secret).update(userId).digest()
  // Whatever is no hex ends the bytes where it stands.
  const given = Buffer.from(userHash, 'hex')
  return given.length === right.length && timingSafeEqual(given, right)
}

// What is remembered only spares a look-up before the body is understood: whether the key is still in use is asked again when its events are kept.
const REMEMBERED_MS = 10_000
const REMEMBERED_MAX = 1_000

/** Finds senders by their keys, and remembers the good ones for a moment. */
export class Senders {
  readonly #db: Db
  readonly #clock: Clock
  readonly #vault: Vault
  readonly #known = new Map<string, { sender: Promise<Sender>; until: number }>()

  constructor(db: Db, clock: Clock, vault: Vault) {
    this.#db = db
    this.#clock = clock
    this.#vault = vault
  }

  /** Whose key this is; `access.key_refused` when it is nobody's, `access.forbidden` when it is for something else. */
  of(key: string): Promise<Sender> {
    const now = this.#clock.now()
    const known = this.#known.get(key)
    if (known !== undefined && known.until > now) return known.sender
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear()
    const sender = this.#find(key, now)
    // While it is being looked up, others with the same key wait for the same answer; a refusal is never remembered.
    this.#known.set(key, { sender, until: now + REMEMBERED_MS })
    sender.catch(() => this.#known.delete(key))
    return sender
  }

  forget(keyId: number): void {
    for (const [key, { sender }] of this.#known)
      void sender.then(
        ({ keyId: id }) => id === keyId && this.#known.delete(key),
        () => {},
      )
  }

  async #find(key: string, now: number): Promise<Sender> {
    const caller = await callerWithKey(this.#db, key, now)
    if (caller === null) throw new Fault('access.key_refused')
    const isTrusted = caller.capabilities.has('imports:write')
    // A write key has no capabilities at all: handing in events is all it is for.
    if (!isTrusted && caller.capabilities.size > 0) throw new Fault('access.forbidden')
    const sourceId = (await sourceOf(this.#db, caller.id)) ?? (await this.#makeSource(caller, now))
    const { currency, country } = await company(this.#db)
    const secret = userSecretOf(this.#vault, caller.id)
    const proves = (userId: string, userHash: string) => isHashOf(secret, userId, userHash)
    return { keyId: caller.id, sourceId, name: caller.label, isTrusted, currency, country: country ?? null, proves }
  }

  async #makeSource(caller: Caller, now: number): Promise<number> {
    return this.#db.transaction().execute(async tx => {
      await lockKey(tx, caller.id)
      const made = await sourceOf(tx, caller.id)
      if (made !== null) return made
      const sourceId = await createSource(tx, 'tracking', caller.label, now)
      await addSource(tx, caller.id, sourceId)
      return sourceId
    })
  }
}
