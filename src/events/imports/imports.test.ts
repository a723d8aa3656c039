import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTold } from '../../app/told.ts'
import { directory } from '../../customers/index.ts'
import { handClock } from '../../platform/clock.ts'
import { doNext, type RunJobs } from '../../platform/jobs/index.ts'
import { type TestStores, testStores } from '../../platform/testing.ts'
import { vaultWith } from '../../platform/vault.ts'
import { settleNext, startWorker, undoSource, type Worker } from '../index.ts'
import { Rulebook } from '../rules/index.ts'
import { type ImportView } from './contract.ts'
import {
  cancelImport,
  checkFile,
  closeSampleShop,
  forget,
  type ImportDeps,
  importJobs,
  importView,
  importViews,
  openSampleShop,
  rejectedRows,
  remap,
  start,
  undo,
  upload,
} from './index.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const clock = handClock(NOW)
const data = mkdtempSync(join(tmpdir(), 'perennial-imports-'))
const act = { at: NOW, who: { kind: 'system' as const, id: null, label: 'a test' }, address: null, requestId: null }
const SHARED = '../shared/data/'

let stores: TestStores
let deps: ImportDeps
let worker: Worker
beforeAll(async () => {
  stores = await testStores()
  deps = { ...stores, clock, data }
  worker = await begin()
})
afterAll(async () => {
  await stores[Symbol.asyncDispose]()
  rmSync(data, { recursive: true, force: true })
})

/** A new process on the same data folder: the one before counts as dead. */
const begin = () => startWorker(stores.db, stores.history, clock, 'home', randomUUID(), directory, [])

function runner(steps = Number.POSITIVE_INFINITY): RunJobs {
  const of = worker
  let left = steps
  return {
    db: stores.db,
    owner: of.id,
    clock,
    signal: new AbortController().signal,
    pause: async () => void (await settleNext(of)),
    handlers: Object.fromEntries(
      Object.entries(
        importJobs({
          ...deps,
          rules: new Rulebook(stores.db, clock, vaultWith('test')),
          isTold,
          undo: (source, onProgress) => undoSource(of, source, onProgress),
        }),
      ).map(([kind, handler]) => [
        kind,
        {
          ...handler,
          run: job =>
            handler.run({
              ...job,
              // The process dies at this step: everything after it is as if it had never run.
              step: async (db, step) => {
                if (--left < 0) {
                  worker = await begin()
                  throw new Error('killed')
                }
                await job.step(db, step)
              },
            }),
        },
      ]),
    ),
  }
}

async function work(): Promise<void> {
  while (await doNext(runner())) while ((await settleNext(worker)) > 0);
}

const uploaded = (content: string | Buffer, name = 'orders.csv'): Promise<ImportView> =>
  upload(
    deps,
    {
      name,
      bytes: (async function* () {
        yield Buffer.from(content as string)
      })(),
    },
    act,
  )
const textOf = async (csv: AsyncIterable<string>) => (await Array.fromAsync(csv)).join('')
const idOf = (view: ImportView) => Number(view.id)

async function broughtIn(content: string | Buffer, name?: string): Promise<ImportView> {
  const view = await uploaded(content, name)
  await start(deps, idOf(view), act)
  await work()
  return importView(deps, idOf(view))
}
const inLog = async () => Number((await stores.history.rows<{ n: number }>('select count() as n from event'))[0]?.n)
const distinctInLog = async () => Number((await stores.history.rows<{ n: number }>('select uniqExact(id) as n from event'))[0]?.n)
const customers = async () =>
  Number(
    (
      await stores.db
        .selectFrom('customer')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

const PLAIN = 'customer,date,amount\nplain-a,2025-01-31,10.00\nplain-b,2025-02-01,20.50\nplain-b,2025-03-01,5\n'

describe('an import', () => {
  it('goes in, changes nothing when it comes again, and leaves nothing behind when it is undone', async () => {
    const before = { events: await inLog(), customers: await customers() }
    const first = await broughtIn(PLAIN)
    expect(first).toMatchObject({
      state: 'done',
      error: null,
      progress: null,
      counts: { rows: 3, rejected: 0, orders: 3, customers: 2, known: 0, totals: [{ amount: 3550, currency: 'EUR' }] },
    })
    expect([await inLog(), await customers()]).toEqual([before.events + 3, before.customers + 2])

    const second = await broughtIn(PLAIN, 'again.csv')
    expect(second).toMatchObject({ state: 'done', counts: { rows: 3, orders: 0, known: 3 } })
    expect([await inLog(), await distinctInLog()]).toEqual([before.events + 3, before.events + 3])

    await undo(deps, idOf(second), act)
    await undo(deps, idOf(first), act)
    await work()
    expect((await importView(deps, idOf(first))).state).toBe('undone')
    expect([await inLog(), await customers()]).toEqual([before.events, before.customers])
    await forget(deps, idOf(first), act)
    await expect(importView(deps, idOf(first))).rejects.toMatchObject({ code: 'import.not_found' })
  })

  it('is counted before anything goes in, and lists every rejected row with its reason', async () => {
    const before = await inLog()
    const view = await uploaded(
      'email,date,amount,note\na@example.org,2025-01-31,10,\n,2025-01-31,10,no one\nb@example.org,2025-02-30,10,"=HYPERLINK(""x"")"\nb@example.org,2025-02-03,ten,\nc@example.org,2031-01-01,1,\n',
    )
    await checkFile(deps, idOf(view))
    await work()
    const checked = await importView(deps, idOf(view))
    expect(checked).toMatchObject({ state: 'checked', counts: { rows: 5, rejected: 4, orders: 1, customers: 1 } })
    expect(await inLog()).toBe(before)
    const { csv, name } = await rejectedRows(deps, idOf(view))
    expect(name).toBe('orders-left-out.csv')
    const lines = (await textOf(csv)).trimEnd().split('\r\n')
    expect(lines).toEqual([
      '\ufeffLine,Why it was left out,email,date,amount,note',
      '3,There is neither a customer number nor an email address.,,2025-01-31,10,no one',
      expect.stringMatching(/^4,"?“2025-02-30” is a date that does not exist.*,"'=HYPERLINK\(""x""\)"$/),
      '5,“ten” is not an amount with “.” before the decimals.,b@example.org,2025-02-03,ten,',
      '6,“2031-01-01” lies in the future.,c@example.org,2031-01-01,1,',
    ])
    await forget(deps, idOf(view), act)
  })

  it('asks for what the file leaves open, and does not begin before it is answered', async () => {
    const view = await uploaded('customer;date;amount\na;03/04/2025;1.234\nb;05/06/2025;2.345\n')
    expect(view.questions.map(({ about, sample, options }) => [about, sample, options.map(option => option.reading)])).toEqual([
      ['dateOrder', '03/04/2025', ['April 3, 2025', 'March 4, 2025']],
      ['decimal', '1.234', ['€1.23', '€1,234.00']],
    ])
    await expect(start(deps, idOf(view), act)).rejects.toMatchObject({ code: 'import.open_questions' })
    await expect(checkFile(deps, idOf(view))).rejects.toMatchObject({ code: 'import.open_questions' })
    const answered = await remap(deps, idOf(view), { ...view.mapping, dateOrder: 'dmy', decimal: ',' })
    expect(answered.questions).toEqual([])
    expect(answered.preview[0]?.order).toMatchObject({ at: '2025-04-03T00:00:00.000Z', amount: 123400 })
    await forget(deps, idOf(view), act)
  })

  it('asks for the columns it does not know, and again for what these leave open', async () => {
    const view = await uploaded('wer,wann,wieviel\na,03/04/2025,1.50\nb,05/06/2025,2.00\n')
    expect(view.questions).toMatchObject([{ about: 'columns', missing: ['customer_id', 'ordered_at', 'amount'] }])
    const mapped = await remap(deps, idOf(view), { ...view.mapping, columns: { customer_id: 0, ordered_at: 1, amount: 2 } })
    expect(mapped.questions).toMatchObject([{ about: 'dateOrder' }])
    expect(mapped.mapping.decimal).toBe('.')
    await expect(remap(deps, idOf(view), { ...mapped.mapping, columns: { customer_id: 7 } })).rejects.toMatchObject({
      code: 'import.no_column',
    })
    await forget(deps, idOf(view), act)
  })

  it.each([
    ['', 'import.empty'],
    ['\n\n  \n', 'import.empty'],
    ['customer,date,amount\n', 'import.header_only'],
    ['%PDF-1.7\n…', 'import.not_a_table'],
    [Buffer.from('504b0304140006000800', 'hex'), 'import.not_a_table'],
    ['{"orders": []}', 'import.not_a_table'],
    ['<!doctype html><p>', 'import.not_a_table'],
    [Buffer.from('1f8b0800000000000003ff', 'hex'), 'import.gzip_damaged'],
  ])('refuses what is no table of orders (%#)', async (content, code) => {
    const files = readdirSync(join(data, 'uploads')).length
    await expect(uploaded(content as string)).rejects.toMatchObject({ code })
    expect(readdirSync(join(data, 'uploads')).length).toBe(files)
  })

  it('loses nothing and doubles nothing, at whatever step the process is killed', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => `k${i % 90},2025-${String(1 + (i % 9)).padStart(2, '0')}-11,${i}.25`)
    const content = `customer,date,amount\n${lines.join('\n')}\nk1,nonsense,1\n`
    const before = await inLog()
    for (let steps = 0; steps < 6; steps++) {
      const view = await uploaded(content, `killed-${steps}.csv`)
      await start(deps, idOf(view), act)
      for (let tries = 0; tries < 3; tries++) {
        await doNext(runner(steps))
        clock.forward(60_000)
      }
      await work()
      expect(await importView(deps, idOf(view))).toMatchObject({
        state: 'done',
        counts: { rows: 401, rejected: 1, customers: 90 },
      })
      expect([await inLog(), await distinctInLog()]).toEqual([before + 400, before + 400])
      expect((await textOf((await rejectedRows(deps, idOf(view))).csv)).trimEnd().split('\r\n')).toHaveLength(2)
    }
  })

  it('can be cancelled on its way in, and taken back', async () => {
    const before = { events: await inLog(), customers: await customers() }
    const view = await uploaded('customer,date,amount\nc1,2025-01-31,10.00\nc2,2025-01-31,10.00\n')
    await start(deps, idOf(view), act)
    await cancelImport(deps, idOf(view), act)
    await work()
    expect((await importView(deps, idOf(view))).state).toBe('cancelled')
    await start(deps, idOf(view), act)
    await work()
    expect((await importView(deps, idOf(view))).state).toBe('done')
    await undo(deps, idOf(view), act)
    await expect(undo(deps, idOf(view), act)).rejects.toMatchObject({ code: 'import.wrong_state' })
    await work()
    expect([await inLog(), await customers()]).toEqual([before.events, before.customers])
  })

  it('keeps neither the file nor what its rows look like once it is in', async () => {
    const kept = readdirSync(join(data, 'uploads')).length
    const view = await broughtIn('customer,date,amount\nsecret-customer,2025-01-31,10.00\n')
    expect(readdirSync(join(data, 'uploads')).length).toBe(kept)
    expect(JSON.stringify(view)).not.toContain('secret-customer')
  })

  it('lists the newest first, page by page', async () => {
    const { items, next } = await importViews(deps, null, 2)
    expect(items).toHaveLength(2)
    const [later] = (await importViews(deps, next, 2)).items
    expect(Number(later?.id)).toBeLessThan(idOf(items[1] as ImportView))
  })

  it('opens the sample shop once, and closes it without a trace', async () => {
    const before = { events: await inLog(), customers: await customers() }
    const shop = await openSampleShop(deps, act)
    expect((await openSampleShop(deps, act)).id).toBe(shop.id)
    await work()
    const there = await importView(deps, idOf(shop))
    expect(there).toMatchObject({ kind: 'sample', state: 'done', counts: { rejected: 0 } })
    expect(there.counts?.orders).toBeGreaterThan(12_000)
    await closeSampleShop(deps, act)
    await work()
    expect([await inLog(), await customers()]).toEqual([before.events, before.customers])
    expect(await closeSampleShop(deps, act)).toBeNull()
  }, 120_000)

  it.skipIf(!existsSync(SHARED))(
    'reads the CDNOW sample: 6,919 transactions of 2,357 customers',
    async () => {
      const view = await broughtIn(readFileSync(`${SHARED}cdnow_sample.txt`), 'cdnow_sample.txt')
      expect(view).toMatchObject({
        state: 'done',
        counts: {
          rows: 6919,
          rejected: 0,
          orders: 6919,
          customers: 2357,
          known: 0,
          totals: [{ amount: 24_409_194, currency: 'EUR' }],
        },
      })
    },
    120_000,
  )

  it.skipIf(!existsSync(SHARED))(
    'reads 232,053 invoice lines, packed, as 13,842 invoices with their exact revenue',
    async () => {
      const view = await uploaded(readFileSync(`${SHARED}online_retail_lines_to_2011-08-31.csv.gz`), 'online_retail.csv.gz')
      expect(view.recognised).toBe('Online retail invoice lines')
      await checkFile(deps, idOf(view))
      const began = performance.now()
      await doNext(runner())
      console.info(`232,053 rows checked in ${Math.round(performance.now() - began)} ms`)
      const checked = await importView(deps, idOf(view))
      expect(checked).toMatchObject({
        state: 'checked',
        counts: { rows: 232_053, rejected: 0, customers: 3360, totals: [{ amount: 523_924_056 - 32_013_283, currency: 'EUR' }] },
      })
    },
    120_000,
  )
})
