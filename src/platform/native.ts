/** Text of many rows: read when asked for. */
export type Texts = { isEmpty: (row: number) => boolean; text: (row: number) => string; word: (row: number) => string }
export type Column = Float64Array | Uint8Array | Texts
export type Block = { rows: number; columns: Column[] }

/**
 * Reads blocks of ClickHouse's Native format as its pieces arrive: columns of Float64, UInt8 and String, as they lie.
 * Nothing is made for a row, which is what makes reading twenty million of them cheap.
 */
export class NativeReader {
  #pieces: Buffer[] = []
  #length = 0
  /** No block is complete before there are so many bytes. */
  #need = 1
  readonly #words = new Map<number, string>()

  push(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** To be called when no piece comes any more: what was begun must have arrived. */
  end(): void {
    if (this.#length > 0) throw new RangeError('The answer ended in the middle of a block.')
  }

  /** The next block, or null when it has not arrived as a whole. */
  next(): Block | null {
    if (this.#length < this.#need) return null
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    this.#pieces = [bytes]
    const cursor = new Cursor(bytes)
    const block = this.#block(cursor)
    if (block === null) {
      this.#need = Math.max(cursor.need, bytes.length + 1)
      return null
    }
    const rest = bytes.subarray(cursor.at)
    this.#pieces = rest.length === 0 ? [] : [rest]
    this.#length = rest.length
    this.#need = 1
    return block
  }

  #block(cursor: Cursor): Block | null {
    const [count, rows] = [cursor.varint(), cursor.varint()]
    if (count === null || rows === null) return null
    const columns: Column[] = []
    for (let i = 0; i < count; i++) {
      const [name, type] = [cursor.string(), cursor.string()]
      if (name === null || type === null) return null
      const column = this.#column(cursor, type, rows)
      if (column === null) return null
      columns.push(column)
    }
    return { rows, columns }
  }

  #column(cursor: Cursor, type: string, rows: number): Column | null {
    switch (type) {
      case 'Float64': {
        const bytes = cursor.take(rows * 8)
        // A copy, because it must begin at a multiple of eight.
        return bytes && new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + rows * 8))
      }
      case 'UInt8':
        return cursor.take(rows)
      case 'String':
        return this.#texts(cursor, rows)
      default:
        throw new TypeError(`A column of ${type} is not read here.`)
    }
  }

  #texts(cursor: Cursor, rows: number): Texts | null {
    const ends = new Int32Array(rows)
    const begins = new Int32Array(rows)
    const { bytes } = cursor
    let { at } = cursor
    for (let i = 0; i < rows; i++) {
      let length = 0
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]
        // Every row that is still to come takes a byte at least.
        if (byte === undefined) return cursor.lacking(at + rows - i - 1)
        length |= (byte & 127) << shift
        if (byte < 128) break
      }
      begins[i] = at
      at += length
      ends[i] = at
    }
    if (at > bytes.length) return cursor.lacking(at)
    cursor.at = at
    const text = (row: number) => bytes.toString('utf8', begins[row], ends[row])
    return {
      isEmpty: row => begins[row] === ends[row],
      text,
      word: row => {
        const [begin, end] = [begins[row] ?? 0, ends[row] ?? 0]
        if (begin === end) return ''
        if (end - begin !== 3) return text(row)
        const code = ((bytes[begin] ?? 0) << 16) | ((bytes[begin + 1] ?? 0) << 8) | (bytes[begin + 2] ?? 0)
        const known = this.#words.get(code) ?? text(row)
        this.#words.set(code, known)
        return known
      },
    }
  }
}

class Cursor {
  readonly bytes: Buffer
  at = 0
  need = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  lacking(need: number): null {
    this.need = need
    return null
  }

  take(count: number): Buffer | null {
    if (this.at + count > this.bytes.length) return this.lacking(this.at + count)
    this.at += count
    return this.bytes.subarray(this.at - count, this.at)
  }

  varint(): number | null {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) return this.lacking(this.at)
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  string(): string | null {
    const length = this.varint()
    return length === null ? null : (this.take(length)?.toString('utf8') ?? null)
  }
}
