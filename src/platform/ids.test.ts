import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instantSql } from './clickhouse.ts'
import { derivedId } from './ids.ts'

test('an id derived from its cause is a UUID, the same for the same parts and another for others', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.array(fc.string(), { maxLength: 4 }), (a, b) => {
      expect(derivedId(...a)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(derivedId(...a) === derivedId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})

test('an instant is written as Date would write it, in every century', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2_208_988_800_000, max: 10_413_791_999_999 }), ms => {
      expect(instantSql(ms)).toBe(new Date(ms).toISOString().replace('T', ' ').slice(0, -1))
    }),
  )
})
