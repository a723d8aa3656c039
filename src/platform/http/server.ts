import { randomUUID } from 'node:crypto'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { type Registry } from 'prom-client'
import { z } from 'zod'
import { Fault } from '../fault.ts'
import { securityHeaders } from './headers.ts'
import { measureRequests } from './metrics.ts'
import { describeApi } from './openapi.ts'
import { servePages } from './pages.ts'
import { type DeclaredRoute, demandPolicies, open, type Policy } from './policy.ts'
import { answerTrouble, send } from './problem.ts'

export const HEALTH = ['ok', 'recovering', 'degraded'] as const
export type Health = { status: (typeof HEALTH)[number]; details?: Record<string, unknown> }

export type ServerOptions = {
  log: FastifyBaseLogger
  version: string
  /** Decides whether a request may have its route; throws a Fault when not, and puts the caller on the request. */
  authorize: (request: FastifyRequest, policy: Policy) => Promise<void>
  /** How the stores and workers are, cheaply. */
  health: () => Promise<Health> | Health
  /** Who may see metrics and health details. */
  details: Policy
  registry: Registry
  /** Where the built web pages lie. */
  pages: string
  /** How people reach this server, when it is told. */
  publicUrl: string | null
  sessionCookie: string
}

export type Server = FastifyInstance & { routesDeclared: DeclaredRoute[] }

const BODY_BYTES_MAX = 2 ** 20
// In-flight requests get this long after a stop was asked for; a stop as a whole has ten seconds.
const CLOSE_MS_MAX = 4000

/** A server with everything but the routes of the modules: `app.register(routes(deps), { prefix: '/api' })`, then `listen`. Disposable. */
export async function buildServer(options: ServerOptions): Promise<Server> {
  const app = Fastify({
    loggerInstance: options.log,
    // logRequests writes one line a request in place of Fastify's two.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: request => requestId(request.headers['x-request-id']),
    // A proxy on this machine may say for whom it speaks; nobody else is believed.
    trustProxy: 'loopback',
    bodyLimit: BODY_BYTES_MAX,
    // The longest: email:ADDRESS as a customer's id, percent-encoded.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1200 },
    frameworkErrors: (error, request, reply) =>
      void send(new Fault('request.invalid', { detail: error.message }), request, reply),
  }) as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('caller', null)
  const routesDeclared = demandPolicies(app)
  answerTrouble(app)
  logRequests(app)
  closeInTime(app)
  await app.register(helmet, securityHeaders(options.publicUrl?.startsWith('https:') ?? false))
  await app.register(compress, {
    threshold: 1024,
    encodings: ['br', 'gzip'],
    // Brotli's default of 11 is for files compressed once; 4 is quicker than gzip and still smaller.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  })
  await app.register(cookie)
  await app.register(multipart, { limits: { files: 1, fields: 10, headerPairs: 100 }, throwFileSizeLimit: true })
  app.addHook('onRequest', async (request, reply) => {
    // Answers are for this caller alone: no cache between keeps them.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
    const { policy } = request.routeOptions.config
    if (policy) await options.authorize(request, policy)
    else if (!request.is404) throw new Error(`${request.url} has no policy`)
  })
  app.setNotFoundHandler(request => {
    throw new Fault('request.not_found', { path: request.url.split('?')[0] ?? '' })
  })
  await describeApi(app, options)
  measureRequests(app, options.registry, options.details)
  answerHealth(app, options)
  await servePages(app, options.pages)
  return Object.assign(app, { routesDeclared })
}

/** A sender's own id is kept when it is harmless, so that one id follows a request through several systems. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{8,100}$/.test(given) ? given : randomUUID()
}

function logRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      // Without the query: it may hold a one-time token or a person's address.
      route: request.is404 ? request.url.split('?')[0] : request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(request.problem && { problem: request.problem }),
    }
    request.log.info(line, 'request')
  })
}

function closeInTime(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    setTimeout(() => app.server.closeAllConnections(), CLOSE_MS_MAX).unref()
  })
}

function answerHealth(app: FastifyInstance, { health, details }: ServerOptions): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const said = z.object({ status: z.enum(HEALTH) })
  typed.get(
    '/api/health',
    {
      config: open('whatever watches this server has no account'),
      schema: {
        operationId: 'health',
        tags: ['System'],
        summary: 'Whether this server can do its work',
        response: { 200: said, 503: said },
      },
    },
    async (_request, reply) => {
      const { status } = await health()
      return reply.code(status === 'recovering' ? 503 : 200).send({ status })
    },
  )
  typed.get(
    '/api/health/details',
    {
      config: { policy: details },
      schema: {
        operationId: 'healthDetails',
        tags: ['System'],
        summary: 'How each part is doing',
        response: { 200: said.extend({ details: z.record(z.string(), z.unknown()) }) },
      },
    },
    async () => {
      const { status, details: parts = {} } = await health()
      return { status, details: parts }
    },
  )
}
