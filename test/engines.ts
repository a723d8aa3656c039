import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type TestProject } from 'vitest/node'
import { startEngines } from '../src/platform/engines/index.ts'
import { openLog } from '../src/platform/log.ts'
import { migrate } from '../src/platform/migrate.ts'
import { TEMPLATE, withDatabase } from '../src/platform/testing.ts'

/** One pair of engines for the whole run, in a folder that is thrown away; every test file works in databases of its own. */
export default async function startForTests(project: TestProject): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'perennial-test-'))
  chmodSync(data, 0o755)
  const log = openLog('warn')
  const engines = await startEngines({ data, log })
  const { databaseUrl, clickhouseUrl } = engines
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`create database ${TEMPLATE}`)
  await client.end()
  await migrate({ databaseUrl: withDatabase(databaseUrl, TEMPLATE), clickhouseUrl, log })
  project.provide('databaseUrl', databaseUrl)
  project.provide('clickhouseUrl', clickhouseUrl)
  return async () => {
    await engines[Symbol.asyncDispose]()
    rmSync(data, { recursive: true, force: true })
  }
}
