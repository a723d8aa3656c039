export type Encoding = 'utf-8' | 'latin1' | 'utf-16le' | 'utf-16be'
export type FileKind =
  | 'text'
  | 'gzip'
  | 'empty'
  | 'xlsx'
  | 'xls'
  | 'zip'
  | 'pdf'
  | 'image'
  | 'parquet'
  | 'sqlite'
  | 'bzip2'
  | '7z'
  | 'zstd'
  | 'xz'
  | 'html'
  | 'json'
  | 'xml'
  | 'binary'

// The first bytes by which files of other kinds are known.
const MAGIC: readonly (readonly [FileKind, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xls', [0xd0, 0xcf, 0x11, 0xe0]],
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['image', [0x89, 0x50, 0x4e, 0x47]],
  ['image', [0xff, 0xd8, 0xff]],
  ['image', [0x47, 0x49, 0x46, 0x38]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['sqlite', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58]],
]
const ZIP = [0x50, 0x4b]

/** What a file is, by its first bytes. */
export function kindOf(head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty'
  const begins = (magic: readonly number[]) => magic.every((byte, i) => head[i] === byte)
  if (begins(ZIP) && head[2] !== undefined && head[2] < 8 && head[3] !== undefined && head[3] < 9)
    return ascii(head, 4096).includes('xl/') || ascii(head, 4096).includes('[Content_Types].xml') ? 'xlsx' : 'zip'
  const known = MAGIC.find(([, magic]) => begins(magic))
  if (known) return known[0]
  const start = ascii(head, 600)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase()
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html'
  if (start.startsWith('<?xml')) return 'xml'
  if (/^(\{\s*"|\[\s*\{)/.test(start)) return 'json'
  return isBinary(head) ? 'binary' : 'text'
}

const ascii = (bytes: Uint8Array, length: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1')

/** Control characters that no text has, unless it is UTF-16. */
function isBinary(head: Uint8Array): boolean {
  if (head.length === 0 || utf16(head)) return false
  let odd = 0
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++
  return odd > Math.max(4, head.length / 20)
}

function utf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  let even = 0
  let odd = 0
  const pairs = Math.min(head.length >> 1, 2000)
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++
    if (head[2 * i + 1] === 0) odd++
  }
  if (pairs < 4) return null
  return odd > pairs * 0.7 && even < pairs * 0.1 ? 'utf-16le' : even > pairs * 0.7 && odd < pairs * 0.1 ? 'utf-16be' : null
}

/** The encoding of a text file, from its beginning and some pieces of whole lines further in. */
export function encodingOf(head: Uint8Array, pieces: readonly Uint8Array[] = []): Encoding {
  return utf16(head) ?? ([wholeLines(head), ...pieces.map(wholeLines)].every(isUtf8) ? 'utf-8' : 'latin1')
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Without the piece of a character that the end may have cut. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  // At most three bytes of a character can be missing its others.
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) {
      end = bytes.length - back
      break
    }
    if (byte < 0x80) break
  }
  return bytes.subarray(0, end)
}

/** What we call Latin-1 is read as Windows-1252, as browsers do: it has the same letters, and the euro. */
export const decoderOf = (encoding: Encoding): InstanceType<typeof TextDecoder> =>
  new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding)
