import { Writable } from 'node:stream'
import { type FastifyInstance } from 'fastify'
import { type ZodTypeProvider } from 'fastify-type-provider-zod'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { accessServer, NOON } from '../../../test/access-server.ts'
import { byCommandLine, createKey } from '../../access/index.ts'
import { Fault } from '../fault.ts'
import { type TestStores, testStores } from '../testing.ts'
import { open } from './index.ts'

let stores: TestStores
let app: FastifyInstance
const lines: Record<string, unknown>[] = []
const log = pino(
  { base: null },
  new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)))
      done()
    },
  }),
)
beforeAll(async () => {
  stores = await testStores()
  ;({ app } = await accessServer(stores.db, { log, before: plant }))
})
afterAll(async () => {
  await app.close()
  await stores[Symbol.asyncDispose]()
})
beforeEach(() => void lines.splice(0))

const config = open('for this test', { isForOtherSites: true })
function plant(server: FastifyInstance) {
  const typed = server.withTypeProvider<ZodTypeProvider>()
  server.get('/api/planted/crash', { config }, async () => {
    throw new Error('password of the database: hunter2')
  })
  server.get('/api/planted/away', { config }, async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  })
  server.get('/api/planted/fault', { config }, async () => {
    throw new Fault('request.too_many', { seconds: 7 }, { cause: new Error('the reason for the log') })
  })
  const body = z.object({ amount: z.int(), lines: z.array(z.object({ sku: z.string() })) })
  typed.post(
    '/api/planted/order',
    { config, schema: { body, response: { 200: z.object({ ok: z.literal(true) }) } } },
    async () => ({ ok: true as const }),
  )
  typed.get(
    '/api/planted/wrong',
    { config, schema: { response: { 200: z.object({ ok: z.literal(true) }) } } },
    async () => ({ ok: false }) as never,
  )
}

test('a crash tells the person a request id and the log the reason, once', async () => {
  const answer = await app.inject({ url: '/api/planted/crash?token=secret', headers: { 'x-request-id': 'trace-1234' } })
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(answer.json()).toMatchObject({ status: 500, code: 'server.internal', requestId: 'trace-1234' })
  expect(answer.body).not.toContain('hunter2')
  expect(lines.filter(line => JSON.stringify(line).includes('hunter2'))).toHaveLength(1)
  expect(lines.every(({ requestId }) => requestId === 'trace-1234')).toBe(true)
  expect(JSON.stringify(lines)).not.toContain('secret')
})

test('every request has one line in the log and an id, its own when that is harmless', async () => {
  const kept = await app.inject({ url: '/api/health', headers: { 'x-request-id': 'abc-12345' } })
  const made = await app.inject({ url: '/api/health', headers: { 'x-request-id': 'x"\u007f injected' } })
  expect(kept.headers['x-request-id']).toBe('abc-12345')
  expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(lines.map(({ route, status }) => [route, status])).toEqual([
    ['/api/health', 200],
    ['/api/health', 200],
  ])
})

test('a body that does not fit names each field', async () => {
  const answer = await app.inject({ method: 'POST', url: '/api/planted/order', payload: { amount: 1.5, lines: [{}] } })
  expect(answer.json<{ code: string; fields: { field: string }[] }>()).toMatchObject({ status: 400, code: 'request.invalid' })
  const { fields } = answer.json<{ fields: { field: string; message: string }[] }>()
  expect(fields.map(({ field }) => field)).toEqual(['amount', 'lines.0.sku'])
  expect(fields[1]?.message).toBe('is missing')
})

test('what cannot be read is a problem with a clear sentence', async () => {
  const post = (payload: string | Buffer, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/api/planted/order', payload, headers: { 'content-type': type } })
  expect((await post('{bad')).json()).toMatchObject({ status: 400, code: 'request.invalid' })
  expect((await post('a=b', 'application/x-www-form-urlencoded')).json()).toMatchObject({
    status: 415,
    code: 'request.media_type',
  })
  const large = (await post(JSON.stringify({ text: 'x'.repeat(2 ** 20) }))).json<{ detail: string }>()
  expect(large).toMatchObject({ status: 413, code: 'request.too_large' })
  expect(large.detail).toContain('1 MB')
  expect((await app.inject('/api/%ZZ')).json()).toMatchObject({ status: 400, code: 'request.invalid' })
  expect((await app.inject({ method: 'POST', url: '/nowhere' })).json()).toMatchObject({ status: 404, code: 'request.not_found' })
})

test('faults carry their status and their waiting time, and their cause goes to the log alone', async () => {
  const answer = await app.inject('/api/planted/fault')
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '7'])
  expect(answer.body).not.toContain('the reason for the log')
  expect(JSON.stringify(lines)).toContain('the reason for the log')
})

test('while a store is away the answer is to try again', async () => {
  const answer = await app.inject('/api/planted/away')
  expect([answer.statusCode, answer.json<{ code: string }>().code, answer.headers['retry-after']]).toEqual([
    503,
    'server.recovering',
    '2',
  ])
})

test('an answer that breaks its own promise is our fault, not the caller’s', async () => {
  expect((await app.inject('/api/planted/wrong')).json()).toMatchObject({ status: 500, code: 'server.internal' })
})

test('pages: hashed files for ever, index.html never, and every other address is a page', async () => {
  const asset = await app.inject('/assets/index-4f2a.js')
  expect([asset.statusCode, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
  for (const url of ['/', '/customers/email:ada@example.com?tab=stages', '/lifecycle', '/apiary']) {
    const page = await app.inject(url)
    expect([url, page.statusCode, page.headers['cache-control'], page.headers['content-type']]).toEqual([
      url,
      200,
      'no-cache',
      'text/html; charset=utf-8',
    ])
  }
  for (const url of [
    '/api',
    '/api/nothing',
    '/v1/t',
    '/assets/gone.js',
    '/assets/../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
  ])
    expect([url, (await app.inject(url)).headers['content-type']]).not.toEqual([url, 'text/javascript; charset=utf-8'])
  expect((await app.inject('/api/nothing')).json()).toMatchObject({ status: 404 })
  expect((await app.inject('/assets/gone.js')).json()).toMatchObject({ status: 404 })
})

test('no inline script runs on our pages, and nobody frames them', async () => {
  const policy = String((await app.inject('/')).headers['content-security-policy'])
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('upgrade-insecure-requests')
})

test('the description of the API is OpenAPI 3.1 and leaves nothing out', async () => {
  type Operation = {
    operationId?: string
    tags?: string[]
    summary?: string
    security?: object[]
    responses: Record<string, object>
  }
  const api = (await app.inject('/api/openapi.json')).json<{
    openapi: string
    paths: Record<string, Record<string, Operation>>
  }>()
  expect(api.openapi).toBe('3.1.0')
  const operations = Object.entries(api.paths)
    .filter(([path]) => !path.startsWith('/api/planted'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
    )
  const incomplete = operations.filter(
    ({ operationId, tags, summary, security, responses }) =>
      !(operationId && tags?.length && summary && security && responses['4XX']),
  )
  expect(incomplete.map(({ name }) => name)).toEqual([])
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
})

test('requests are measured by route, not by address', async () => {
  const { key } = await createKey(stores.db, { kind: 'secret', name: 'prometheus', role: 'developer' }, byCommandLine(NOON))
  await app.inject('/api/nothing/4711')
  const metrics = await app.inject({ url: '/metrics', headers: { authorization: `Bearer ${key}` } })
  expect(metrics.headers['content-type']).toContain('text/plain')
  expect(metrics.body).toMatch(/perennial_http_request_duration_seconds_count\{method="GET",route="\/\*",status="404"\} \d+/)
  expect(metrics.body).toContain('process_cpu_seconds_total')
  expect(metrics.body).not.toContain('4711')
  expect((await app.inject('/metrics')).statusCode).toBe(401)
})
