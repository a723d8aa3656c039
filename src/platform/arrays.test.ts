import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { booleans, instants, numbers, texts } from './arrays.ts'
import { type TestStores, testStores } from './testing.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await testStores()
})
afterAll(() => stores[Symbol.asyncDispose]())

const back = async <T>(array: string, type: string): Promise<T[]> => {
  const { rows } = await sql<{ value: T }>`select unnest(${array}::${sql.raw(type)}) as value`.execute(stores.db)
  return rows.map(row => row.value)
}

test('every text comes back as it was', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('null', 'NULL', '', ' ', '{}', '","', '\\', '\\"', '\n\t\r\b', '{"a":"\\u0001\\n"}', '\u2028'),
  )
  const plain = text.map(one => one.replaceAll('\0', '').toWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(plain), { maxLength: 30 }), async values => {
      expect(await back(texts(values), 'text[]')).toEqual(values)
    }),
    { numRuns: 150 },
  )
})

test('numbers, instants and truths come back as they were', async () => {
  const at = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(9999, 11) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.maxSafeInteger())),
      fc.array(fc.option(at)),
      fc.array(fc.boolean()),
      async (all, times, truths) => {
        expect(await back(numbers(all), 'bigint[]')).toEqual(all)
        expect((await back<Date | null>(instants(times), 'timestamptz[]')).map(time => time?.getTime() ?? null)).toEqual(times)
        expect(await back(booleans(truths), 'boolean[]')).toEqual(truths)
      },
    ),
    { numRuns: 40 },
  )
})
