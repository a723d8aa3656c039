import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Fault } from './fault.ts'

/** What is kept of a token of 256 random bits. Nothing slower is needed: there is nothing to guess. */
export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

type Cost = { memory: number; passes: number; parallelism: number }
// The first choice of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const HASH_BYTES = 32

/** An encoded hash (PHC string) that carries its own salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return encode(salt, await derive(password, salt, COST, HASH_BYTES), COST)
}

/** Whether this is the password. Takes as long without a hash as with one, so that nobody learns by the clock which accounts exist. */
export async function isPassword(password: string, encoded: string | null): Promise<boolean> {
  const { salt, hash, cost } = decode(encoded ?? NOBODY)
  const isSame = timingSafeEqual(await derive(password, salt, cost, hash.length), hash)
  return isSame && encoded !== null
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')
const encode = (salt: Buffer, hash: Buffer, { memory, passes, parallelism }: Cost): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
const NOBODY = encode(Buffer.alloc(16), Buffer.alloc(HASH_BYTES), COST)

function decode(encoded: string): { salt: Buffer; hash: Buffer; cost: Cost } {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(encoded)
  if (!parts) throw new Error('a stored password hash is not an argon2id PHC string')
  const [, memory, passes, parallelism, salt = '', hash = ''] = parts
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  return { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64'), cost }
}

// Each derivation holds 19 MiB and a thread of Node's pool of four, which files and names need too: two at a time, and no endless queue.
const AT_A_TIME = 2
const WAITING_MAX = 40
let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  if (running >= AT_A_TIME) {
    if (waiting.length >= WAITING_MAX) throw new Fault('request.too_many', { seconds: 2 })
    // Woken by the one that ends, whose place is handed on: `running` stays as it is.
    await new Promise<void>(wake => waiting.push(wake))
  } else running++
  try {
    return await new Promise((settle, fail) => {
      // The same characters can be typed as different code points on different keyboards.
      const message = password.normalize('NFKC')
      argon2('argon2id', { message, nonce, tagLength, ...cost }, (error, hash) => (error ? fail(error) : settle(hash)))
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
