import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exponentOf } from '../../company/contract.ts'
import { decimalEvidence, productUnits, readAmount, rounded, toUnits } from './amounts.ts'
import { currencyOfSign } from './currency.ts'

const minor = (text: string, mark: '.' | ',', exponent = 2) => {
  const read = readAmount(text, mark)
  return read && toUnits(read.value, exponent)
}

describe('amounts', () => {
  it.each([
    ['12.34', '.', 1234],
    ['1,234.56', '.', 123456],
    ['1.234,56', ',', 123456],
    ["1'234.50", '.', 123450],
    ['1 234,50', ',', 123450],
    ['1\u202f234,50\u00a0€', ',', 123450],
    ['€ 12', '.', 1200],
    ['$1,234,567.8', '.', 123456780],
    ['12.50 USD', '.', 1250],
    ['-5.00', '.', -500],
    ['−5.00', '.', -500],
    ['5.00-', '.', -500],
    ['-$5.00', '.', -500],
    ['$-5.00', '.', -500],
    ['(5.00)', '.', -500],
    ['($5.00)', '.', -500],
    ['+5.00', '.', 500],
    ['.5', '.', 50],
    ['5.', '.', 500],
    ['Fr.50', '.', 5000],
    ['Rs. 1,250.5', '.', 125050],
    ['12,34,567.00', '.', 123456700],
    ['0.005', '.', 1],
    ['-0.005', '.', -1],
    ['0.0049999', '.', 0],
    ['1.005', '.', 101],
    ['12.5000', '.', 1250],
    ['0', '.', 0],
    ['-0.00', '.', 0],
  ] as const)('reads %s with decimal %s as %i cents', (text, mark, cents) => {
    expect(minor(text, mark)).toBe(cents)
  })

  it.each([
    ['', '.'],
    ['abc', '.'],
    ['12.34.56', '.'],
    ['1,23', '.'],
    ['12,3456', '.'],
    ['1.2.3', ','],
    ['12 apples and 3 pears', '.'],
    ['2025-01-31', '.'],
    ['1e5', '.'],
    ['12:30', '.'],
    ['9'.repeat(30), '.'],
    ['NaN', '.'],
    ['Infinity', '.'],
    ['=1+1', '.'],
  ] as const)('does not take %s (decimal %s) for an amount', (text, mark) => {
    expect(minor(text, mark)).toBeNull()
  })

  it('reads every amount back that was written in any common style', () => {
    const styles = [
      { mark: '.', group: ',' },
      { mark: ',', group: '.' },
      { mark: ',', group: '\u00a0' },
      { mark: '.', group: "'" },
      { mark: '.', group: '' },
      { mark: ',', group: '' },
    ] as const
    fc.assert(
      fc.property(
        fc.integer({ min: -1e13, max: 1e13 }),
        fc.constantFrom(...styles),
        fc.constantFrom(0, 2, 3),
        (units, { mark, group }, exponent) => {
          const digits = String(Math.abs(units)).padStart(exponent + 1, '0')
          const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, group)
          const text = `${units < 0 ? '-' : ''}${whole}${exponent ? mark + digits.slice(-exponent) : ''}`
          expect(minor(text, mark, exponent)).toBe(units)
        },
      ),
    )
  })

  it('multiplies quantity and price exactly and rounds halves away from zero', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e5, max: 1e5 }),
        fc.integer({ min: 0, max: 1e8 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        (a, b, sa, sb) => {
          const by = 10n ** BigInt(sa + sb)
          const exact = BigInt(a) * BigInt(b) * 100n
          const magnitude = ((exact < 0n ? -exact : exact) * 2n + by) / (by * 2n)
          expect(productUnits({ digits: a, scale: sa }, { digits: b, scale: sb }, 2)).toBe(
            Number(exact < 0n ? -magnitude : magnitude) + 0,
          )
        },
      ),
    )
  })

  it('rounds halves away from zero', () => {
    expect([rounded(5, 1), rounded(4, 1), rounded(-5, 1), rounded(15, 1), rounded(-4, 1)]).toEqual([1, 0, -1, 2, 0])
  })

  it.each([
    ['12.50', '.'],
    ['12,50', ','],
    ['1.234,50', ','],
    ['1,234.50', '.'],
    ['1.234.567', ','],
    ['1.234', 'either'],
    ['1,234', 'either'],
    ['€ 1.234', 'either'],
    ['1234.567', '.'],
    ['0.125', '.'],
    ['1 234,567', ','],
    ['.50', '.'],
    ['12', 'none'],
    ['', 'none'],
  ] as const)('%s says that the decimal mark is %s', (text, evidence) => {
    expect(decimalEvidence(text)).toBe(evidence)
  })

  it('knows decimals and signs of currencies', () => {
    expect(['EUR', 'JPY', 'KWD', 'CLF'].map(exponentOf)).toEqual([2, 0, 3, 4])
    expect(currencyOfSign('$', 'EUR')).toBe('USD')
    expect(currencyOfSign('$', 'CAD')).toBe('CAD')
    expect(currencyOfSign('€', 'USD')).toBe('EUR')
    expect(currencyOfSign('chf', 'EUR')).toBe('CHF')
    expect(currencyOfSign('apples', 'EUR')).toBeUndefined()
  })
})
