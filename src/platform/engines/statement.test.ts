import { describe, expect, test } from 'vitest'
import { bind, prepare, statementsOf } from './statement.ts'

const run = (sql: string, params = {}, settings = {}) => prepare(sql, params, settings).sql

describe('bound values', () => {
  test('a value becomes one quoted literal of its type', () => {
    expect(bind('select {n:UInt64}', { n: '7' })).toBe("select _CAST('7', 'UInt64')")
    expect(bind('select {s: String}', { s: "it's" })).toBe("select 'it\\'s'")
    expect(bind('select {a:Array(String)}', { a: "['x\\'y']" })).toBe("select _CAST('[\\'x\\\\\\'y\\']', 'Array(String)')")
    expect(bind('select {n:Nullable(Int64)}', { n: '\\N' })).toBe("select _CAST(NULL, 'Nullable(Int64)')")
    expect(bind('select * from {t:Identifier}', { t: 'a`b' })).toBe('select * from `a\\`b`')
  })

  test('what looks like a parameter inside a string, a name or a comment is text', () => {
    for (const sql of [
      "select '{n:UInt64}'",
      'select `{n:UInt64}`',
      'select 1 -- {n:UInt64}',
      'select /* {n:UInt64} */ 1',
      "select '''{n:UInt64}'",
      'select $${n:UInt64}$$',
      "select {'a':1}",
    ]) {
      expect(bind(sql, {})).toBe(sql)
    }
  })

  test('a value that looks like SQL stays a value', () => {
    expect(bind('select {s:String}', { s: "'; drop table event; --" })).toBe("select '\\'; drop table event; --'")
    expect(bind('select {s:String}', { s: '\\\\' })).toBe("select '\\\\'")
    expect(bind('select {a:String}, {b:String}', { a: '{b:String}', b: 'x' })).toBe("select '{b:String}', 'x'")
  })

  test('a value that is missing is an error, also when every object has one of that name', () => {
    expect(() => bind('select {n:UInt64}', {})).toThrow(/`n` is not set/)
    expect(() => bind('select {constructor:String}', {})).toThrow(/not set/)
  })
})

describe('settings of one request', () => {
  test('go to the end of a read, also behind a comment', () => {
    expect(run('select 1 -- why', {}, { max_threads: '2' })).toBe('select 1 -- why\nSETTINGS max_threads=2')
    expect(run('select 1;', {}, { a: 'b' })).toBe("select 1\nSETTINGS a='b'")
  })

  test('stand beside those of the statement, which win', () => {
    expect(run('alter table t delete where a settings mutations_sync=1', {}, { a: '1' })).toBe(
      'alter table t delete where a settings a=1,  mutations_sync=1',
    )
    expect(run('insert into t settings x=1 format CSV', {}, { a: '1' })).toBe('insert into t settings a=1,  x=1 format CSV')
    expect(run('select 1 format CSV settings x=1', {}, { a: '1' })).toBe('select 1 \nSETTINGS x=1, a=1')
  })

  test('stand before the data of an insert and behind the select of one', () => {
    expect(run('insert into t (format, values) format JSONEachRow', {}, { a: '1' })).toBe(
      'insert into t (format, values) SETTINGS a=1 format JSONEachRow',
    )
    expect(run('insert into t values (1)', {}, { a: '1' })).toBe('insert into t SETTINGS a=1 values (1)')
    expect(run('insert into t select 1', {}, { a: '1' })).toBe('insert into t select 1\nSETTINGS a=1')
  })

  test('never stay for the next request', () => {
    expect(prepare('set max_threads = 1', {}, { a: '1' })).toMatchObject({ sql: 'set max_threads = 1', changesSession: true })
  })

  test('cannot smuggle a statement in', () => {
    expect(() => run('select 1', {}, { 'a=1; drop table t': '1' })).toThrow(/Unknown setting/)
    expect(run('select 1', {}, { a: "1'; drop" })).toBe("select 1\nSETTINGS a='1\\'; drop'")
  })
})

test('the format a statement asks for is taken out of it', () => {
  expect(prepare('select 1\nFORMAT JSONEachRow', {}, {})).toMatchObject({
    sql: 'select 1\n',
    format: 'JSONEachRow',
    kind: 'read',
  })
  expect(prepare('select format from t', {}, {})).toMatchObject({ sql: 'select format from t', format: undefined })
  expect(prepare("select 'FORMAT CSV'", {}, {})).toMatchObject({ format: undefined })
})

test('an insert takes data unless it brings its own', () => {
  expect(prepare('insert into t format CSV', {}, {}).takesData).toBe(true)
  expect(prepare('insert into t format JSONEachRow {"a":1}', {}, {}).takesData).toBe(false)
  expect(prepare('insert into t select 1', {}, {}).takesData).toBe(false)
  expect(prepare('insert into t values (1)', {}, {}).takesData).toBe(false)
})

test('a file is parted at the semicolons between its statements and nowhere else', () => {
  expect(statementsOf("-- a; b\nselect ';' ;\n\nselect 2;\n-- the end\n")).toEqual(["-- a; b\nselect ';'", 'select 2'])
})
