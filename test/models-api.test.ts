import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelView, type PopulationAt, type ReadyModelView } from '../src/lifecycle/contract.ts'
import { modelJobs } from '../src/lifecycle/index.ts'
import { doNext } from '../src/platform/jobs/index.ts'
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
  await shop.bring(
    [0, 30, 340].map(day => ({
      messageId: `C-1 ${day}`,
      identities: [{ kind: 'external' as const, value: 'C-1' }],
      name: 'Order Completed',
      at: START + day * DAY,
      orderId: `C-1-${day}`,
      amount: 2500,
      currency: 'EUR',
    })),
  )
})
afterAll(() => shop[Symbol.asyncDispose]())

type Models = { items: ModelView[]; ready: ReadyModelView[] }
const models = async () => (await owner.get('/api/lifecycle/models')).json<Models>()
const turn = (id: string, to: string, browser = owner) => browser.post(`/api/lifecycle/models/${id}/${to}`, {})
async function work() {
  const { db, worker, clock } = shop
  const options = {
    db,
    handlers: modelJobs(worker),
    owner: worker.id,
    clock,
    signal: new AbortController().signal,
    pause: async () => {},
  }
  while (await doNext(options));
}

test('all that can be switched on are listed in words; only the first is live', async () => {
  const { items, ready } = await models()
  expect(items.map(model => model.id)).toEqual(['reach-to-loyalty'])
  expect(ready.length).toBeGreaterThanOrEqual(13)
  expect(ready.filter(model => model.state !== 'off').map(model => model.id)).toEqual(['reach-to-loyalty'])
  for (const model of ready)
    expect([model.id, model.question.endsWith('?'), model.stages.length > 2]).toEqual([model.id, true, true])
})

test('a model is switched on, stands beside the other, becomes the primary one, and the old one is switched off', async () => {
  const asked = await turn('last-order', 'on')
  expect([asked.statusCode, asked.json<ReadyModelView>().state]).toEqual([200, 'preparing'])
  expect((await owner.get('/api/lifecycle/models/last-order/population')).statusCode).toBe(404)
  await work()
  expect((await models()).items.map(model => model.id)).toEqual(['reach-to-loyalty', 'last-order'])
  const past = await owner.get('/api/lifecycle/models/last-order/population?at=2025-11-01')
  expect(past.json<PopulationAt>().stages.find(stage => stage.count === 1)?.id).toBe('at_risk')
  const now = await owner.get('/api/lifecycle/models/last-order/population')
  expect(now.json<PopulationAt>().stages.find(stage => stage.count === 1)?.id).toBe('active')

  expect((await turn('reach-to-loyalty', 'off')).json()).toMatchObject({ code: 'lifecycle.model_is_primary' })
  expect((await turn('last-order', 'primary')).json()).toMatchObject({ isPrimary: true })
  expect((await turn('reach-to-loyalty', 'off')).statusCode).toBe(200)
  await work()
  expect((await models()).items.map(model => [model.id, model.isPrimary])).toEqual([['last-order', true]])
})

test('who may only look switches nothing, and an unknown model is said to be unknown', async () => {
  const { browser: analyst } = await colleagueOf(owner, browserOf(shop.app), 'analyst@example.com', 'analyst')
  expect((await turn('order-count', 'on', analyst)).statusCode).toBe(403)
  expect((await turn('nowhere', 'on')).json()).toMatchObject({ status: 404, code: 'lifecycle.model_not_found' })
})
