import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CAPABILITIES, type Capability, ROLES, type Role } from '../src/access/contract.ts'
import { byCommandLine, capabilitiesOf, capabilitiesOfKey, createKey, may, open, revokeKey } from '../src/access/index.ts'
import { IDLE_MS_MAX } from '../src/access/sessions/lifetime.ts'
import { readConfig } from '../src/app/config.ts'
import { server } from '../src/app/serve.ts'
import { handClock } from '../src/platform/clock.ts'
import { buildServer, type DeclaredRoute, type Server } from '../src/platform/http/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { type TestStores, testStores } from '../src/platform/testing.ts'
import { type Browser, browserOf, colleagueOf, foundedBy, NOON, PASSWORD } from './access-server.ts'

let stores: TestStores
let app: Server
const clock = handClock(NOON)
let owner: Browser
const data = mkdtempSync(join(tmpdir(), 'perennial-roles-'))
beforeAll(async () => {
  stores = await testStores()
  // The program's own server, so that every route of every module is walked.
  const { db, history, databaseUrl } = stores
  app = await server(
    {
      config: readConfig({}),
      log: silentLog(),
      clock,
      db,
      history,
      databaseUrl,
      data,
      home: '',
      [Symbol.asyncDispose]: async () => {},
    },
    () => 'http://localhost',
  )
  await app.ready()
  owner = await foundedBy(db, browser())
})
afterAll(async () => {
  await app.close()
  await stores[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})
const browser = () => browserOf(app)

type Expected = (route: DeclaredRoute) => boolean
/** Calls every route of the server in someone's name, and lists those where the door does not do what it should. */
async function wrongDoors(headers: Record<string, string>, mayEnter: Expected): Promise<string[]> {
  const wrong: string[] = []
  for (const route of app.routesDeclared) {
    const { method, url } = route
    const asked = { method: method as 'GET', url: url.replace(/:\w+/g, '1').replace('*', ''), headers }
    // A body that no route can read: whoever is let in is turned back behind the door (415), so that no sign-out ends the session it is tried with.
    const knocked = ['GET', 'HEAD'].includes(method)
      ? asked
      : { ...asked, headers: { ...headers, 'content-type': 'application/x-knock' }, payload: 'x' }
    const { statusCode } = await app.inject(knocked)
    const entered = statusCode !== 401 && statusCode !== 403
    if (entered !== mayEnter(route)) wrong.push(`${method} ${url}: ${statusCode}`)
  }
  return wrong
}

const asUser =
  (role: Role): Expected =>
  ({ policy }) =>
    policy.kind !== 'capability' || capabilitiesOf(role).has(policy.capability as Capability)
const asKey =
  (role: Role): Expected =>
  ({ policy }) =>
    policy.kind === 'open' || (policy.kind === 'capability' && capabilitiesOfKey(role).has(policy.capability as Capability))
const asNobody: Expected = ({ policy }) => policy.kind === 'open'

test('the walk sees every route that the description of the API names', async () => {
  const { paths } = (await app.inject('/api/openapi.json')).json<{ paths: Record<string, Record<string, object>> }>()
  const described = Object.entries(paths).flatMap(([url, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${url}`),
  )
  const walked = app.routesDeclared.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
  expect(described.length).toBeGreaterThan(20)
  expect(described.filter(route => !walked.includes(route))).toEqual([])
})

test.each(ROLES)('a colleague in the role %s enters exactly the routes of their capabilities', async role => {
  const colleague = role === 'owner' ? owner : (await colleagueOf(owner, browser(), `${role}@example.com`, role)).browser
  expect(await wrongDoors({ cookie: colleague.cookie() }, asUser(role))).toEqual([])
})

test.each(ROLES)('a secret key in the role %s enters what its role may, less what only people may', async role => {
  const { key } = await createKey(stores.db, { kind: 'secret', name: role, role }, byCommandLine(NOON))
  expect(await wrongDoors({ authorization: `Bearer ${key}` }, asKey(role))).toEqual([])
})

test('without a caller only the open routes answer', async () => {
  expect(await wrongDoors({}, asNobody)).toEqual([])
})

test('a revoked key, an unknown key and a write key enter no more than nobody does', async () => {
  const made = await createKey(stores.db, { kind: 'secret', name: 'old', role: 'owner' }, byCommandLine(NOON))
  await revokeKey(stores.db, Number(made.id), byCommandLine(NOON))
  const write = await createKey(stores.db, { kind: 'write', name: 'shop' }, byCommandLine(NOON))
  for (const key of [made.key, write.key, 'sk_guessed', ''])
    expect(await wrongDoors({ authorization: `Bearer ${key}` }, asNobody)).toEqual([])
})

test('a wrong key is not made up for by a good session', async () => {
  expect(await wrongDoors({ authorization: 'Bearer sk_guessed', cookie: owner.cookie() }, asNobody)).toEqual([])
})

test('a session that ran out and one that never was enter no more than nobody does', async () => {
  const late = await cookieOfNewSession()
  clock.forward(IDLE_MS_MAX)
  expect(await wrongDoors({ cookie: late }, asNobody)).toEqual([])
  expect(await wrongDoors({ cookie: 'perennial_session=guessed' }, asNobody)).toEqual([])
  clock.set(NOON)
})

async function cookieOfNewSession(): Promise<string> {
  const late = browser()
  await late.post('/api/session', { email: 'ada@example.com', password: PASSWORD })
  return late.cookie()
}

test('a route without a policy fails the start, whatever its method', async () => {
  for (const method of ['GET', 'POST', 'OPTIONS'] as const) {
    const app = await bareServer()
    await expect(async () => {
      app.route({ method, url: '/api/planted', handler: async () => 'planted' })
      await app.ready()
    }).rejects.toThrow(`${method} /api/planted declares no policy`)
    await app.close()
  }
})

test('a route with a policy does not fail the start, and its HEAD has the same policy', async () => {
  const app = await bareServer()
  app.get('/api/planted', { config: may('audit:read') }, async () => 'planted')
  app.get('/api/open', { config: open('for this test') }, async () => 'open')
  await app.ready()
  const declared = app.routesDeclared.filter(({ url }) => url === '/api/planted')
  expect(declared.map(({ method, policy }) => [method, policy])).toEqual([
    ['GET', may('audit:read').policy],
    ['HEAD', may('audit:read').policy],
  ])
  expect((await app.inject({ method: 'HEAD', url: '/api/planted' })).statusCode).toBe(500)
  expect((await app.inject('/api/open')).body).toBe('open')
  await app.close()
})

/** A server whose guard refuses everything but open routes with an error. */
const bareServer = () =>
  buildServer({
    log: silentLog(),
    version: 'test',
    authorize: async (_request, policy) => {
      if (policy.kind !== 'open') throw new Error('guarded')
    },
    health: () => ({ status: 'ok' }),
    details: may('system:read').policy,
    registry: new Registry(),
    pages: '/nowhere',
    publicUrl: null,
    sessionCookie: 'session',
  })

const whoMay = (capability: Capability) => ROLES.filter(role => capabilitiesOf(role).has(capability))

test('contact details, money and the trail are for the departments that need them', () => {
  expect(whoMay('customers:contact')).toEqual(['owner', 'admin', 'marketing', 'sales', 'service', 'privacy_officer'])
  expect(whoMay('customers:money')).toEqual([
    'owner',
    'admin',
    'marketing',
    'analyst',
    'sales',
    'finance',
    'service',
    'privacy_officer',
  ])
  expect(whoMay('customers:export')).toEqual(['owner', 'admin', 'marketing', 'analyst', 'sales', 'finance', 'privacy_officer'])
  expect(whoMay('imports:write')).toEqual(['owner', 'admin', 'marketing', 'developer'])
  expect(whoMay('audit:read')).toEqual(['owner', 'admin', 'privacy_officer'])
  expect(whoMay('users:manage')).toEqual(['owner', 'admin'])
  expect(whoMay('keys:manage')).toEqual(['owner', 'admin', 'developer'])
  expect(whoMay('lifecycle:read')).toEqual([...ROLES])
  expect(whoMay('lifecycle:write')).toEqual(['owner', 'admin', 'marketing'])
})

test('owners may everything, and no key makes users or keys', () => {
  expect([...capabilitiesOf('owner')]).toEqual([...CAPABILITIES])
  for (const role of ROLES) {
    expect(capabilitiesOfKey(role).has('users:manage')).toBe(false)
    expect(capabilitiesOfKey(role).has('keys:manage')).toBe(false)
  }
})
