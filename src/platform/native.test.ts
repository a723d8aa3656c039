import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NativeReader, type Texts } from './native.ts'

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from(varint(bytes.length)), bytes])
}
const double = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
type Row = { at: number; code: number; word: string }
const blockOf = (rows: Row[]) =>
  Buffer.concat([
    Buffer.from([...varint(3), ...varint(rows.length)]),
    ...[text('at'), text('Float64'), ...rows.map(row => double(row.at))],
    ...[text('code'), text('UInt8'), Buffer.from(rows.map(row => row.code))],
    ...[text('word'), text('String'), ...rows.map(row => text(row.word))],
  ])

const row = fc.record({
  at: fc.double(),
  code: fc.nat(255),
  word: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constant(''), fc.constantFrom('EUR', 'USD')),
})

test('blocks come out as they were, in whatever pieces they arrive, and each as soon as it is complete', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(row, { maxLength: 200 }), { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 900 })),
      (blocks, sizes) => {
        const bytes = Buffer.concat(blocks.map(blockOf))
        const reader = new NativeReader()
        const found: Row[][] = []
        const take = () => {
          for (let block = reader.next(); block !== null; block = reader.next()) {
            const [at, code, word] = block.columns as [Float64Array, Uint8Array, Texts]
            found.push(
              Array.from({ length: block.rows }, (_, i) => {
                expect(word.isEmpty(i)).toBe(word.text(i) === '')
                expect(word.word(i)).toBe(word.text(i))
                return { at: at[i] ?? 0, code: code[i] ?? 0, word: word.text(i) }
              }),
            )
          }
        }
        for (let at = 0; at < bytes.length; ) {
          const piece = bytes.subarray(at, at + (sizes.next().value as number))
          reader.push(piece)
          at += piece.length
          take()
        }
        reader.end()
        expect(found).toEqual(blocks.map(rows => rows.map(one => ({ ...one, word: Buffer.from(one.word).toString() }))))
      },
    ),
    { numRuns: 300 },
  )
})

test('an answer that ends in the middle of a block does not pass for a whole one', () => {
  const reader = new NativeReader()
  const bytes = blockOf([{ at: 1, code: 2, word: 'three' }])
  reader.push(bytes.subarray(0, bytes.length - 1))
  expect(reader.next()).toBeNull()
  expect(() => reader.end()).toThrow('middle of a block')
})
