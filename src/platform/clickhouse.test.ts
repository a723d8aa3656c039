import { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { INSERT_ROWS_MAX, instantSql } from './clickhouse.ts'
import { type TestStores, testStores } from './testing.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await testStores()
  await stores.history.command(
    "create table t (a UInt64, at DateTime64(3, 'UTC'), s String, n Nullable(Int64)) engine = MergeTree order by a",
  )
})
afterAll(() => stores[Symbol.asyncDispose]())

test('every text comes back as it was sent, bound or inserted', async () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'\\\'"`\0\n\r\t\b\f{}:$-/*;NTé') }))
  const texts = fc.sample(fc.array(text, { minLength: 1, maxLength: 20 }), { numRuns: 40, seed: 1 })
  for (const list of texts) {
    const [row] = await stores.history.rows<{ list: string[]; one: string }>(
      'select {list:Array(String)} as list, {one:String} as one',
      { list, one: list[0] ?? '' },
    )
    expect(row).toEqual({ list, one: list[0] })
  }
  const all = texts.flat()
  await stores.history.insert(
    't',
    all.map((s, i) => ({ a: 1e6 + i, at: 0, s })),
  )
  expect((await stores.history.rows<{ s: string }>('select s from t where a >= 1000000 order by a')).map(row => row.s)).toEqual(
    all,
  )
})

test('instants survive binding, inserting and reading, also before 1970 and after 2100', async () => {
  for (const at of [0, -1, -1_000_123, 1_700_000_000_123, 4_200_000_000_000, Date.UTC(1900, 0, 2)]) {
    const [row] = await stores.history.rows(
      'select {d:DateTime64(3)} as d, {s:DateTime64(3)} as s, {x:Nullable(DateTime64(3))} as x',
      { d: new Date(at), s: instantSql(at), x: null },
    )
    expect(row).toEqual({ d: new Date(at).toISOString(), s: new Date(at).toISOString(), x: null })
  }
})

test('numbers, lists and nothing are bound by their type', async () => {
  const sql =
    'select {n:UInt64} as n, {list:Array(UInt64)} as list, {nothing:Nullable(Int64)} as nothing, {b:Bool} as b from numbers(5) limit {limit:UInt64}'
  expect(await stores.history.rows(sql, { n: 2n ** 53n - 1n, list: [1, 2, 3], nothing: null, b: true, limit: 1 })).toEqual([
    { n: Number.MAX_SAFE_INTEGER, list: [1, 2, 3], nothing: null, b: true },
  ])
})

test('lists that are longer than a URL may be are bound all the same', async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i * 1_000_003)
  const words = ids.map(id => `word '${id}'\r\n--`)
  const [row] = await stores.history.rows<{ n: number; sum: number; last: string }>(
    'select length({ids:Array(UInt64)}) as n, arraySum({ids:Array(UInt64)}) as sum, {words:Array(String)}[20000] as last',
    { ids, words },
  )
  expect(row).toEqual({ n: 20_000, sum: ids.reduce((sum, id) => sum + id, 0), last: words.at(-1) })
})

test('an insert lands as one block, up to its bound, and beyond it is refused', async () => {
  const rows = Array.from({ length: INSERT_ROWS_MAX }, (_, a) => ({ a, at: instantSql(a), s: 'x'.repeat(300) }))
  await stores.history.command('create table blocks as t engine = MergeTree order by a')
  await stores.history.insert('blocks', rows)
  expect(
    await stores.history.rows("select rows from system.parts where database = currentDatabase() and table = 'blocks' and active"),
  ).toEqual([{ rows: INSERT_ROWS_MAX }])
  await expect(stores.history.insert('blocks', [...rows, { a: 1 }])).rejects.toThrow(RangeError)
})

test('an insert with one bad row writes none of them', async () => {
  await stores.history.command('create table whole as t engine = MergeTree order by a')
  await expect(stores.history.insert('whole', [{ a: 1 }, { a: 'many' }, { a: 3 }])).rejects.toThrow()
  expect(await stores.history.rows('select count() as c from whole')).toEqual([{ c: 0 }])
})

test('a row with other columns than the first is refused, not cut to size', async () => {
  await expect(stores.history.insert('t', [{ a: 1 }, { a: 2, s: 'x' }])).rejects.toThrow(TypeError)
  await expect(stores.history.insert('t', [{ a: 1 }, { s: 'x' }])).rejects.toThrow()
})

test('a large read arrives as bytes, in order, and can be left early', async () => {
  let bytes = 0
  for await (const chunk of stores.history.stream('select number from numbers({n:UInt64})', { n: 1_000_000 }))
    bytes += chunk.length
  expect(bytes).toBe(8_000_000)
  for await (const chunk of stores.history.stream('select number from numbers(100000000)')) {
    expect(chunk.readBigUInt64LE(8)).toBe(1n)
    break
  }
  expect(await stores.history.rows('select 1 as one')).toEqual([{ one: 1 }])
})

test('a read that fails in the middle does not pass for a short one', async () => {
  const read = async () => {
    for await (const _ of stores.history.stream('select throwIf(number = 3000000) from numbers(10000000)')) {
      // The bytes before the failure.
    }
  }
  await expect(read()).rejects.toThrow()
  await expect(stores.history.rows('select throwIf(number = 3000000) from numbers(10000000)')).rejects.toThrow()
})

test('errors carry the code and the name that ClickHouse gives them', async () => {
  await expect(stores.history.rows('select * from nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
  await expect(stores.history.rows('selec 1')).rejects.toMatchObject({ code: '62', type: 'SYNTAX_ERROR' })
  await expect(stores.history.rows('select {x:String}')).rejects.toMatchObject({ code: '456' })
})

test('slow statements hold up neither each other nor the question whether it lives', async () => {
  const slow = Promise.all(Array.from({ length: 5 }, () => stores.history.rows('select sleep(1)')))
  const started = performance.now()
  const { origin } = new URL(stores.clickhouseUrl)
  expect(await (await fetch(`${origin}/ping`)).text()).toBe('Ok.\n')
  expect(performance.now() - started).toBeLessThan(900)
  await slow
  expect(performance.now() - started).toBeLessThan(4_000)
})

test('settings of one request are gone with the next', async () => {
  const client = createClient({ url: stores.clickhouseUrl })
  const threads = async (settings: Record<string, number> = {}) =>
    (
      await (
        await client.query({
          query: "select getSetting('max_threads') as t",
          format: 'JSONEachRow',
          clickhouse_settings: settings,
        })
      ).json<{ t: number }>()
    )[0]?.t
  const before = await threads()
  expect(await threads({ max_threads: 7 })).toBe(7)
  await client.command({ query: 'set max_threads = 7' })
  expect(await Promise.all([threads(), threads(), threads()])).toEqual([before, before, before])
  await client.close()
})

test('the official client can insert and read every common format', async () => {
  const client = createClient({ url: stores.clickhouseUrl, compression: { request: true, response: true } })
  await client.command({ query: 'create table formats (a UInt64, s String) engine = MergeTree order by a' })
  await client.insert({ table: 'formats', values: [{ a: 1, s: 'é' }], format: 'JSONEachRow' })
  await client.insert({ table: 'formats', values: [[2, 'b']], format: 'JSONCompactEachRow', columns: ['a', 's'] })
  await client.insert({ table: 'formats', values: Readable.from(['3,c\n'], { objectMode: false }), format: 'CSV' })
  const rows = [
    { a: '1', s: 'é' },
    { a: '2', s: 'b' },
    { a: '3', s: 'c' },
  ]
  const read = async (format: 'JSON' | 'JSONEachRow') =>
    (
      await client.query({
        query: 'select a, s from formats order by a',
        format,
        clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
      })
    ).json()
  expect(await read('JSONEachRow')).toEqual(rows)
  expect(await read('JSON')).toMatchObject({ data: rows, rows: 3 })
  await client.close()
})

test('without the password there is no answer', async () => {
  const { origin } = new URL(stores.clickhouseUrl)
  const response = await fetch(`${origin}/?query=select%201`, { headers: { authorization: `Basic ${btoa('perennial:wrong')}` } })
  expect(response.status).toBe(403)
  expect(response.headers.get('x-clickhouse-exception-code')).toBe('516')
})
