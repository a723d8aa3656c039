import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convert, exponentOf, type Rates, worthOf } from './contract.ts'
import { ratesIn } from './rates.ts'

const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
const rate = (currency: string, day: string, value: string) => ({
  currency,
  day,
  rate: value,
  from: new Date(at(day)).toISOString(),
})
const RATES: Rates = {
  base: 'EUR',
  items: [
    rate('JPY', '2026-01-01', '0.0061'),
    rate('USD', '2026-01-01', '0.92'),
    rate('USD', '2026-03-01', '0.95'),
    rate('KWD', '2026-01-01', '3'),
  ],
}

test('an amount is worth what the rate of its day says, and nothing is known before the first', () => {
  expect(convert(1_000, 'EUR', at('1999-01-01'), RATES)).toBe(1_000)
  expect(convert(1_000, 'USD', at('2025-12-31'), RATES)).toBeNull()
  expect(convert(1_000, 'USD', at('2026-01-01'), RATES)).toBe(920)
  expect(convert(1_000, 'USD', at('2026-03-01') - 1, RATES)).toBe(920)
  expect(convert(1_000, 'USD', at('2026-03-01'), RATES)).toBe(950)
  expect(convert(1_000, 'GBP', at('2026-03-01'), RATES)).toBeNull()
  // Decimals differ: ¥1,000 and 1.500 dinars.
  expect(convert(1_000, 'JPY', at('2026-02-01'), RATES)).toBe(610)
  expect(convert(1_500, 'KWD', at('2026-02-01'), RATES)).toBe(450)
})

test('conversion is exact, rounds halves away from zero, and a refund is worth what its order was', () => {
  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 999_999 }))
    .map(([a, b]) => `${a}.${String(b).padStart(6, '0')}`)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e8 }),
      decimal,
      fc.constantFrom('USD', 'JPY', 'KWD'),
      fc.constantFrom('EUR', 'JPY', 'KWD'),
      (amount, value, currency, base) => {
        if (currency === base) return
        const rates = { base, items: [rate(currency, '2026-01-01', value)] }
        const converted = convert(amount, currency, at('2026-02-01'), rates)
        const micros = BigInt(amount) * BigInt(value.replace('.', '')) * 10n ** BigInt(exponentOf(base))
        const by = 10n ** BigInt(6 + exponentOf(currency))
        const rest = micros - BigInt(converted ?? 0) * by
        expect(2n * (rest < 0n ? -rest : rest) <= by).toBe(true)
        expect(convert(-amount, currency, at('2026-02-01'), rates)).toBe(converted === 0 ? 0 : -(converted ?? 0))
      },
    ),
  )
})

test('what has no rate stands apart and is in no sum', () => {
  const amounts = [
    { amount: 100, currency: 'EUR', at: at('2026-02-01') },
    { amount: 1_000, currency: 'USD', at: at('2026-02-01') },
    { amount: 1_000, currency: 'USD', at: at('2026-04-01') },
    { amount: 700, currency: 'USD', at: at('2025-02-01') },
    { amount: 300, currency: 'GBP', at: at('2026-02-01') },
  ]
  expect(worthOf(amounts, RATES)).toEqual({
    parts: [
      { amount: 100, currency: 'EUR' },
      { amount: 300, currency: 'GBP' },
      { amount: 2_700, currency: 'USD' },
    ],
    total: { amount: 100 + 920 + 950, currency: 'EUR' },
    unconverted: [
      { amount: 300, currency: 'GBP' },
      { amount: 700, currency: 'USD' },
    ],
  })
  expect(worthOf(amounts.slice(4), RATES)).toMatchObject({ total: null })
  expect(worthOf([], RATES)).toEqual({ parts: [], total: null, unconverted: [] })
})

const known = (code: string) => ['USD', 'GBP', 'EUR'].includes(code)
test.each([
  ['USD,2026-01-01,0.92'],
  ['"usd","2026-01-01","0.920"'],
  ['2026-01-01 USD 0.92'],
  ['USD;01.01.2026;0,92'],
  ['Currency,From,Rate\r\n\r\nUSD,2026-01-01,00.92\r\nUSD,2026-01-01,0.92'],
  ['0.92\t1.1.2026\tUSD'],
])('pasted lines are read: %j', text => {
  expect(ratesIn(text, 'EUR', known)).toEqual({ items: [{ currency: 'USD', day: '2026-01-01', rate: '0.92' }], rejects: [] })
})

test('what says no rate is told line by line', () => {
  const text =
    'USD,2026-01-01,0.92\nDOGE,2026-01-01,1\nEUR,2026-01-01,1\nUSD,2026-02-30,1\nUSD,1/2/2026,1\nUSD,2026-01-02,0\nUSD,2026-01-02,-1\nUSD,2026-01-01,0.93\nUSD'
  expect(ratesIn(text, 'EUR', known).rejects.map(({ line, code }) => [line, code])).toEqual([
    [2, 'currency'],
    [3, 'own_currency'],
    [4, 'day'],
    [5, 'day'],
    [6, 'rate'],
    [7, 'rate'],
    [8, 'twice'],
    [9, 'cells'],
  ])
})
