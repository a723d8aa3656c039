import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Delimiter, isBlank, RECORD_CHARS_MAX, RecordReader, recordsOf } from './records.ts'

const cellsOf = (text: string, delimiter: Delimiter = ',', columns: number | null = null) =>
  recordsOf(text, delimiter, columns).map(record => record.cells)
const troubles = (text: string, columns: number | null = null) =>
  recordsOf(text, ',', columns).map(record => [record.row, record.trouble])

describe('records', () => {
  it('reads what csv-parse reads, however the text is cut into pieces', () => {
    const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', ' ', 'a', ';', 'ü') }))
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (rows, delimiter, size, isQuoted) => {
          const text = stringify(rows, { delimiter, quoted: isQuoted, quoted_match: /^\s|\s$|[\r\n]/ })
          const expected = parse(text, { delimiter, relax_column_count: true, skip_empty_lines: false }) as string[][]
          const read: string[][] = []
          const reader = new RecordReader(delimiter as Delimiter, cells => read.push(cells))
          for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
          reader.end()
          expect(read).toEqual(expected)
        },
      ),
    )
  })

  const spectrum = '../shared/corpora/csv/csv-spectrum/'
  it.skipIf(!existsSync(spectrum))('reads the csv-spectrum collection', () => {
    // In location_coordinates the collection's own two files disagree on the phone number.
    for (const file of readdirSync(`${spectrum}csvs`).filter(name => !name.startsWith('location'))) {
      const [header = [], ...rows] = cellsOf(readFileSync(`${spectrum}csvs/${file}`, 'utf8'))
      const expected = JSON.parse(readFileSync(`${spectrum}json/${file.replace('.csv', '.json')}`, 'utf8'))
      expect(rows.filter(row => !isBlank(row)).map(row => Object.fromEntries(header.map((name, i) => [name, row[i]])))).toEqual(
        expected,
      )
    }
  })

  it('numbers records as a spreadsheet does, blank lines included', () => {
    expect(recordsOf('a,b\n\n1,2\r\n3,4', ',').map(record => [record.row, ...record.cells])).toEqual([
      [1, 'a', 'b'],
      [2, ''],
      [3, '1', '2'],
      [4, '3', '4'],
    ])
  })

  it('loses one line, not the rest of the file, to a quote that is never closed', () => {
    expect(troubles('a,b\n1,"x\n2,y\n3,"z"\n4,w\n')).toEqual([
      [1, null],
      [2, 'quote'],
      [3, null],
      [4, null],
      [5, null],
    ])
    expect(troubles('a,b\n1,"x\n2,y\n')).toEqual([
      [1, null],
      [2, 'quote'],
      [3, null],
    ])
    expect(troubles('a,b\n1,"x"y\n2,y\n')).toEqual([
      [1, null],
      [2, 'quote'],
      [3, null],
    ])
  })

  it('does not believe a record of several lines with the wrong number of cells', () => {
    const text = 'a,b\n1,"x\n2,y\n3,z",w\n4,v\n'
    expect(troubles(text, 2).filter(([, trouble]) => trouble !== null)).toEqual([[2, 'quote']])
    expect(cellsOf('a,b\n1,"x\ny"\n', ',', 2)).toEqual([
      ['a', 'b'],
      ['1', 'x\ny'],
    ])
  })

  it('takes a quote inside a cell as it stands', () => {
    expect(cellsOf('1,5" pipe,2\n')).toEqual([['1', '5" pipe', '2']])
    expect(cellsOf('1, "a, b" ,2\n')).toEqual([['1', 'a, b', '2']])
  })

  it('cuts at runs of spaces', () => {
    expect(cellsOf(' 00004 0001 19970101  2   29.33\r\n 1 2 3 4 5\r\n', ' ')).toEqual([
      ['00004', '0001', '19970101', '2', '29.33'],
      ['1', '2', '3', '4', '5'],
    ])
  })

  it('knows line ends of old Macs', () => {
    expect(cellsOf('a,b\r1,2\r3,4')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ])
  })

  it('holds a bounded piece of a line or a quote without an end, and goes on behind it', () => {
    for (const opening of ['x', '"x']) {
      const seen: [number, string | null][] = []
      let longest = 0
      const reader = new RecordReader(',', (cells, row, trouble) => {
        longest = Math.max(longest, ...cells.map(cell => cell.length))
        seen.push([row, trouble])
      })
      reader.push(`a,b\n1,${opening}`)
      for (let i = 0; i < 100; i++) reader.push('y'.repeat(RECORD_CHARS_MAX / 20))
      reader.push('\n2,z\n')
      reader.end()
      expect(seen.at(0)).toEqual([1, null])
      expect(seen.at(1)?.[1]).toMatch(/quote|too_long/)
      expect(seen.at(-1)).toEqual([3, null])
      expect(longest).toBeLessThan(5_000)
    }
  })
})
