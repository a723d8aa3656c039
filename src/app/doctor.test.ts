import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { emptyStores, testStores } from '../platform/testing.ts'
import { readConfig } from './config.ts'
import { doctor } from './doctor.ts'

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-doctor-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function examine(env: Record<string, string>): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const code = await doctor(readConfig({ PERENNIAL_PORT: '0', ...env }), line => lines.push(line))
  return { code, text: lines.join('\n') }
}

test('healthy stores are told to be so, with what they promise', async () => {
  await using stores = await testStores()
  const { code, text } = await examine({
    PERENNIAL_DATA: dataFolder(),
    DATABASE_URL: stores.databaseUrl,
    CLICKHOUSE_URL: stores.clickhouseUrl,
  })
  expect(text).toMatch(/✓ PostgreSQL 18[^\n]* answers/)
  expect(text).toMatch(/✓ ClickHouse writes to disk before it confirms/)
  expect(text).toMatch(/✓ The PostgreSQL schema is up to date/)
  expect(code).toBe(0)
})

test('what would stop a start is marked, said in words, and gives exit code 1', async () => {
  await using stores = await emptyStores()
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await new Promise(resolve => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const { code, text } = await examine({
    PERENNIAL_DATA: dataFolder(),
    PERENNIAL_PORT: port,
    DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none',
    CLICKHOUSE_URL: stores.clickhouseUrl,
  })
  expect(text).toMatch(new RegExp(`✗ Port ${port} is taken`))
  expect(text).toMatch(/✗ PostgreSQL does not answer/)
  expect(text).toMatch(/✓ ClickHouse .* answers/)
  expect(code).toBe(1)
})

test('a database that may lose confirmed data is a problem', async () => {
  await using stores = await testStores()
  const loose = new URL(stores.databaseUrl)
  loose.searchParams.set('options', '-c synchronous_commit=off')
  const { code, text } = await examine({
    PERENNIAL_DATA: dataFolder(),
    DATABASE_URL: loose.href,
    CLICKHOUSE_URL: inject('clickhouseUrl'),
  })
  expect(text).toMatch(/✗ PostgreSQL may lose confirmed data in a power cut: synchronous_commit is off/)
  expect(code).toBe(1)
})

test('a folder that cannot hold data is a problem', async () => {
  const file = join(dataFolder(), 'file')
  writeFileSync(file, '')
  const { code, text } = await examine({
    PERENNIAL_DATA: join(file, 'data'),
    DATABASE_URL: inject('databaseUrl'),
    CLICKHOUSE_URL: inject('clickhouseUrl'),
  })
  expect(text).toMatch(/✗ The data folder .* cannot be written to/)
  expect(code).toBe(1)
})
