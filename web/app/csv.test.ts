import { expect, test } from 'vitest'
import { csv } from './csv.ts'

test('commas, quotes and line ends stay inside their cell', () => {
  expect(
    csv({
      head: ['a', 'b'],
      rows: [
        ['x, y', 'say "z"'],
        ['two\nlines', null],
      ],
    }),
  ).toBe('a,b\r\n"x, y","say ""z"""\r\n"two\nlines",')
})

test('a text that a spreadsheet would run stays a text, a negative number a number', () => {
  expect(csv({ head: ['a'], rows: [['=1+1'], ['@cmd'], [-5]] })).toBe("a\r\n'=1+1\r\n'@cmd\r\n-5")
})
