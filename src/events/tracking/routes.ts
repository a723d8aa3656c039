import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may, open } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { idIn } from '../../platform/http/index.ts'
import { inTime } from '../../platform/patience.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Vault } from '../../platform/vault.ts'
import { type Rulebook } from '../rules/index.ts'
import { eventsIn, sorted } from './batch.ts'
import * as contract from './contract.ts'
import { letIn } from './door.ts'
import { dismiss, dismissAll, Intake, quarantinePage, replay, showUserSecret, userSecretOf } from './index.ts'
import { keyIn } from './keys.ts'
import { LIMITS } from './limits.ts'
import { type Type } from './normalise.ts'
import { readBody } from './routes.body.ts'
import { rudderSource, segmentSettings } from './routes.settings.ts'
import { snippet } from './routes.snippet.ts'
import { type Bag, bagOr } from './values.ts'
import { liveEventOf } from './view.ts'

export type TrackingDeps = {
  db: Db
  clock: Clock
  rules: Rulebook
  vault: Vault
  publicUrl: string | null
  /** The built file that the pages of others load. */
  snippet: string
}

/** Null: a batch of any types. The short paths are what analytics-next calls. */
const PATHS: Record<string, Type | null> = {
  '/v1/batch': null,
  '/v1/import': null,
  '/v1/b': null,
  '/v1/track': 'track',
  '/v1/t': 'track',
  '/v1/identify': 'identify',
  '/v1/i': 'identify',
  '/v1/page': 'page',
  '/v1/p': 'page',
  '/v1/screen': 'screen',
  '/v1/s': 'screen',
  '/v1/group': 'group',
  '/v1/g': 'group',
  '/v1/alias': 'alias',
  '/v1/a': 'alias',
}
const SUMMARIES: Record<string, string> = {
  '/v1/batch': 'Hand in events of all kinds',
  '/v1/import': 'Hand in events of the past',
  '/v1/track': 'Hand in something that a customer did',
  '/v1/identify': 'Say who a customer is',
  '/v1/page': 'Hand in a page that was viewed',
  '/v1/screen': 'Hand in a screen that was viewed',
  '/v1/group': 'Say which company a customer belongs to',
  '/v1/alias': 'Say that two ids are one person',
}

type Arrived = { key: string; body: Bag; bytes: number; type: Type | null; sentAt: string | undefined; receivedAt: number }

/** For the few megabytes that a request may have, on the slowest of lines. */
const BODY_MS_MAX = 60_000
/** Longer than anything takes while the store is well: when it hangs, the sender had better come again. */
const ANSWER_MS_MAX = 5_000

const config = open('SDKs and shop pages hand in events with a write key, which is checked with the body', {
  isForOtherSites: true,
})

/** The tracking API as the SDKs of Segment and RudderStack call it, at the root; and what colleagues see of it, under /api. */
export const trackingRoutes =
  (deps: TrackingDeps): FastifyPluginAsyncZod =>
  async app => {
    const intake = new Intake(deps.db, deps.clock, deps.vault)
    await app.register(ingest(deps, intake))
    await app.register(snippet(deps.snippet))
    await app.register(forColleagues(deps, intake), { prefix: '/api/tracking' })
  }

const ingest =
  ({ clock, publicUrl, rules }: TrackingDeps, intake: Intake): FastifyPluginAsyncZod =>
  async app => {
    // SDKs name form data what is gzipped JSON, and plain text what is JSON: the body says what it is.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LIMITS.bodyBytesMax }, (_request, body, done) =>
      done(null, body),
    )
    app.addHook('onRequest', async (request, reply) => {
      request.headers['content-type'] = 'application/octet-stream'
      allowOtherSites(request, reply)
      // Sent drop by drop, a body would hold its connection and memory for as long as its sender likes.
      const late = setTimeout(() => request.raw.destroy(), BODY_MS_MAX).unref()
      request.raw.once('close', () => clearTimeout(late))
    })
    const take = (type: Type | null) => async (request: FastifyRequest) => {
      const receivedAt = clock.now()
      const read = await readBody(request.body as Buffer, request.headers['content-encoding'], LIMITS.bodyBytesMax)
      const key = keyIn(request.headers.authorization, read.body, bagOr(request.query))
      if (key === null) throw new Fault('access.key_refused')
      // A browser says so by itself, whatever SDK the page uses.
      if (request.headers['sec-gpc'] === '1') read.body.context = { ...bagOr(read.body.context), globalPrivacyControl: true }
      const sentAt = one(request.headers.sentat)
      await inTime(ANSWER_MS_MAX, keep({ ...read, key, type, sentAt, receivedAt }))
      return { success: true as const }
    }
    const keep = async ({ key, body, bytes, type, sentAt, receivedAt }: Arrived) => {
      const sender = await away(intake.senders.of(key))
      const events = eventsIn(body, type, sentAt)
      if (events === null) throw new Fault('tracking.not_json', { detail: 'batch is not a list' })
      const { isTrusted, currency, country, proves } = sender
      const arrival = { receivedAt, isTrusted, currency, country, proves, limits: LIMITS }
      // Rules come first: what they deny is neither measured nor set aside, and nothing of it reaches a disk.
      const { events: ruled, blocked } = letIn(events, await away(rules.current()))
      await intake.take(sender, { ...sorted(ruled, body, bytes, arrival), blocked }, receivedAt, bytes)
    }
    for (const [path, type] of Object.entries(PATHS)) {
      const summary = SUMMARIES[path]
      const schema =
        summary === undefined
          ? { hide: true }
          : {
              operationId: `tracking${path.replace(/^\/v1\/(.)/, (_, first: string) => first.toUpperCase())}`,
              tags: ['Tracking'],
              summary,
              response: { 200: contract.success },
            }
      // No page comes from here, and what a page may do need not be told with every event.
      const bare = { bodyLimit: LIMITS.bodyBytesMax, decompress: false, compress: false, helmet: false } as const
      app.post(path, { config: { ...config }, schema, ...bare }, take(type))
    }
    app.options('/v1/*', { config, schema: { hide: true } }, async (_request, reply) => reply.code(204).send())
    app.options('/sourceConfig', { config, schema: { hide: true } }, async (_request, reply) => reply.code(204).send())

    const known = async (key: string | null) => {
      // Not 401: an SDK takes that as it takes 404, and a guess learns nothing from either.
      if (key === null) throw new Fault('request.not_found', { path: '/' })
      return inTime(ANSWER_MS_MAX, away(intake.senders.of(key))).catch((error: unknown) => {
        if (error instanceof Fault && error.status < 500) throw new Fault('request.not_found', { path: '/' }, { cause: error })
        throw error
      })
    }
    app.get<{ Params: { key: string } }>(
      '/v1/projects/:key/settings',
      { config, schema: { hide: true } },
      async (request, reply) => {
        await known(request.params.key)
        reply.header('cache-control', 'no-cache')
        return segmentSettings(request.params.key, whereabouts(publicUrl, request))
      },
    )
    app.get('/sourceConfig', { config, schema: { hide: true } }, async (request, reply) => {
      const key = keyIn(request.headers.authorization, {}, bagOr(request.query))
      const sender = await known(key)
      reply.header('cache-control', 'no-cache')
      return rudderSource(key ?? '', sender.name, sender.sourceId, clock.now())
    })
  }

/** Any site may send and read the answer; never with cookies. */
function allowOtherSites(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers
  const asked = one(request.headers['access-control-request-headers'])
  reply.header('access-control-allow-origin', origin ?? '*')
  reply.header('vary', 'origin, access-control-request-headers')
  reply.header('access-control-allow-methods', 'POST, GET, OPTIONS')
  // RudderStack's SDK adds headers of its own to every try after the first: were they refused in advance, no browser would send it again.
  reply.header('access-control-allow-headers', asked ?? 'authorization, content-type, anonymousid, sentat, x-retry-count')
  reply.header('access-control-expose-headers', 'retry-after')
  reply.header('access-control-max-age', '86400')
  reply.header('cross-origin-resource-policy', 'cross-origin')
}

function whereabouts(publicUrl: string | null, request: FastifyRequest): { protocol: string; host: string } {
  if (publicUrl === null) return { protocol: request.protocol, host: request.host }
  const { protocol, host } = new URL(publicUrl)
  return { protocol: protocol.slice(0, -1), host }
}

/** Trouble of ours while looking somebody up is no reason to refuse them. */
const away = <T>(look: Promise<T>): Promise<T> =>
  look.catch((error: unknown) => {
    throw error instanceof Fault ? error : new Fault('server.recovering', {}, { cause: error })
  })

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header)

const tags = ['Tracking']
const forColleagues =
  ({ db, clock, rules, vault }: TrackingDeps, intake: Intake): FastifyPluginAsyncZod =>
  async app => {
    const mayContact = (request: FastifyRequest) => callerOf(request).capabilities.has('customers:contact')
    app.get(
      '/live',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'trackingLive',
          tags,
          summary: 'The events that arrived lately at this server, newest first',
          querystring: contract.liveQuery,
          response: { 200: contract.live },
        },
      },
      async request => {
        const { after, limit, source } = request.query
        const { live } = intake
        const items = live.after(after, limit, source).map(seen => liveEventOf(seen, mayContact(request)))
        return { items, latest: live.latest, counts: live.counts(source) }
      },
    )
    app.get(
      '/quarantine',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'quarantine',
          tags,
          summary: 'Events that could not be used, newest first',
          querystring: contract.quarantineQuery,
          response: { 200: contract.quarantinePage },
        },
      },
      async request => quarantinePage(db, request.query, idIn(request.query.cursor), request.query.limit, mayContact(request)),
    )
    app.post(
      '/quarantine/:id/replay',
      {
        config: may('imports:write'),
        schema: {
          operationId: 'replayQuarantined',
          tags,
          summary: 'Hand in a quarantined event anew, corrected or as it is',
          params: contract.quarantineParams,
          body: contract.replay,
          response: { 200: contract.replayed },
        },
      },
      async request => {
        const act = actOf(request, clock.now())
        return { messageId: await replay(db, await rules.current(), Number(request.params.id), request.body.event, act) }
      },
    )
    app.delete(
      '/quarantine/:id',
      {
        config: may('imports:write'),
        schema: {
          operationId: 'dismissQuarantined',
          tags,
          summary: 'Forget a quarantined event',
          params: contract.quarantineParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await dismiss(db, Number(request.params.id), actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )
    app.get(
      '/keys/:id/user-secret',
      {
        config: may('keys:manage'),
        schema: {
          operationId: 'userSecret',
          tags,
          summary:
            'The secret with which a website’s server shows who is signed in: HMAC-SHA256 of the user id, as `context.userHash`',
          params: contract.quarantineParams,
          response: { 200: contract.userSecret },
        },
      },
      async request => {
        const keyId = Number(request.params.id)
        await showUserSecret(db, keyId, actOf(request, clock.now()))
        return { secret: userSecretOf(vault, keyId) }
      },
    )
    app.delete(
      '/quarantine',
      {
        config: may('imports:write'),
        schema: {
          operationId: 'emptyQuarantine',
          tags,
          summary: 'Forget all quarantined events, or all with one reason',
          querystring: contract.emptyQuery,
          response: { 200: contract.emptied },
        },
      },
      async request => ({ removed: await dismissAll(db, request.query.reason ?? null, actOf(request, clock.now())) }),
    )
  }
