import { afterAll, beforeAll, expect, test } from 'vitest'
import { isTold } from '../src/app/told.ts'
import { LISTENERS } from '../src/app/work.ts'
import { type CustomerConsents } from '../src/consent/contract.ts'
import { type CustomerProfile } from '../src/customers/contract.ts'
import { directory } from '../src/customers/index.ts'
import { type ImportView } from '../src/events/imports/contract.ts'
import { dropOldRejects, importJobs, importView, rejectedRows } from '../src/events/imports/index.ts'
import { accept, createSource, settleNext, startWorker, undoSource } from '../src/events/index.ts'
import { doNext } from '../src/platform/jobs/index.ts'
import { type SpendAnswer } from '../src/spend/contract.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser
beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
})
afterAll(() => shop[Symbol.asyncDispose]())

/** Does the next job; with `steps` the process dies at that one, and another takes its place. */
async function doJob(steps = Number.POSITIVE_INFINITY): Promise<boolean> {
  const { program, clock } = shop
  let { worker } = shop
  let left = steps
  const handlers = importJobs({
    ...program,
    rules: shop.rules,
    isTold,
    undo: (source, onProgress) => undoSource(worker, source, onProgress),
  })
  return doNext({
    db: program.db,
    owner: worker.id,
    clock,
    signal: new AbortController().signal,
    pause: async () => void (await settleNext(worker)),
    handlers: Object.fromEntries(
      Object.entries(handlers).map(([kind, handler]) => [
        kind,
        {
          ...handler,
          run: job =>
            handler.run({
              ...job,
              step: async (db, step) => {
                if (--left < 0) {
                  worker = await startWorker(
                    program.db,
                    program.history,
                    clock,
                    'test',
                    crypto.randomUUID(),
                    directory,
                    LISTENERS,
                  )
                  shop = { ...shop, worker }
                  throw new Error('killed')
                }
                await job.step(db, step)
              },
            }),
        },
      ]),
    ),
  })
}
const settle = async () => {
  while ((await settleNext(shop.worker)) > 0);
}
async function work(): Promise<void> {
  while (await doJob()) await settle()
}

const uploaded = async (content: string, name: string, query = '') =>
  (
    await owner.post(`/api/imports?name=${name}${query}`, undefined, {
      payload: content,
      headers: { 'content-type': 'text/csv' },
    })
  ).json<ImportView>()
const viewOf = async ({ id }: { id: string }) => (await owner.get(`/api/imports/${id}`)).json<ImportView>()
async function broughtIn(content: string, name: string, answers: object = {}): Promise<ImportView> {
  let view = await uploaded(content, name)
  if (Object.keys(answers).length > 0)
    view = (await owner.put(`/api/imports/${view.id}/mapping`, { ...view.mapping, ...answers })).json<ImportView>()
  expect(view.questions).toEqual([])
  await owner.post(`/api/imports/${view.id}/start`)
  await work()
  return viewOf(view)
}
async function undone(view: ImportView): Promise<void> {
  await owner.post(`/api/imports/${view.id}/undo`)
  await work()
  expect((await viewOf(view)).state).toBe('undone')
}
const logged = async (): Promise<Record<string, number>> => {
  const rows = await shop.program.history.rows<{ name: string; n: number }>(
    'select name, count() as n from event group by name order by name',
  )
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]))
}
const profile = async (id: string) => (await owner.get(`/api/customers/${id}`)).json<CustomerProfile>()
const consents = async (id: string) => (await owner.get(`/api/customers/${id}/consents`)).json<CustomerConsents>()

const CUSTOMERS = `id,email,first name,last name,city,customer since,newsletter
c1,ann@bee.test,Ann,Bee,York,2024-02-03,yes
c2,cy@dee.test,Cy,Dee,Leeds,2024-03-03,no
,,No,Body,,,
`

test('customers come in with traits and consent; what is so already is not told again, what changed back is', async () => {
  const first = await broughtIn(CUSTOMERS, 'customers.csv', { consents: true })
  expect(first).toMatchObject({
    kind: 'customers',
    state: 'done',
    counts: { rows: 3, rejected: 1, entries: 2, customers: 2, known: 0, consents: 2, orders: 0 },
  })
  expect(await logged()).toEqual({ 'Consent Denied': 1, 'Consent Granted': 1, 'Customer Created': 2, Identified: 2 })
  expect(await profile('external:c1')).toMatchObject({
    label: 'Ann Bee',
    identities: expect.arrayContaining([{ kind: 'email', value: 'ann@bee.test' }]),
  })
  expect(await consents('external:c1')).toMatchObject({
    now: [{ purpose: 'marketing', channel: 'email', status: 'granted' }],
    entries: [{ status: 'granted', source: 'customers.csv', proof: null }],
  })

  shop.clock.forward(HOUR_MS)
  const again = await broughtIn(CUSTOMERS, 'again.csv', { consents: true })
  expect(again.counts).toMatchObject({ entries: 0, known: 2 })
  expect(await logged()).toEqual({ 'Consent Denied': 1, 'Consent Granted': 1, 'Customer Created': 2, Identified: 2 })

  const statuses = async () => (await consents('external:c1')).entries.map(({ status }) => status)
  for (const [city, agrees] of [
    ['Hull', 'no'],
    ['York', 'yes'],
  ]) {
    shop.clock.forward(HOUR_MS)
    await broughtIn(CUSTOMERS.replace('York', city ?? '').replace('yes', agrees ?? ''), `${city}.csv`, { consents: true })
    const { rows } = { rows: await shop.db.selectFrom('customer').select('traits').where('email', '=', 'ann@bee.test').execute() }
    expect(rows[0]?.traits).toMatchObject({ city })
  }
  expect(await statuses()).toEqual(['granted', 'denied', 'granted'])
  expect((await logged()).Identified).toBe(4)

  await undone(first)
  expect(await statuses()).toEqual(['granted', 'denied'])
  expect((await owner.get('/api/customers/external:c2')).statusCode).toBe(404)
})

test('events come in once, also when they had come in live', async () => {
  const line = (id: string, event: object) =>
    JSON.stringify({ type: 'track', messageId: id, userId: 'e1', timestamp: '2025-01-31T10:00:00Z', ...event })
  const source = await createSource(shop.db, 'tracking', 'live', NOW)
  const live = {
    messageId: 'track:m1',
    identities: [{ kind: 'external' as const, value: 'e1' }],
    name: 'Signed Up',
    at: NOW - DAY_MS,
  }
  await accept(shop.db, source, [live], NOW)
  await settle()
  const view = await broughtIn(
    [
      line('m1', { event: 'Signed Up' }),
      line('m2', { event: 'Order Completed', properties: { order_id: 'o1', total: 10 } }),
      'rubbish',
    ].join('\n'),
    'events.jsonl',
  )
  expect(view).toMatchObject({ kind: 'events', counts: { rows: 3, rejected: 1, entries: 1, known: 1, customers: 1 } })
  const names = await shop.program.history.rows<{ name: string }>(
    "select name from event where order_id = 'o1' or name = 'Signed Up' order by name",
  )
  expect(names.map(({ name }) => name)).toEqual(['Order Completed', 'Signed Up'])
  const rejects = await owner.get(`/api/imports/${view.id}/rejects.csv`)
  expect(rejects.body).toContain('3,This line is not JSON: each line has to be one event.,rubbish')
  await undone(view)
  expect((await logged())['Order Completed']).toBeUndefined()
})

const SPEND =
  'day,channel,campaign,cost,currency\n2025-01-30,Search,Spring,10.00,EUR\n2025-01-31,Search,Spring,12.50,EUR\n2025-02-01,Social,,7,USD\n'

test('spend is what the latest file says; killed anywhere, repeated, corrected or taken back it is never doubled', async () => {
  const spend = async () =>
    (await owner.get('/api/spend?by=day'))
      .json<SpendAnswer>()
      .items.map(({ when, channel, amount, currency }) => [when, channel, amount, currency])
  const stood = [
    ['2025-01-30', 'Search', 1000, 'EUR'],
    ['2025-01-31', 'Search', 1250, 'EUR'],
    ['2025-02-01', 'Social', 700, 'USD'],
  ]
  const view = await uploaded(SPEND, 'spend.csv')
  await owner.post(`/api/imports/${view.id}/start`)
  for (let steps = 0; steps < 6; steps++) {
    await doJob(steps)
    shop.clock.forward(60_000)
  }
  await work()
  const first = await viewOf(view)
  expect(first).toMatchObject({
    kind: 'spend',
    state: 'done',
    counts: { rows: 3, entries: 3, known: 0, totals: expect.arrayContaining([{ amount: 2250, currency: 'EUR' }]) },
  })
  expect(await spend()).toEqual(stood)

  const same = await broughtIn(SPEND, 'same.csv')
  expect(same.counts).toMatchObject({ entries: 0, known: 3, replaced: 0 })
  expect(await spend()).toEqual(stood)

  const corrected = await broughtIn(
    'day,channel,cost,currency\n2025-01-31,Search,20,EUR\n2025-02-02,Search,1,EUR\n',
    'corrected.csv',
  )
  expect(corrected.counts).toMatchObject({ entries: 2, replaced: 1 })
  expect(await spend()).toEqual([stood[0], ['2025-01-31', 'Search', 2000, 'EUR'], stood[2], ['2025-02-02', 'Search', 100, 'EUR']])
  expect((await owner.get('/api/spend?from=2025-02-01')).json<SpendAnswer>()).toMatchObject({
    items: [
      { when: '2025-02', channel: 'Search', amount: 100 },
      { when: '2025-02', channel: 'Social', amount: 700, currency: 'USD' },
    ],
    firstDay: '2025-01-30',
    lastDay: '2025-02-02',
  })
  await undone(corrected)
  expect(await spend()).toEqual(stood)
  await undone(first)
  await undone(same)
  expect(await spend()).toEqual([])
})

test('consent is a ledger: the latest word counts in whatever order we hear it, and nobody can change what was said', async () => {
  const view = await broughtIn(
    'email,purpose,channel,status,date,source\nk@l.test,marketing,email,withdrawn,2025-06-01,mail\nk@l.test,marketing,email,granted,2025-01-01,checkout\nk@l.test,marketing,sms,granted,2025-01-01,till\n',
    'consent.csv',
  )
  expect(view).toMatchObject({ kind: 'consent', counts: { entries: 3, consents: 3, customers: 1 } })
  const told = await consents('email:k@l.test')
  expect(told.now.map(({ channel, status, since }) => [channel, status, since.slice(0, 10)]).sort()).toEqual([
    ['email', 'withdrawn', '2025-05-31'],
    ['sms', 'granted', '2024-12-31'],
  ])
  expect(told.entries).toHaveLength(3)
  await expect(shop.db.updateTable('consent_entry').set({ status: 'granted' }).execute()).rejects.toThrow('append-only')
  await expect(shop.db.deleteFrom('consent_entry').execute()).rejects.toThrow('append-only')
  const again = await broughtIn('email,purpose,channel,status,date\nk@l.test,marketing,sms,granted,2025-01-01\n', 'other.csv')
  expect(again.counts).toMatchObject({ entries: 1, known: 0 })

  // A public key may take consent away, not give it.
  const page = await createSource(shop.db, 'tracking', 'page', NOW)
  const say = (status: string, channel: string) => ({
    messageId: `page ${status} ${channel}`,
    identities: [{ kind: 'email' as const, value: 'k@l.test' }],
    name: `Consent ${status}`,
    at: NOW,
    properties: { purpose: 'marketing', channel },
  })
  await accept(shop.db, page, [say('Granted', 'email'), say('Withdrawn', 'sms'), say('Granted', 'pigeon')], NOW)
  await settle()
  expect((await consents('email:k@l.test')).now.map(({ channel, status }) => [channel, status]).sort()).toEqual([
    ['email', 'withdrawn'],
    ['sms', 'withdrawn'],
  ])
  const { browser: analyst } = await colleagueOf(owner, browserOf(shop.app), 'ana@example.com', 'analyst')
  expect((await analyst.get('/api/customers/email:k@l.test/consents')).statusCode).toBe(403)
})

test('what a file is can be changed, until it is in', async () => {
  const view = await uploaded('email,date\na@b.test,2025-01-31\n', 'unclear.csv')
  expect([view.kind, view.questions.map(({ missing }) => missing)]).toEqual(['orders', [['amount']]])
  const changed = (await owner.put(`/api/imports/${view.id}/kind`, { kind: 'customers' })).json<ImportView>()
  expect([changed.kind, changed.questions, changed.preview[0]?.facts?.[0]?.value]).toEqual(['customers', [], 'a@b.test'])
  expect((await owner.put(`/api/imports/${view.id}/kind`, { kind: 'recipes' })).statusCode).toBe(400)
  const asked = await uploaded('email,date\na@b.test,2025-01-31\n', 'asked.csv', '&kind=customers')
  expect(asked.kind).toBe('customers')
})

test('rejected rows are kept for ninety days, and then neither shown nor there', async () => {
  const view = await broughtIn('email,first name\n,Nobody\nz@z.test,Zed\n', 'people.csv')
  const until = Date.parse(view.rejectsUntil ?? '')
  expect(until - shop.clock.now()).toBe(90 * DAY_MS)
  await dropOldRejects(shop.program)
  expect((await owner.get(`/api/imports/${view.id}/rejects.csv`)).statusCode).toBe(200)
  shop.clock.forward(90 * DAY_MS + 1)
  await dropOldRejects(shop.program)
  await expect(rejectedRows(shop.program, Number(view.id))).rejects.toMatchObject({ code: 'import.rejects_gone' })
  expect((await importView(shop.program, Number(view.id))).rejectsUntil).toBeNull()
  const [left] = await shop.program.history.rows<{ n: number }>(
    'select count() as n from import_reject where import_id = {id:UInt32}',
    {
      id: Number(view.id),
    },
  )
  expect(Number(left?.n)).toBe(0)
})
