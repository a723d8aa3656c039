import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import { Fault } from '../../platform/fault.ts'
import { type Bag, isBag } from './values.ts'

const OPENERS = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const

/**
 * A request's body as an object, whatever it says it is: gzip is known by its first two bytes, because some SDKs do not name it.
 * Unpacking stops at `bytesMax`, so that a small body cannot become a huge one.
 */
export async function readBody(
  raw: Buffer,
  encoding: string | undefined,
  bytesMax: number,
): Promise<{ body: Bag; bytes: number }> {
  const plain = await unpacked(raw, encoding, bytesMax)
  const body = parsed(plain)
  if (!isBag(body)) throw new Fault('tracking.not_json', { detail: Array.isArray(body) ? 'a list' : typeof body })
  return { body, bytes: plain.length }
}

async function unpacked(raw: Buffer, encoding = '', bytesMax: number): Promise<Buffer> {
  const isGzip = raw[0] === 0x1f && raw[1] === 0x8b
  const named = encoding.trim().toLowerCase()
  const packed = isGzip ? 'gzip' : named === 'deflate' || named === 'br' ? named : null
  if (packed === null) return raw
  const options: ZlibOptions = { maxOutputLength: bytesMax }
  try {
    return await OPENERS[packed](raw, options)
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('request.too_large', { limit: `${bytesMax / 2 ** 20} MB` })
    throw new Fault('tracking.not_json', { detail: 'it cannot be unpacked' }, { cause: error })
  }
}

function parsed(plain: Buffer): unknown {
  // A byte order mark is no JSON, and harmless. Bytes that are no UTF-8 become U+FFFD: they must not cost the events beside them.
  const text = plain.toString('utf8').replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Fault('tracking.not_json', { detail: (error as Error).message.slice(0, 200) })
  }
}
