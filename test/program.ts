import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Program } from '../src/app/compose.ts'
import { readConfig } from '../src/app/config.ts'
import { server } from '../src/app/serve.ts'
import { LISTENERS } from '../src/app/work.ts'
import { directory } from '../src/customers/index.ts'
import { Onlooker } from '../src/events/catalogue/index.ts'
import { accept, createSource, type Envelope, settleNext, startWorker } from '../src/events/index.ts'
import { Rulebook } from '../src/events/rules/index.ts'
import { installModels, letTimePass } from '../src/lifecycle/index.ts'
import { handClock } from '../src/platform/clock.ts'
import { silentLog } from '../src/platform/log.ts'
import { testStores } from '../src/platform/testing.ts'
import { vaultWith } from '../src/platform/vault.ts'

/** The whole program on stores of its own, with a clock moved by hand, not listening; and a worker that works when told. */
export async function testProgram(now: number) {
  const stores = await testStores()
  const clock = handClock(now)
  const data = mkdtempSync(join(tmpdir(), 'perennial-data-'))
  mkdirSync(join(data, 'uploads'))
  const { db, history } = stores
  await installModels(db, now)
  const program: Program = {
    config: readConfig({}),
    log: silentLog(),
    clock,
    db,
    history,
    databaseUrl: stores.databaseUrl,
    data,
    home: 'test',
    [Symbol.asyncDispose]: async () => {},
  }
  const app = await server(program, () => 'http://localhost:4400')
  const onlooker = new Onlooker()
  const worker = await startWorker(db, history, clock, 'test', randomUUID(), directory, [...LISTENERS, onlooker.listener])
  const settle = async () => {
    while ((await settleNext(worker)) > 0);
    while ((await letTimePass(worker)) > 0);
    await onlooker.flush(db)
  }
  const bring = async (envelopes: Envelope[]) => {
    await accept(db, await createSource(db, 'orders', 'orders.csv', clock.now()), envelopes, clock.now())
    await settle()
  }
  return {
    program,
    app,
    clock,
    db,
    worker,
    rules: new Rulebook(db, clock, vaultWith('test')),
    settle,
    bring,
    async [Symbol.asyncDispose]() {
      await app.close()
      await stores[Symbol.asyncDispose]()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
