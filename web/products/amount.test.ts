import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unitsInField, unitsTyped } from './amount.ts'

test('what is typed is what is kept, to the last unit', () => {
  expect(['12.5', '12,50', '0', '7', '1.005', '-1', 'much', '', '1.000,00'].map(text => unitsTyped(text, 'EUR'))).toEqual([
    1250,
    1250,
    0,
    700,
    null,
    null,
    null,
    null,
    null,
  ])
  expect(unitsTyped('1500', 'JPY')).toBe(1500)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
      if (amount < 1e10) expect(unitsTyped(unitsInField({ amount, currency }), currency)).toBe(amount)
    }),
  )
})
