import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import Rudder from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { expect, onTestFinished, test } from 'vitest'
import { type CreatedKey } from '../src/access/contract.ts'
import { type Live } from '../src/events/tracking/contract.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { attachEngines } from '../src/platform/engines/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { hasBrowser, openBrowser } from './browser/browser.ts'
import { roughRoad } from './rough-road.ts'
import { RunningProgram } from './running.ts'
import { buildSnippet, shopWith } from './shop-pages.ts'

const SENDERS = ['segment-node', 'rudder-node', 'segment-browser', 'rudder-browser', 'ours']
// Stopped as for an upgrade as well, in a long night: PERENNIAL_KILLS=50 npm test -- tracking-restart
const ENDINGS = process.env.PERENNIAL_KILLS === undefined ? ['kill'] : ['stop', 'kill', 'stop']
const COUNT = 40
const EVERY_MS = 60

test.skipIf(!hasBrowser)(
  'the four SDKs and our snippet send while the server is killed and started again: every event is stored exactly once',
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'perennial-restart-'))
    chmodSync(data, 0o755)
    onTestFinished(() => rmSync(data, { recursive: true, force: true }))
    const program = new RunningProgram(data)
    onTestFinished(async () => void (await program.stop()))
    const [token, shop, browser] = await Promise.all([
      program.start(),
      shopWith(['segment', 'rudder']),
      openBrowser(),
      buildSnippet(),
    ])
    onTestFinished(async () => {
      await browser.close()
      shop.close()
    })
    await program.foundCompany(token)
    const { key: writeKey } = await program.ask<CreatedKey>('POST', '/api/keys', { kind: 'write', name: 'shop' })
    // One address for the senders, wherever the program is started again; nothing is behind it in between.
    await using road = await roughRoad(() => program.url)
    const { url } = road

    const expected = new Set<string>()
    const steadily = async (name: string, say: (event: string) => unknown) => {
      for (let i = 0; i < COUNT; i++) {
        say(`${name} ${i}`)
        await pause(EVERY_MS)
      }
    }
    const segment = new Analytics({ writeKey, host: url, flushAt: 5, flushInterval: 500 })
    // As it comes it tries three times within two seconds, and then asks its caller to send again.
    const rudder = new Rudder(writeKey, { dataPlaneUrl: url, flushAt: 5, flushInterval: 500, retryCount: 10 })
    const page = async (path: string, name: string) => {
      const opened = await browser.newPage()
      await opened.goto(`${shop.url}/${path}`)
      await opened.waitForFunction('window.steady !== undefined')
      return opened.evaluate(told => (globalThis as unknown as { steady: (told: object) => Promise<void> }).steady(told), {
        ...{ writeKey, url, name, count: COUNT, everyMs: EVERY_MS },
      })
    }
    const ours = async () => {
      const site = createServer((_request, response) =>
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(`<!doctype html><script src="${url}/perennial.js"></script>`),
      )
      await new Promise<void>(done => site.listen(0, '127.0.0.1', done))
      onTestFinished(() => void site.close())
      const opened = await browser.newPage()
      await opened.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}`)
      await opened.evaluate(`(async () => {
      perennial.load('${writeKey}', { consent: { analytics: true } })
      for (let i = 0; i < ${COUNT}; i++) {
        perennial.track('ours ' + i)
        await new Promise(done => setTimeout(done, ${EVERY_MS}))
      }
    })()`)
    }
    for (const name of SENDERS) for (let i = 0; i < COUNT; i++) expected.add(`${name} ${i}`)
    const sending = Promise.all([
      steadily('segment-node', event => segment.track({ userId: 'node', event })),
      steadily('rudder-node', event => rudder.track({ userId: 'node', event })),
      page('segment', 'segment-browser'),
      page('rudder', 'rudder-browser'),
      ours(),
    ])
    // Each is in the middle of it: an SDK that cannot even load is another matter.
    const heard = async () => {
      const { items } = await program.ask<Live>('GET', '/api/tracking/live?limit=500')
      return SENDERS.filter(sender => items.some(({ name }) => name?.startsWith(sender)))
    }
    await expect.poll(heard, { timeout: 20_000, interval: 100 }).toEqual(SENDERS)
    for (const end of ENDINGS) {
      await (end === 'stop' ? program.stop() : program.kill())
      await program.start()
    }
    await sending

    const engines = attachEngines({ data, log: silentLog() })
    if (engines === null) throw new Error('The program does not run.')
    await using history = openClickHouse(engines.clickhouseUrl)
    const missing = async () => {
      const rows = await history.rows<{ name: string }>('select distinct name from event').catch(() => [])
      return [...expected.difference(new Set(rows.map(row => row.name)))]
    }
    await expect.poll(missing, { timeout: 120_000, interval: 250 }).toEqual([])
    const [{ times } = { times: 0 }] = await history.rows<{ times: number }>(
      'select toUInt32(max(times)) as times from (select count() as times from event group by name)',
    )
    expect(times).toBe(1)
  },
  240_000,
)
