import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable } from 'node:stream'
import { createGunzip, type Gunzip } from 'node:zlib'
import { Fault } from '../../platform/fault.ts'
import { t } from '../../platform/messages.ts'
import { decoderOf, type Encoding, encodingOf, kindOf } from './bytes.ts'
import { type Sample } from './detect.ts'
import { isJsonLines } from './lines.ts'

export const UPLOAD_BYTES_MAX = 4 * 2 ** 30
const HEAD_BYTES = 256 * 1024
const PIECE_BYTES = 32 * 1024
const CHUNK_BYTES = 128 * 1024
const ABANDONED_MS = 24 * 3600 * 1000

export const uploadPath = (data: string, file: string): string => join(data, 'uploads', file)

/** Writes an upload to the uploads folder; on disk when it returns. Answers its name there. */
export async function keepUpload(data: string, bytes: AsyncIterable<Uint8Array>): Promise<{ file: string; bytes: number }> {
  const folder = join(data, 'uploads')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = randomBytes(16).toString('hex')
  const path = join(folder, file)
  try {
    const handle = await open(path, 'wx', 0o600)
    let size = 0
    try {
      for await (const chunk of bytes) {
        size += chunk.length
        if (size > UPLOAD_BYTES_MAX) throw new Fault('import.too_large', { limit: '4 GB' })
        await writeAll(handle, chunk)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await syncFolder(folder)
    return { file, bytes: size }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const forgetUpload = (data: string, file: string): Promise<void> => rm(uploadPath(data, file), { force: true })

/** Removes what broken-off uploads left in the folder. A file that is still being written is younger than a day. */
export async function sweepUploads(data: string, kept: ReadonlySet<string>, now: number): Promise<void> {
  const folder = join(data, 'uploads')
  for (const file of await readdir(folder).catch(() => [] as string[])) {
    if (kept.has(file) || !/^[0-9a-f]{32}$/.test(file)) continue
    const { mtimeMs } = await stat(join(folder, file)).catch(() => ({ mtimeMs: now }))
    if (now - mtimeMs > ABANDONED_MS) await rm(join(folder, file), { force: true })
  }
}

/** Looks into a file: its beginning, and some lines from further in. Throws a Fault that says what it is when it is no table. */
export async function sampleOf(path: string, asked?: Encoding): Promise<Sample & { isGzip: boolean }> {
  const { size } = await stat(path).catch(cause => {
    throw new Fault('import.file_gone', {}, { cause })
  })
  const start = await piece(path, 0, HEAD_BYTES)
  const isGzip = kindOf(start) === 'gzip'
  const head = isGzip ? await unpackedHead(path) : start
  const kind = kindOf(head)
  if (kind === 'empty') throw new Fault('import.empty')
  if (kind !== 'text' && !(kind === 'json' && isJsonLines(head.toString('utf8'))))
    throw new Fault('import.not_a_table', { kind: t(`imports:kind.${kind === 'gzip' ? 'zip' : kind}`) })
  const isWhole = isGzip ? head.length < HEAD_BYTES : size <= HEAD_BYTES
  const offsets = isGzip || isWhole ? [] : [0.25, 0.5, 0.75, 1].map(share => Math.floor((size - PIECE_BYTES) * share))
  const raw = await Promise.all(offsets.map(offset => piece(path, offset, PIECE_BYTES)))
  const pieces = raw.map(wholeLines).filter(bytes => bytes.length > 0)
  const encoding = asked ?? encodingOf(head, pieces)
  // In UTF-16 a line feed is two bytes: pieces cut at single ones would be shifted by half a character.
  const readable = encoding.startsWith('utf-16') ? [] : pieces.map(bytes => decoderOf(encoding).decode(bytes))
  const text = decoderOf(encoding).decode(head)
  if (text.trim() === '') throw new Fault('import.empty')
  return { encoding, head: text, isWhole, pieces: readable, isGzip }
}

async function piece(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, offset))
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

const LINE_FEED = 10
function wholeLines(bytes: Buffer): Buffer {
  const from = bytes.indexOf(LINE_FEED)
  const to = bytes.lastIndexOf(LINE_FEED)
  return from < 0 || to <= from ? bytes.subarray(0, 0) : bytes.subarray(from + 1, to)
}

async function unpackedHead(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const { bytes } of bytesOf(path, true)) {
    chunks.push(bytes)
    size += bytes.length
    if (size >= HEAD_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES)
}

/** The bytes of a file, unpacked when it is compressed, with the position in the file itself. */
async function* bytesOf(path: string, isGzip: boolean): AsyncGenerator<{ bytes: Buffer; position: number }> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const stream: Readable = isGzip ? unpacked(file) : file
  try {
    for await (const bytes of stream) yield { bytes: bytes as Buffer, position: file.bytesRead }
  } catch (error) {
    if (isGzip && (error as { code?: string }).code?.startsWith('Z_'))
      throw new Fault('import.gzip_damaged', { detail: (error as Error).message }, { cause: error })
    throw error
  } finally {
    file.destroy()
    stream.destroy()
  }
}

function unpacked(file: Readable): Gunzip {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  file.on('error', error => gunzip.destroy(error))
  return file.pipe(gunzip)
}

/** The text of a file piece by piece, with the share of the file that has been read. */
export async function* textOf(path: string, encoding: Encoding): AsyncGenerator<{ text: string; share: number }> {
  const { size } = await stat(path).catch(cause => {
    throw new Fault('import.file_gone', {}, { cause })
  })
  const isGzip = kindOf(await piece(path, 0, 4)) === 'gzip'
  const decoder = decoderOf(encoding)
  for await (const { bytes, position } of bytesOf(path, isGzip))
    yield { text: decoder.decode(bytes, { stream: true }), share: Math.min(1, position / size) }
  yield { text: decoder.decode(), share: 1 }
}
