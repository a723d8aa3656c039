/** Reads rows of ClickHouse's RowBinary as its pieces arrive; a row that is cut off is read again when the rest is there. */
export class RowReader {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  readonly #words = new Map<string, string>()

  push(piece: Buffer): void {
    this.#bytes = this.#at >= this.#bytes.length ? piece : Buffer.concat([this.#bytes.subarray(this.#at), piece])
    this.#at = 0
  }

  /** The next row, or null when it has not arrived as a whole. */
  next<Row>(read: (reader: this) => Row): Row | null {
    const began = this.#at
    if (began >= this.#bytes.length) return null
    try {
      return read(this)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#at = began
      return null
    }
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1))
  }

  int64(): number {
    const at = this.#take(8)
    return this.#bytes.readInt32LE(at + 4) * 4_294_967_296 + this.#bytes.readUInt32LE(at)
  }

  /** Text that is different in every row. */
  text(): string {
    const length = this.#length()
    const at = this.#take(length)
    return this.#bytes.toString('latin1', at, this.#at)
  }

  /** Text of which there are few: each is one string in memory. */
  word(): string {
    const text = this.text()
    const known = this.#words.get(text)
    if (known !== undefined) return known
    this.#words.set(text, text)
    return text
  }

  #length(): number {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.uint8()
      length |= (byte & 127) << shift
      if (byte < 128) return length
    }
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#bytes.length) throw new RangeError('The row goes on in the next piece.')
    this.#at += count
    return at
  }
}
