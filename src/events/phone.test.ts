import { expect, test } from 'vitest'
import { phoneOf } from './phone.ts'

test('one number is one number, however it is written', () => {
  for (const written of ['+49 30 901820', '0049 30 901820', '030 901820', '(030) 90 18 20', '+49-30-901820'])
    expect(phoneOf(written, 'DE'), written).toBe('+4930901820')
})

test('a number that could be at home anywhere, one that is too short, and one with an extension find nobody', () => {
  expect(phoneOf('030 901820', null)).toBeNull()
  expect(phoneOf('+49 30 901820', null)).toBe('+4930901820')
  for (const written of ['', '12', 'call me', '+49 30 901820 ext. 7', '+1 555', '0'.repeat(100)])
    expect(phoneOf(written, 'DE'), written).toBeNull()
})
