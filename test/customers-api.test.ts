import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CustomerPage, type CustomerProfile, type TimelinePage } from '../src/customers/contract.ts'
import {
  type Explanation,
  type ModelView,
  type MovesBetween,
  type PopulationAt,
  type PopulationOver,
  type StaysOfCustomer,
} from '../src/lifecycle/contract.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const DAY = 86_400_000
const NOW = Date.parse('2025-12-31T12:00:00Z')
const START = Date.parse('2025-01-01T10:00:00Z')

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser

beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
  const orders = (customer: string, name: string, days: number[]) =>
    days.map(day => ({
      messageId: `${customer} ${day}`,
      identities: [
        { kind: 'external' as const, value: customer },
        { kind: 'email' as const, value: `${name.toLowerCase()}@example.com` },
      ],
      name: 'Order Completed',
      at: START + day * DAY,
      orderId: `${customer}-${day}`,
      amount: 2500,
      currency: 'EUR',
      lines: [{ sku: 'tea', name: 'Green tea', quantity: 2, price: 1250 }],
      traits: { name: `${name} Example`, email: `${name.toLowerCase()}@example.com`, country: 'DE' },
    }))
  await shop.bring([
    ...orders('C-1', 'Ann', [0, 30, 60, 90, 120]),
    ...orders('C-2', 'Bob', [300]),
    ...orders('C-3', 'Cyd', [0]),
    ...orders('C-4', 'Anton', [330, 350]),
  ])
})
afterAll(() => shop[Symbol.asyncDispose]())

const get = async <T>(path: string, browser = owner): Promise<T> => {
  const answer = await browser.get(path)
  expect([path, answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([path, 200, ''])
  return answer.json<T>()
}

test('the map counts everyone once, now and at a past day, in the company’s calendar', async () => {
  const now = await get<PopulationAt>('/api/lifecycle/models/primary/population')
  expect(now.total).toBe(4)
  expect(now.stages.filter(stage => stage.count > 0).map(stage => [stage.id, stage.count])).toEqual([
    ['conversion', 1],
    ['retention', 1],
    ['at_risk', 1],
    ['lapsed', 1],
  ])
  const then = await get<PopulationAt>('/api/lifecycle/models/reach-to-loyalty/population?at=2025-05-02')
  expect(then.at).toBe('2025-05-02T21:59:59.999Z')
  expect(then.stages.filter(stage => stage.count > 0).map(stage => [stage.id, stage.count])).toEqual([
    ['loyalty', 1],
    ['at_risk', 1],
  ])
})

test('the curve, the moves and the map tell one story', async () => {
  const curve = await get<PopulationOver>('/api/lifecycle/models/primary/population?from=2025-01-01&to=2025-12-31&by=month')
  expect(curve.points.length).toBe(12)
  for (const point of curve.points) {
    const map = await get<PopulationAt>(`/api/lifecycle/models/primary/population?at=${point.at}`)
    expect(point.counts).toEqual(map.stages.map(stage => stage.count))
  }
  const moves = await get<MovesBetween>('/api/lifecycle/models/primary/moves?from=2025-01-01&to=2025-12-31')
  expect(moves.moves.filter(move => move.from === null).reduce((sum, move) => sum + move.count, 0)).toBe(4)
  for (const stage of moves.stages) expect(stage.end).toBe(stage.start + stage.entries - stage.exits)
})

test('models explain their stages in words', async () => {
  const { items } = await get<{ items: ModelView[] }>('/api/lifecycle/models')
  const [model] = items
  expect(model?.isPrimary).toBe(true)
  expect(model?.span).toEqual({ first: '2025-01-01', last: expect.stringMatching(/^2025-/) })
  for (const stage of model?.stages ?? []) expect(stage.rule).toMatch(/\w/)
})

test('customers of a stage can be listed, now and at a past day, page by page, each exactly once', async () => {
  for (const at of ['', '&at=2025-04-15', '&at=2025-12-10']) {
    const all = await get<CustomerPage>(`/api/customers?limit=200${at}`)
    const paged: string[] = []
    for (const stage of ['reach', 'acquisition', 'conversion', 'retention', 'loyalty', 'at_risk', 'lapsed']) {
      let page = await get<CustomerPage>(`/api/customers?stage=${stage}&limit=1${at}`)
      for (;;) {
        paged.push(...page.items.map(item => item.id))
        for (const item of page.items) expect(item.stage).toBe(stage)
        if (page.next === null) break
        page = await get<CustomerPage>(`/api/customers?stage=${stage}&limit=1${at}&cursor=${encodeURIComponent(page.next)}`)
      }
    }
    expect(paged.sort()).toEqual(all.items.map(item => item.id).sort())
  }
})

test('a search finds parts of names and emails and beginnings of ids, also within a stage', async () => {
  const found = async (query: string) => (await get<CustomerPage>(`/api/customers?${query}`)).items.map(item => item.label)
  expect(await found('search=ann')).toEqual(['Ann Example'])
  expect(await found('search=an')).toEqual(['Anton Example', 'Ann Example'])
  expect(await found('search=bob%40ex')).toEqual(['Bob Example'])
  expect(await found('search=C-3')).toEqual(['Cyd Example'])
  expect(await found('search=an&stage=lapsed')).toEqual(['Ann Example'])
  expect(await found('search=%25')).toEqual([])
})

test('a customer’s page says who they are, what happened, where they stood and why', async () => {
  const profile = await get<CustomerProfile>('/api/customers/external:C-1')
  expect(profile).toMatchObject({ label: 'Ann Example', orders: 5, revenue: [{ amount: 12_500, currency: 'EUR' }] })
  expect(await get<CustomerProfile>('/api/customers/email:ann@example.com')).toEqual(profile)
  const stays = await get<StaysOfCustomer>(`/api/customers/${profile.id}/stages`)
  expect(stays.items.map(stay => stay.stage)).toEqual(['conversion', 'retention', 'loyalty', 'at_risk', 'lapsed'])
  const timeline = await get<TimelinePage>(`/api/customers/${profile.id}/timeline`)
  expect(timeline.items.filter(item => item.kind === 'order').length).toBe(5)
  expect(timeline.items.filter(item => item.kind === 'move').length).toBe(5)
  expect(timeline.items.map(item => Date.parse(item.at))).toEqual(
    timeline.items.map(item => Date.parse(item.at)).sort((a, b) => b - a),
  )
  const why = await get<Explanation>(`/api/customers/${profile.id}/explain?at=2025-06-01`)
  expect(why.stage?.id).toBe('loyalty')
  expect(why.next?.stage?.id).toBe('at_risk')
  expect(why.tried.at(-1)?.reason.holds).toBe(true)
})

test('who may not see contact details or money does not get them, whatever they search for', async () => {
  const { browser: viewer } = await colleagueOf(owner, browserOf(shop.app), 'viewer@example.com', 'viewer')
  const page = await get<CustomerPage>('/api/customers', viewer)
  const text = JSON.stringify([
    page,
    await get('/api/customers/external:C-1', viewer),
    await get('/api/customers/external:C-1/timeline', viewer),
  ])
  expect(text).not.toMatch(/Ann|example\.com|2500|12500/)
  expect((await get<CustomerPage>('/api/customers?search=ann', viewer)).items).toEqual([])
  expect((await viewer.get('/api/customers/email:ann@example.com')).statusCode).toBe(404)
  expect((await get<CustomerPage>('/api/customers?search=C-1', viewer)).items.map(item => item.label)).toEqual(['Customer C-1'])
})

test('nonsense is answered with what is wrong, not with a breakdown', async () => {
  const asked = async (path: string) => {
    const answer = await owner.get(path)
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  expect(await asked('/api/customers/999999')).toEqual([404, 'customer.not_found'])
  expect(await asked('/api/customers/%00')).toEqual([404, 'customer.not_found'])
  expect(await asked('/api/customers?cursor=nonsense')).toEqual([400, 'request.invalid'])
  expect(await asked('/api/lifecycle/models/none/population')).toEqual([404, 'lifecycle.model_not_found'])
  expect(await asked('/api/lifecycle/models/primary/population?at=31.01.2026')).toEqual([400, 'lifecycle.date_invalid'])
  expect(await asked('/api/lifecycle/models/primary/moves?from=2025-05-01&to=2025-04-01')).toEqual([
    400,
    'lifecycle.date_invalid',
  ])
  expect(await asked('/api/customers?limit=100000')).toEqual([400, 'request.invalid'])
})
