import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Registry } from 'prom-client'
import { routes as accessRoutes, firstAccountToken, guard, may, sessionCookieOf } from '../access/index.ts'
import { company, foundCompany } from '../company/index.ts'
import { routes as companyRoutes } from '../company/routes.ts'
import { routes as consentRoutes } from '../consent/routes.ts'
import { companyRoutes as companyPeopleRoutes } from '../customers/companies/routes.ts'
import { customerIdOf } from '../customers/index.ts'
import { mergingRoutes } from '../customers/merging/routes.ts'
import { routes as customerRoutes } from '../customers/routes.ts'
import { routes as catalogueRoutes } from '../events/catalogue/routes.ts'
import { routes as importRoutes } from '../events/imports/routes.ts'
import { Rulebook } from '../events/rules/index.ts'
import { routes as ruleRoutes } from '../events/rules/routes.ts'
import { shopRoutes } from '../events/shops/routes.ts'
import { routes as sourceRoutes } from '../events/sources/routes.ts'
import { trackingRoutes } from '../events/tracking/routes.ts'
import { companySums, customerLens } from '../lifecycle/index.ts'
import { routes as lifecycleRoutes } from '../lifecycle/routes.ts'
import { routes as orderRoutes } from '../orders/routes.ts'
import { Fault } from '../platform/fault.ts'
import { buildServer, type Server } from '../platform/http/index.ts'
import { openVault } from '../platform/vault.ts'
import { routes as productRoutes } from '../products/routes.ts'
import { routes as spendRoutes } from '../spend/routes.ts'
import { type Program } from './compose.ts'
import { type Config } from './config.ts'
import { health } from './health.ts'

export const VERSION = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
  .version

const PAGES = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** The HTTP server with every route, not yet listening. */
export async function server(program: Program, address: () => string): Promise<Server> {
  const { config, log, db, history, clock, data } = program
  const timeZone = async () => (await company(db)).timeZone
  const app = await buildServer({
    log,
    version: VERSION,
    authorize: guard({ db, clock, publicUrl: config.publicUrl }),
    health: () => health(program),
    details: may('system:read').policy,
    registry: new Registry(),
    pages: PAGES,
    publicUrl: config.publicUrl,
    sessionCookie: sessionCookieOf(config.publicUrl).name,
  })
  const prefix = '/api'
  const vault = openVault({ secret: config.secret, data })
  const rules = new Rulebook(db, clock, vault)
  await app.register(accessRoutes({ db, clock, publicUrl: config.publicUrl, address, company, foundCompany }), { prefix })
  await app.register(companyRoutes({ db, clock }), { prefix })
  await app.register(consentRoutes({ db }), { prefix })
  await app.register(spendRoutes({ db }), { prefix })
  await app.register(importRoutes({ db, history, clock, data }), { prefix })
  await app.register(lifecycleRoutes({ db, history, clock }), { prefix })
  const lens = customerLens(db, history, clock, timeZone)
  await app.register(customerRoutes({ db, history, clock, timeZone, lens, data }), { prefix })
  await app.register(mergingRoutes({ db, clock }), { prefix })
  await app.register(companyPeopleRoutes({ db, lens: customerLens(db, history, clock, timeZone), sums: companySums(db) }), {
    prefix,
  })
  await app.register(orderRoutes({ db, history, clock, customer: customerIdOf }), { prefix })
  await app.register(productRoutes({ db, history, clock }), { prefix })
  await app.register(sourceRoutes({ db, clock }), { prefix })
  await app.register(catalogueRoutes({ db, clock, rules }), { prefix })
  await app.register(ruleRoutes({ db, clock, rules }), { prefix })
  await app.register(shopRoutes({ db, clock, vault, rules, address }))
  await app.register(
    trackingRoutes({ db, clock, rules, vault, publicUrl: config.publicUrl, snippet: join(PAGES, 'perennial.js') }),
  )
  return app
}

const addressFile = (data: string) => join(data, 'address')

/** Where people reach the program on this data folder: what it was told, else where it listens now, else where it will. */
export function addressOf({ config, data }: Program): string {
  const kept = addressFile(data)
  return config.publicUrl ?? (existsSync(kept) ? readFileSync(kept, 'utf8') : `http://localhost:${config.port}`)
}

/** Serves until disposed. Answers the address to open, with the one-time link while nobody has an account. */
export async function serve(program: Program): Promise<AsyncDisposable & { url: string; setupLink: string | null }> {
  let url = program.config.publicUrl ?? ''
  const app = await server(program, () => url)
  await listen(app, program.config)
  if (url === '') url = `http://localhost:${(app.server.address() as AddressInfo).port}`
  writeFileSync(addressFile(program.data), url)
  const token = await firstAccountToken(program.db, program.clock.now())
  return {
    url,
    setupLink: token === null ? null : `${url}/setup?token=${token}`,
    async [Symbol.asyncDispose]() {
      rmSync(addressFile(program.data), { force: true })
      await app.close()
    },
  }
}

async function listen(app: Server, { port, host }: Config): Promise<void> {
  try {
    await app.listen({ port, host })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new Fault('server.port_taken', { port }, { cause })
    throw cause
  }
}
