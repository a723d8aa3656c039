import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable } from 'node:stream'

const path = (data: string, file: string): string => join(data, 'exports', file)

/** Writes a piece behind the first `from` bytes and cuts off what an interrupted try left there; on disk when it answers. */
export async function writePiece(data: string, file: string, from: number, text: string): Promise<number> {
  await mkdir(join(data, 'exports'), { recursive: true, mode: 0o700 })
  const handle = await open(path(data, file), 'a', 0o600)
  try {
    await handle.truncate(from)
    const bytes = Buffer.from(text)
    await handle.appendFile(bytes)
    await handle.datasync()
    return from + bytes.length
  } finally {
    await handle.close()
  }
}

/** The bytes of a file; null when it is not there. */
export async function readFile(data: string, file: string): Promise<Readable | null> {
  try {
    const handle = await open(path(data, file))
    await handle.close()
  } catch {
    return null
  }
  return createReadStream(path(data, file))
}

export const forgetFile = (data: string, file: string): Promise<void> => rm(path(data, file), { force: true })
