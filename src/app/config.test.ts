import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('it starts with no configuration at all', () => {
  expect(readConfig({})).toMatchObject({ data: './data', port: 4400, publicUrl: null, databaseUrl: null, clickhouseUrl: null })
})

test('an empty variable counts as absent', () => {
  expect(readConfig({ PERENNIAL_PORT: '', DATABASE_URL: '' })).toEqual(readConfig({}))
})

test('every problem is named in one go, by the name of its variable', () => {
  const read = () =>
    readConfig({
      PERENNIAL_PORT: 'http',
      PERENNIAL_URL: 'ftp://shop',
      DATABASE_URL: 'mysql://x',
      CLICKHOUSE_URL: 'nowhere',
    })
  expect(read).toThrow(/PERENNIAL_PORT.*PERENNIAL_URL.*DATABASE_URL.*CLICKHOUSE_URL/s)
  expect(read).toThrow(expect.objectContaining({ code: 'config.invalid' }))
})

test('the addresses of the company’s own stores are taken as they are', () => {
  const urls = {
    DATABASE_URL: 'postgresql://a:b@db.example:5432/perennial?sslmode=require',
    CLICKHOUSE_URL: 'https://a:b@ch.example:8443/perennial',
  }
  expect(readConfig(urls)).toMatchObject({ databaseUrl: urls.DATABASE_URL, clickhouseUrl: urls.CLICKHOUSE_URL })
})
