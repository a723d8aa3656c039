import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type CompaniesOfCustomer,
  type CompanyPage,
  type CompanyPeople,
  type CompanyProfile,
} from '../src/customers/companies/contract.ts'
import { latest, membershipsAfter, type Told } from '../src/customers/companies/membership.ts'
import { accept, createSource, type Envelope, eventId, undoSource } from '../src/events/index.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const DAY = 86_400_000

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser
let viewer: Browser
beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
  viewer = (await colleagueOf(owner, browserOf(shop.app), 'viewer@example.com', 'viewer')).browser
})
afterAll(() => shop[Symbol.asyncDispose]())
beforeEach(async () => {
  await sql`truncate customer, customer_company cascade`.execute(shop.db)
  await shop.program.history.command('truncate table event')
})

const person = (id: string) => [{ kind: 'external' as const, value: id }]
type Saying = { who: string; company: string; isLeaving: boolean; day: number; name: string | null; size: number | null }
const envelopeOf = ({ who, company, isLeaving, day, name, size }: Saying, i: number): Envelope => ({
  messageId: `group-${i}`,
  identities: person(who),
  name: isLeaving ? 'Group Left' : 'Group Joined',
  at: NOW - (40 - day) * DAY,
  properties: { groupId: company, ...(!isLeaving && { traits: { name, size, address: { city: company } } }) },
})
const joined = (who: string, company: string, day = 1, name: string | null = null): Saying => ({
  who,
  company,
  isLeaving: false,
  day,
  name,
  size: null,
})

/** What the companies should be, told from all events at once. */
function expected(envelopes: readonly Envelope[]) {
  const events = envelopes.map(({ messageId, name, at, properties = {}, identities }) => ({
    ...{ id: eventId(messageId), name, at, properties },
    who: identities[0]?.value ?? '',
  }))
  const inTime = events.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  const members: [string, string, number, number | null][] = []
  const told = new Map<string, Told>()
  for (const [who, own] of Map.groupBy(inTime, event => event.who))
    for (const [company, one] of membershipsAfter(new Map(), own)) {
      members.push([who, company, one.joinedAt, one.leftAt])
      told.set(company, latest(told.get(company) ?? {}, one.told))
    }
  const companies = [...told].map(([company, words]) => [company, words.name?.[0] ?? null, words.size?.[0] ?? null])
  return { members: members.map(one => one.join(' ')).sort(), companies: companies.map(one => one.join(' ')).sort() }
}

async function kept() {
  const members = await sql<{ who: string; company: string; joined_at: Date; left_at: Date | null }>`
    select i.value as who, c.external_id as company, m.joined_at, m.left_at
    from customer_company_member m join customer_company c on c.id = m.company_id join identity i using (customer_id)`.execute(
    shop.db,
  )
  const companies = await sql<{ external_id: string; name: string | null; told: Told }>`select * from customer_company`.execute(
    shop.db,
  )
  return {
    members: members.rows
      .map(({ who, company, joined_at, left_at }) =>
        [who, company, joined_at.getTime(), left_at === null ? null : left_at.getTime()].join(' '),
      )
      .sort(),
    companies: companies.rows.map(({ external_id, name, told }) => [external_id, name, told.size?.[0] ?? null].join(' ')).sort(),
  }
}

const saying = fc.record({
  who: fc.constantFrom('ann', 'bob', 'cyd'),
  company: fc.constantFrom('acme', 'zinc', 'oak'),
  isLeaving: fc.boolean(),
  day: fc.integer({ min: 0, max: 9 }),
  name: fc.constantFrom(null, 'Acme', 'Acme Ltd', ''),
  size: fc.constantFrom(null, 5, 50),
})

test('companies and their people are the same for every order of arrival, and as if what is undone had never come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(saying, fc.boolean(), fc.nat()), { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      async (sayings, size) => {
        await sql`truncate customer, customer_company cascade`.execute(shop.db)
        await shop.program.history.command('truncate table event')
        const [good, undone] = [await createSource(shop.db, 'write', 'a', NOW), await createSource(shop.db, 'write', 'b', NOW)]
        const all = sayings.map(([one, isUndone, order], i) => ({ envelope: envelopeOf(one, i), isUndone, order }))
        const arriving = [...all, ...all.slice(0, 2)].sort((a, b) => a.order - b.order)
        for (let at = 0; at < arriving.length; at += size) {
          for (const { envelope, isUndone } of arriving.slice(at, at + size))
            await accept(shop.db, isUndone ? undone : good, [envelope], NOW)
          await shop.settle()
        }
        expect(await kept()).toEqual(expected(all.map(one => one.envelope)))
        await undoSource(shop.worker, undone, async () => {})
        expect(await kept()).toEqual(expected(all.filter(one => !one.isUndone).map(one => one.envelope)))
      },
    ),
    { numRuns: 8 },
  )
}, 180_000)

test('who is joined to somebody else brings their companies along; who is removed leaves no company behind', async () => {
  await shop.bring([
    { ...envelopeOf(joined('', 'acme', 1, 'Acme'), 1), identities: [{ kind: 'anonymous', value: 'a1' }] },
    envelopeOf(joined('ann', 'zinc', 2), 2),
  ])
  await shop.bring([
    {
      messageId: 'same',
      identities: [...person('ann'), { kind: 'anonymous', value: 'a1' }],
      name: 'Signed In',
      at: NOW - DAY,
    },
  ])
  const { items } = await get<CompaniesOfCustomer>('/api/customers/external:ann/companies')
  expect(items.map(one => one.label).sort()).toEqual(['Acme', 'zinc'])
  const { rows } = await sql<{ id: number }>`select id from customer where merged_into is null`.execute(shop.db)
  expect(rows).toHaveLength(1)
  await shop.worker.directory.remove(
    shop.db,
    rows.map(row => row.id),
  )
  expect(await kept()).toEqual({ members: [], companies: [] })
  expect((await get<CompanyPage>('/api/companies')).items).toEqual([])
})

async function get<T>(path: string, browser = owner): Promise<T> {
  const answer = await browser.get(path)
  expect([path, answer.statusCode, answer.statusCode === 200 ? '' : answer.body]).toEqual([path, 200, ''])
  return answer.json<T>()
}

const order = (who: string, n: number, amount: number, currency: string): Envelope => ({
  messageId: `order ${who} ${n}`,
  identities: [...person(who), { kind: 'email', value: `${who}@acme.example` }],
  name: 'Order Completed',
  at: NOW - n * DAY,
  orderId: `${who}-${n}`,
  amount,
  currency,
  traits: { name: `${who} Example`, email: `${who}@acme.example` },
})

test('a company shows who belongs to it and what they come to together, currencies apart', async () => {
  const acme = envelopeOf(joined('ann', 'acme', 1, 'Acme'), 1)
  await shop.bring([
    { ...acme, properties: { groupId: 'acme', traits: { name: 'Acme', industry: 'Tea', email: 'office@acme.example' } } },
    ...['bob', 'cyd', 'dan'].map((who, i) => envelopeOf(joined(who, 'acme', 2), 10 + i)),
    envelopeOf({ ...joined('dan', 'acme', 3), isLeaving: true }, 20),
    envelopeOf(joined('ann', 'zinc', 4), 21),
    order('ann', 5, 1_000, 'EUR'),
    order('ann', 3, 2_000, 'EUR'),
    order('bob', 2, 500, 'USD'),
    order('dan', 2, 70_000, 'EUR'),
  ])
  const { items } = await get<CompanyPage>('/api/companies')
  expect(items).toMatchObject([
    { label: 'Acme', externalId: 'acme', people: 3, former: 1, orders: 3 },
    { label: 'zinc', people: 1, former: 0, orders: 2 },
  ])
  expect(items[0]?.revenue).toEqual([
    { amount: 3_000, currency: 'EUR' },
    { amount: 500, currency: 'USD' },
  ])
  expect(items[0]?.lastSeenAt).toBe(new Date(NOW - 2 * DAY).toISOString())
  const acmeNow = await get<CompanyProfile>('/api/companies/external:acme')
  expect(acmeNow.stages.reduce((sum, { people }) => sum + people, 0)).toBe(3)
  expect(acmeNow.traits).toContainEqual({ name: 'industry', value: 'Tea' })
  const people = async (query: string, browser = owner) =>
    get<CompanyPeople>(`/api/companies/${acmeNow.id}/customers?${query}`, browser)
  const first = await people('limit=2')
  const second = await people(`limit=2&cursor=${first.next}`)
  expect([...first.items, ...second.items].map(one => one.label).sort()).toEqual(['Customer cyd', 'ann Example', 'bob Example'])
  expect(second.next).toBeNull()
  expect((await people('former=true')).items).toMatchObject([{ label: 'dan Example', leftAt: expect.any(String) }])

  // The list goes on where it ended, and a search finds any part of a name or an id.
  const page = await get<CompanyPage>('/api/companies?limit=1')
  expect((await get<CompanyPage>(`/api/companies?limit=1&cursor=${page.next}`)).items.map(one => one.label)).toEqual(['zinc'])
  expect((await get<CompanyPage>('/api/companies?search=CM')).items.map(one => one.label)).toEqual(['Acme'])
  expect((await get<CompanyPage>('/api/companies?search=%25')).items).toEqual([])

  // Who may see neither money nor how to reach people sees that there is a company, and no more.
  const seen = [
    await get('/api/companies', viewer),
    await get('/api/companies/external:acme', viewer),
    await people('', viewer),
    await get('/api/customers/external:ann/companies', viewer),
  ]
  expect(JSON.stringify(seen)).not.toMatch(/Example|example|EUR|3000/)
  expect(JSON.stringify(seen)).toContain('Acme')
})

test('nonsense is answered with what is wrong', async () => {
  const asked = async (path: string) => {
    const answer = await owner.get(path)
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  for (const id of ['999', 'external:none', '%00', 'external:%00', 'x'])
    expect(await asked(`/api/companies/${id}`)).toEqual([404, 'customer.company_not_found'])
  expect(await asked('/api/companies?cursor=nonsense')).toEqual([400, 'request.invalid'])
  expect(await asked('/api/companies?limit=0')).toEqual([400, 'request.invalid'])
})
