import { expect, test } from 'vitest'
import { moneyInWords } from './contract.ts'

test('minor units are written with the decimals they were kept with, whatever the browser would use', () => {
  expect(moneyInWords({ amount: 1234, currency: 'EUR' }, 'en')).toBe('€12.34')
  expect(moneyInWords({ amount: 500, currency: 'JPY' }, 'en')).toBe('¥500')
  expect(moneyInWords({ amount: 123_456, currency: 'HUF' }, 'en').replace(/\s/g, ' ')).toBe('HUF 1,234.56')
  expect(moneyInWords({ amount: 1500, currency: 'IQD' }, 'en').replace(/\s/g, ' ')).toBe('IQD 1.500')
})
