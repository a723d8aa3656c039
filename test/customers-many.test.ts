import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BulkView } from '../src/customers/bulk/contract.ts'
import { type BulkJobDeps, bulkJobs } from '../src/customers/bulk/index.ts'
import { type CustomerPage, type EventDetail, type TimelinePage, type ToldTraits } from '../src/customers/contract.ts'
import { type CustomerCount, type TraitNames } from '../src/customers/filters/contract.ts'
import { type List } from '../src/customers/lists/contract.ts'
import { type Note, type Notes } from '../src/customers/notes/contract.ts'
import { type SavedView } from '../src/customers/views/contract.ts'
import { customerLens } from '../src/lifecycle/index.ts'
import { doNext, type Handlers } from '../src/platform/jobs/index.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const NOW = Date.parse('2025-12-31T12:00:00Z')
const DAY = 86_400_000
const MANY = 2_300

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser
let service: Browser
let analyst: Browser
let viewer: Browser
let deps: BulkJobDeps

beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
  const as = async (role: 'service' | 'analyst' | 'viewer') =>
    (await colleagueOf(owner, browserOf(shop.app), `${role}@example.com`, role)).browser
  ;[service, analyst, viewer] = [await as('service'), await as('analyst'), await as('viewer')]
  const { db, program, clock } = shop
  const timeZone = async () => 'Europe/Berlin'
  deps = { db, clock, timeZone, data: program.data, lens: customerLens(db, program.history, clock, timeZone) }
  await shop.bring(
    Array.from({ length: MANY }, (_, i) => ({
      messageId: `order ${i}`,
      identities: [
        { kind: 'external' as const, value: `C-${i}` },
        { kind: 'email' as const, value: `c${i}@example.com` },
      ],
      name: i % 10 === 0 ? 'Page Viewed' : 'Order Completed',
      at: NOW - ((i % 300) + 1) * DAY,
      ...(i % 10 === 0 ? {} : { orderId: `O-${i}`, amount: 1000 + i, currency: i % 7 === 0 ? 'USD' : 'EUR' }),
      traits: {
        name: i === 1 ? '=HYPERLINK("http://evil","x")' : `Customer ${i}`,
        email: `c${i}@example.com`,
        country: i % 2 === 0 ? 'DE' : 'AT',
        note: i === 1 ? '\t＝1+1' : i === 3 ? '@SUM(A1)' : 'plain, "quoted"',
      },
      properties: { path: `/tea/${i}` },
    })),
  )
}, 180_000)
afterAll(() => shop[Symbol.asyncDispose]())

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
function send(browser: Browser, method: Method, path: string, body: object = {}) {
  if (method === 'GET') return browser.get(path)
  if (method === 'DELETE') return browser.delete(path)
  return browser[method === 'POST' ? 'post' : method === 'PUT' ? 'put' : 'patch'](path, body)
}

async function ask<T>(browser: Browser, method: Method, path: string, body?: object): Promise<T> {
  const answer = await send(browser, method, path, body)
  expect([path, answer.statusCode < 300 || answer.body]).toEqual([path, true])
  return (answer.body === '' ? undefined : answer.json()) as T
}
const refused = async (browser: Browser, method: Method, path: string, body?: object) => {
  const answer = await send(browser, method, path, body)
  return [answer.statusCode, answer.json<{ code: string }>().code]
}
const where = (...conditions: object[]) => encodeURIComponent(JSON.stringify(conditions))
const inCountry = (country: string) => ({ field: 'trait', trait: 'country', op: 'is', value: country })
const germans = { question: { where: [inCountry('DE')] } }

/** Does the jobs that are in line with a worker of their own; `killAfter` pieces of work it dies. */
async function doJobs(handlers: Handlers = bulkJobs(deps)): Promise<void> {
  const options = {
    db: shop.db,
    owner: shop.worker.id,
    clock: shop.clock,
    signal: new AbortController().signal,
    pause: async () => {},
  }
  while (await doNext({ ...options, handlers }));
}
async function done(browser: Browser, body: object): Promise<BulkView> {
  const { id } = await ask<BulkView>(browser, 'POST', '/api/bulk', body)
  await doJobs()
  await shop.settle()
  return ask<BulkView>(browser, 'GET', `/api/bulk/${id}`)
}
const count = async (...conditions: object[]) =>
  (await ask<CustomerCount>(owner, 'GET', `/api/customers/count?where=${where(...conditions)}`)).count
const exported = async (browser: Browser, columns: string[], selection: object = germans) => {
  const view = await done(browser, { kind: 'export', selection, columns })
  expect(view).toMatchObject({ state: 'done', error: null })
  const { body } = await browser.get(`/api/bulk/${view.id}/file`)
  return { view, body, rows: parse(body, { bom: true }) as string[][] }
}

describe('doing something to many', () => {
  test('a trait set by a colleague is history, counts once, and makes nobody active', async () => {
    const before = await ask<CustomerPage>(owner, 'GET', '/api/customers?search=C-2')
    const view = await done(owner, { kind: 'trait', selection: germans, trait: 'tier', value: 'gold' })
    expect(view).toMatchObject({ state: 'done', done: MANY / 2, changed: MANY / 2, total: MANY / 2, about: 'tier = gold' })
    expect(await count({ field: 'trait', trait: 'tier', op: 'is', value: 'gold' })).toBe(MANY / 2)
    const { items } = await ask<ToldTraits>(owner, 'GET', '/api/customers/external:C-2/traits')
    expect(items.find(one => one.name === 'tier')).toMatchObject({ value: 'gold', source: 'Set by ada@example.com' })
    expect(items.find(one => one.name === 'country')?.source).toBe('orders.csv')
    const after = await ask<CustomerPage>(owner, 'GET', '/api/customers?search=C-2')
    expect(after.items.map(one => [one.stage, one.since])).toEqual(before.items.map(one => [one.stage, one.since]))
  })

  test('killed in the middle, it goes on where it was: nobody twice, nobody left out, and the file is whole', async () => {
    for (const request of [
      { kind: 'export', selection: { question: { where: [] } }, columns: ['orders'] },
      { kind: 'trait', selection: { question: { where: [] } }, trait: 'season', value: 2026 },
    ]) {
      const { id } = await ask<BulkView>(owner, 'POST', '/api/bulk', request)
      let pieces = 0
      const dying: Handlers = Object.fromEntries(
        Object.entries(bulkJobs(deps)).map(([kind, handler]) => [
          kind,
          {
            ...handler,
            run: job =>
              handler.run({
                ...job,
                step: async (db, step) => {
                  await job.step(db, step)
                  // After the work of a piece and before its end: what it wrote to the file is there, and its transaction is not.
                  if (++pieces === 3) throw new Error('killed')
                },
              }),
          },
        ]),
      )
      await doJobs(dying)
      expect(await ask<BulkView>(owner, 'GET', `/api/bulk/${id}`)).toMatchObject({ state: 'working', done: 1000 })
      shop.clock.forward(60_000)
      await doJobs()
      await shop.settle()
      expect(await ask<BulkView>(owner, 'GET', `/api/bulk/${id}`)).toMatchObject({ state: 'done', done: MANY, changed: MANY })
      if (request.kind === 'export') {
        const rows = parse((await owner.get(`/api/bulk/${id}/file`)).body, { bom: true }) as string[][]
        expect(rows.length).toBe(MANY + 1)
        expect(new Set(rows.map(row => row[0])).size).toBe(MANY + 1)
      } else expect(await count({ field: 'trait', trait: 'season', op: 'is', value: '2026' })).toBe(MANY)
    }
  })

  test('stopped, it leaves no file; nobody else sees it, and what may not be done is not begun', async () => {
    const { id } = await ask<BulkView>(owner, 'POST', '/api/bulk', { kind: 'export', selection: germans, columns: [] })
    expect(await refused(analyst, 'GET', `/api/bulk/${id}`)).toEqual([404, 'customer.bulk_not_found'])
    expect(await refused(analyst, 'POST', `/api/bulk/${id}/cancel`)).toEqual([404, 'customer.bulk_not_found'])
    expect(await refused(owner, 'GET', `/api/bulk/${id}/file`)).toEqual([409, 'customer.bulk_busy'])
    await ask(owner, 'POST', `/api/bulk/${id}/cancel`)
    await doJobs()
    expect(await ask<BulkView>(owner, 'GET', `/api/bulk/${id}`)).toMatchObject({ state: 'cancelled', file: null })
    expect(await refused(owner, 'GET', `/api/bulk/${id}/file`)).toEqual([410, 'customer.file_gone'])
    const set = { kind: 'trait', selection: germans, trait: 'tier', value: 'x' }
    expect(await refused(service, 'POST', '/api/bulk', { kind: 'export', selection: germans, columns: [] })).toEqual([
      403,
      'access.forbidden',
    ])
    expect(await refused(analyst, 'POST', '/api/bulk', set)).toEqual([403, 'access.forbidden'])
    expect(await refused(owner, 'POST', '/api/bulk', { ...set, trait: 'email' })).toEqual([400, 'request.invalid'])
    const nobody = { question: { where: [inCountry('XX')] } }
    expect(await refused(owner, 'POST', '/api/bulk', { ...set, selection: nobody })).toEqual([409, 'customer.bulk_nobody'])
  })

  test('lists are filled and emptied by hand and by question, and can be asked for', async () => {
    const list = await ask<List>(owner, 'POST', '/api/lists', { name: 'Spring guests' })
    expect(await refused(owner, 'POST', '/api/lists', { name: 'spring GUESTS' })).toEqual([409, 'customer.list_name_taken'])
    expect(await refused(viewer, 'POST', '/api/lists', { name: 'Mine' })).toEqual([403, 'access.forbidden'])
    const page = await ask<CustomerPage>(owner, 'GET', `/api/customers?limit=3&where=${where(inCountry('AT'))}`)
    const ids = page.items.map(one => one.id)
    expect(await ask(owner, 'POST', `/api/lists/${list.id}/members`, { op: 'add', customers: [...ids, '999999999'] })).toEqual({
      changed: 3,
    })
    expect(await done(owner, { kind: 'list_add', selection: germans, list: list.id })).toMatchObject({
      changed: MANY / 2,
      about: 'Spring guests',
    })
    expect(await ask<List>(owner, 'GET', `/api/lists/${list.id}`)).toMatchObject({ members: MANY / 2 + 3 })
    expect(await count({ field: 'list', op: 'in', id: list.id }, inCountry('AT'))).toBe(3)
    expect(await done(owner, { kind: 'list_remove', selection: { ids }, list: list.id })).toMatchObject({ changed: 3 })
    expect(await count({ field: 'list', op: 'in', id: list.id })).toBe(MANY / 2)
    expect(await ask(owner, 'GET', '/api/customers/external:C-2/lists')).toEqual({
      items: [{ id: list.id, name: 'Spring guests' }],
    })
    await ask(owner, 'DELETE', `/api/lists/${list.id}`)
    expect(await count({ field: 'list', op: 'in', id: list.id })).toBe(0)
  })
})

describe('a file of customers', () => {
  test('runs no formula in anybody’s spreadsheet, and is read back as it was', async () => {
    const { rows, body } = await exported(owner, ['email', 'phone', 'trait:note'], { question: { where: [inCountry('AT')] } })
    const evil = rows.find(row => row[2] === 'c1@example.com')
    expect(evil).toEqual([expect.any(String), `'=HYPERLINK("http://evil","x")`, 'c1@example.com', '', `'\t＝1+1`])
    expect(rows.find(row => row[2] === 'c3@example.com')?.at(-1)).toBe(`'@SUM(A1)`)
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[\s\u200b]*[=+\-@＝＋－＠]/u)
    expect(body.startsWith('\ufeff')).toBe(true)
    expect(rows.at(-1)?.at(-1)).toBe('plain, "quoted"')
  })

  test('holds nothing that is hidden from whoever asked, and says who took it', async () => {
    const columns = ['email', 'phone', 'trait:name', 'trait:country', 'revenue', 'stage', 'last_order']
    const { rows, view } = await exported(analyst, columns)
    expect(rows[0]).toEqual([
      'Id',
      'country',
      'Revenue (EUR)',
      'Revenue in other currencies',
      'Stage',
      'Last order (Europe/Berlin)',
    ])
    expect(rows.flat().join()).not.toMatch(/example\.com|Customer \d/)
    expect(rows.some(row => row[3]?.endsWith(' USD'))).toBe(true)
    expect(await refused(owner, 'GET', `/api/bulk/${view.id}/file`)).toEqual([404, 'customer.bulk_not_found'])
    const { items } = await ask<{ items: { action: string; who: string }[] }>(owner, 'GET', '/api/audit')
    const acts = items.filter(one => one.who === 'analyst@example.com').map(one => one.action)
    expect(acts).toEqual(expect.arrayContaining(['customers.exported', 'customers.export_downloaded']))
    await shop.db
      .updateTable('bulk_action')
      .set({ finished_at: new Date(NOW - 8 * DAY) })
      .where('finished_at', 'is not', null)
      .execute()
    await exported(owner, [])
    expect(readdirSync(join(shop.program.data, 'exports')).length).toBe(1)
  })
})

test('views are one’s own until they are shared, and one of them opens the list', async () => {
  const state = { where: [inCountry('DE')], sort: 'orders', columns: ['orders', 'trait:country'] }
  const own = await ask<SavedView>(owner, 'POST', '/api/customer-views', { name: 'Germany', state })
  const views = async (browser: Browser) => (await ask<{ items: SavedView[] }>(browser, 'GET', '/api/customer-views')).items
  expect(await views(owner)).toMatchObject([{ name: 'Germany', state, isOwn: true, isDefault: false }])
  expect(await views(service)).toEqual([])
  expect(await refused(service, 'PATCH', `/api/customer-views/${own.id}`, { name: 'Mine' })).toEqual([
    404,
    'customer.view_not_found',
  ])
  await ask(owner, 'PATCH', `/api/customer-views/${own.id}`, { isShared: true })
  expect(await views(service)).toMatchObject([{ name: 'Germany', isOwn: false, mayChange: false, author: 'Ada' }])
  expect(await refused(service, 'DELETE', `/api/customer-views/${own.id}`)).toEqual([403, 'access.forbidden'])
  await ask(service, 'PUT', '/api/customer-views/default', { id: own.id })
  expect(await views(service)).toMatchObject([{ isDefault: true }])
  expect(await views(owner)).toMatchObject([{ isDefault: false }])
  await ask(owner, 'PATCH', `/api/customer-views/${own.id}`, { isShared: false })
  expect(await views(service)).toEqual([])
  expect(await refused(owner, 'POST', '/api/customer-views', { name: 'Bad', state: { where: [{ field: 'secret' }] } })).toEqual([
    400,
    'request.invalid',
  ])
})

test('notes are corrected by whoever wrote them, removed by them or an admin, and stand in the timeline', async () => {
  const path = '/api/customers/external:C-5/notes'
  const note = await ask<Note>(service, 'POST', path, { text: 'Called about the <b>kettle</b>' })
  expect(note).toMatchObject({ author: 'service@example.com', isOwn: true, mayRemove: true })
  expect(await refused(owner, 'PATCH', `${path}/${note.id}`, { text: 'I say' })).toEqual([403, 'access.forbidden'])
  await ask(owner, 'PATCH', `${path}/${note.id}`, { isPinned: true })
  const changed = await ask<Note>(service, 'PATCH', `${path}/${note.id}`, { text: 'Called twice' })
  expect(changed).toMatchObject({ text: 'Called twice', isPinned: true, changedAt: expect.any(String) })
  const seen = async (browser: Browser) =>
    (await ask<TimelinePage>(browser, 'GET', '/api/customers/external:C-5/timeline')).items.filter(one => one.kind === 'note')
  expect(await seen(owner)).toMatchObject([{ title: 'Called twice', source: 'service@example.com' }])
  expect(await seen(viewer)).toEqual([])
  expect(await refused(viewer, 'GET', path)).toEqual([403, 'access.forbidden'])
  expect(await refused(owner, 'DELETE', `/api/customers/external:C-6/notes/${note.id}`)).toEqual([404, 'customer.note_not_found'])
  const another = await ask<Note>(owner, 'POST', path, { text: 'Mine' })
  expect(await refused(service, 'DELETE', `${path}/${another.id}`)).toEqual([403, 'access.forbidden'])
  await ask(owner, 'DELETE', `${path}/${note.id}`)
  expect((await ask<Notes>(owner, 'GET', path)).items.map(one => one.text)).toEqual(['Mine'])
})

test('a timeline is narrowed to a kind and to words, and an event opens, to those who may', async () => {
  const path = '/api/customers/external:C-10/timeline'
  const kinds = async (query: string, browser = owner) =>
    (await ask<TimelinePage>(browser, 'GET', `${path}?${query}`)).items.map(one => one.kind)
  expect(await kinds('kind=visit')).toEqual(['visit'])
  expect(await kinds('kind=order')).toEqual([])
  expect((await kinds('kind=move')).every(kind => kind === 'move')).toBe(true)
  expect(await kinds('text=%2Ftea%2F10')).toEqual(['visit'])
  expect(await kinds('text=%2Ftea%2F10', viewer)).toEqual([])
  const [visit] = (await ask<TimelinePage>(owner, 'GET', `${path}?kind=visit`)).items
  const event = `/api/customers/external:C-10/events/${visit?.id}`
  expect((await ask<EventDetail>(owner, 'GET', event)).properties).toEqual([{ name: 'path', value: '/tea/10' }])
  expect(await refused(viewer, 'GET', event)).toEqual([403, 'access.forbidden'])
  expect(await refused(owner, 'GET', '/api/customers/external:C-11/events/x')).toEqual([404, 'customer.event_not_found'])
})

test('who sees no contact details cannot find them out by asking', async () => {
  const names = await ask<TraitNames>(viewer, 'GET', '/api/customers/traits')
  expect(names.items.map(one => one.name)).toContain('country')
  expect(names.items.map(one => one.name)).not.toContain('email')
  const byName = where({ field: 'trait', trait: 'name', op: 'contains', value: 'Customer' })
  expect(await refused(viewer, 'GET', `/api/customers?where=${byName}`)).toEqual([403, 'customer.field_hidden'])
  expect(await refused(viewer, 'GET', '/api/customers?sort=name')).toEqual([403, 'customer.field_hidden'])
  expect((await ask<CustomerCount>(viewer, 'GET', '/api/customers/count?search=c5%40example')).count).toBe(0)
  const page = await ask<CustomerPage>(
    viewer,
    'GET',
    `/api/customers?limit=2&traits=${encodeURIComponent('["email","country"]')}`,
  )
  expect(page.items.map(one => one.traits.email)).toEqual(['hidden for your role', 'hidden for your role'])
})

test('the past is asked with the conditions that had a meaning then', async () => {
  const question = where({ field: 'orders', op: 'is', value: 0 }, inCountry('DE'))
  const then = await ask<CustomerPage>(owner, 'GET', `/api/customers?limit=200&at=2025-12-20&where=${question}`)
  expect(then.items.length).toBeGreaterThan(0)
  for (const one of then.items) expect(one.orders).toBe(0)
})
