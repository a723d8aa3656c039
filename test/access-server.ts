import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FastifyBaseLogger, type InjectOptions, type LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { guard, may, routes, sessionCookieOf } from '../src/access/index.ts'
import { firstAccountToken } from '../src/access/users/index.ts'
import { company, foundCompany } from '../src/company/index.ts'
import { routes as companyRoutes } from '../src/company/routes.ts'
import { handClock } from '../src/platform/clock.ts'
import { buildServer, type Server } from '../src/platform/http/index.ts'
import { silentLog } from '../src/platform/log.ts'
import { type Db } from '../src/platform/postgres.ts'

export const NOON = Date.parse('2026-03-01T12:00:00Z')
export const PASSWORD = 'correct horse battery staple'
export const SHOP = { name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR', country: null }

type Options = {
  publicUrl?: string | null
  before?: (app: Server) => void
  log?: FastifyBaseLogger
  clock?: ReturnType<typeof handClock>
}

/** The doors of access and company behind a real server that does not listen, with a clock moved by hand. */
export async function accessServer(
  db: Db,
  { publicUrl = null, before, log = silentLog(), clock = handClock(NOON) }: Options = {},
) {
  const pages = mkdtempSync(join(tmpdir(), 'perennial-pages-'))
  mkdirSync(join(pages, 'assets'))
  writeFileSync(join(pages, 'index.html'), '<title>Perennial</title>')
  writeFileSync(join(pages, 'assets/index-4f2a.js'), 'export {}')
  const app = await buildServer({
    log,
    version: 'test',
    authorize: guard({ db, clock, publicUrl }),
    health: () => ({ status: 'ok', details: { postgres: 'ok' } }),
    details: may('system:read').policy,
    registry: new Registry(),
    pages,
    publicUrl,
    sessionCookie: sessionCookieOf(publicUrl).name,
  })
  app.addHook('onClose', async () => rmSync(pages, { recursive: true }))
  before?.(app)
  await app.register(
    routes({ db, clock, publicUrl, address: () => publicUrl ?? 'http://localhost:4400', company, foundCompany }),
    { prefix: '/api' },
  )
  await app.register(companyRoutes({ db, clock }), { prefix: '/api' })
  await app.ready()
  const browser = (cookie?: string) => browserOf(app, cookie)
  return { app, clock, browser }
}

/** Keeps the cookie that it is given, and says like every browser that it asks for its own site; an empty header is left out. */
export function browserOf(app: Server, cookie = '') {
  const ask = async (
    method: InjectOptions['method'] & string,
    url: string,
    payload?: object,
    more: InjectOptions = {},
  ): Promise<LightMyRequestResponse> => {
    const headers = { 'sec-fetch-site': 'same-origin', cookie, ...more.headers }
    const answer = await app.inject({
      method: method as 'GET',
      url,
      ...(payload && { payload }),
      ...more,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
    })
    const [set] = answer.cookies
    if (set) cookie = `${set.name}=${set.value}`
    return answer
  }
  return {
    get: (url: string, more?: InjectOptions) => ask('GET', url, undefined, more),
    post: (url: string, payload?: object, more?: InjectOptions) => ask('POST', url, payload, more),
    put: (url: string, payload: object, more?: InjectOptions) => ask('PUT', url, payload, more),
    patch: (url: string, payload: object, more?: InjectOptions) => ask('PATCH', url, payload, more),
    delete: (url: string, more?: InjectOptions) => ask('DELETE', url, undefined, more),
    cookie: () => cookie,
  }
}

export type Browser = ReturnType<typeof browserOf>

/** Makes the first account, and hands back the owner's browser. */
export async function foundedBy(db: Db, browser: Browser, email = 'ada@example.com'): Promise<Browser> {
  const token = await firstAccountToken(db, NOON)
  const answer = await browser.post('/api/setup', { token, email, name: 'Ada', password: PASSWORD, company: SHOP })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return browser
}

/** Invites a colleague and accepts for them, in a browser of their own. */
export async function colleagueOf(
  owner: Browser,
  browser: Browser,
  email: string,
  role: string,
): Promise<{ browser: Browser; id: string }> {
  const invited = await owner.post('/api/users', { email, name: 'Colleague', role })
  if (invited.statusCode !== 201) throw new Error(invited.body)
  const { link, user } = invited.json<{ link: string; user: { id: string } }>()
  const token = new URL(link).searchParams.get('token')
  const accepted = await browser.post('/api/invites/accept', { token, name: 'Colleague', password: PASSWORD })
  if (accepted.statusCode !== 200) throw new Error(accepted.body)
  return { browser, id: user.id }
}
