/** Text of many rows: read when asked for. */
export type Texts = { isEmpty: (row: number) => boolean; text: (row: number) => string; word: (row: number) => string }
export type Column = Float64Array | Uint8Array | Texts
/** Valid until the next one is asked for: what holds it is used again. */
export type Block = { rows: number; columns: Column[] }

/**
 * Reads blocks of ClickHouse's Native format as its pieces arrive: columns of Float64, UInt8 and String, as they lie.
 * Nothing is made for a row, which is what makes reading twenty million of them cheap.
 */
export class NativeReader {
  /** What has come and is not read yet: the bytes from `#at` to `#end`. */
  #bytes = Buffer.alloc(1 << 20)
  #at = 0
  #end = 0
  /** No block is complete before there are so many bytes. */
  #need = 1
  readonly #words = new Map<number, string>()
  readonly #numbers: Float64Array[] = []
  readonly #begins: Int32Array[] = []
  readonly #ends: Int32Array[] = []

  push(piece: Buffer): void {
    if (this.#end + piece.length > this.#bytes.length) this.#makeRoom(piece.length)
    piece.copy(this.#bytes, this.#end)
    this.#end += piece.length
  }

  #makeRoom(count: number): void {
    const length = this.#end - this.#at
    const bytes = length + count > this.#bytes.length / 2 ? Buffer.alloc((length + count) * 4) : this.#bytes
    this.#bytes.copy(bytes, 0, this.#at, this.#end)
    this.#bytes = bytes
    this.#at = 0
    this.#end = length
  }

  /** To be called when no piece comes any more: what was begun must have arrived. */
  end(): void {
    if (this.#end > this.#at) throw new RangeError('The answer ended in the middle of a block.')
  }

  /** The next block, or null when it has not arrived as a whole. */
  next(): Block | null {
    const length = this.#end - this.#at
    if (length < this.#need) return null
    const cursor = new Cursor(this.#bytes.subarray(this.#at, this.#end))
    const block = this.#block(cursor)
    if (block === null) {
      this.#need = Math.max(cursor.need, length + 1)
      return null
    }
    this.#at += cursor.at
    this.#need = 1
    return block
  }

  #block(cursor: Cursor): Block | null {
    const count = cursor.varint()
    const rows = count === null ? null : cursor.varint()
    if (count === null || rows === null) return null
    const columns: Column[] = []
    for (let i = 0; i < count; i++) {
      // Nothing is read behind what has not come.
      const type = cursor.string() === null ? null : cursor.string()
      const column = type === null ? null : this.#column(cursor, type, rows, i)
      if (column === null) return null
      columns.push(column)
    }
    return { rows, columns }
  }

  #column(cursor: Cursor, type: string, rows: number, i: number): Column | null {
    switch (type) {
      case 'Float64': {
        const bytes = cursor.take(rows * 8)
        if (bytes === null) return null
        // A copy, because it must begin at a multiple of eight.
        const numbers = this.#room(this.#numbers, i, rows, Float64Array)
        new Uint8Array(numbers.buffer).set(bytes)
        return numbers
      }
      case 'UInt8':
        return cursor.take(rows)
      case 'String':
        return this.#texts(cursor, rows, i)
      default:
        throw new TypeError(`A column of ${type} is not read here.`)
    }
  }

  /** As many numbers of a column as there are rows, where those of the block before were. */
  #room<T extends Float64Array | Int32Array>(of: T[], i: number, rows: number, make: new (length: number) => T): T {
    const known = of[i]
    const room = known !== undefined && known.length >= rows ? known : new make(rows)
    of[i] = room
    return room
  }

  #texts(cursor: Cursor, rows: number, column: number): Texts | null {
    const ends = this.#room(this.#ends, column, rows, Int32Array)
    const begins = this.#room(this.#begins, column, rows, Int32Array)
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
        const begin = begins[row] as number
        const length = (ends[row] as number) - begin
        if (length !== 3) return length === 0 ? '' : text(row)
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
