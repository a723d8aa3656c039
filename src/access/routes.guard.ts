import { type FastifyRequest } from 'fastify'
import { type Clock } from '../platform/clock.ts'
import { Fault } from '../platform/fault.ts'
import { type Policy } from '../platform/http/index.ts'
import { type Db } from '../platform/postgres.ts'
import { type Act, auditRefusal, type Who } from './audit/index.ts'
import { isCrossSite } from './cross-site.ts'
import { callerWithKey } from './keys/index.ts'
import { type Caller, verdict } from './policies.ts'
import { callerWithSession } from './sessions/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on open routes, where nobody is asked. */
    caller: Caller | null
  }
}

/** The session's cookie. Over https its name makes the browser refuse one that was set for another path, another host or without encryption. */
export function sessionCookieOf(publicUrl: string | null) {
  const secure = publicUrl?.startsWith('https:') ?? false
  return {
    name: secure ? '__Host-perennial_session' : 'perennial_session',
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure } as const,
  }
}

export type GuardDeps = { db: Db; clock: Clock; publicUrl: string | null }

/** The one place where it is found out who asks, and decided whether they may. Runs before a body is read. */
export function guard({ db, clock, publicUrl }: GuardDeps): (request: FastifyRequest, policy: Policy) => Promise<void> {
  const cookie = sessionCookieOf(publicUrl).name
  return async (request, policy) => {
    const bearer = bearerOf(request)
    if (bearer === null && isCrossSite(asked(request), publicUrl) && !(policy.kind === 'open' && policy.isForOtherSites)) {
      await auditRefusal(db, actOf(request, clock.now()), 'request.cross_site', routeOf(request))
      throw new Fault('access.cross_site')
    }
    if (policy.kind === 'open') return
    const session = request.cookies[cookie]
    const at = clock.now()
    if (bearer !== null) request.caller = await callerWithKey(db, bearer, at)
    else if (session) request.caller = await callerWithSession(db, session, at)
    const decided = verdict(policy, request.caller)
    if (decided === 'signed_out') throw new Fault(bearer === null ? 'access.signed_out' : 'access.key_refused')
    if (decided === 'forbidden') {
      const needs = policy.kind === 'capability' ? policy.capability : 'a person'
      await auditRefusal(db, actOf(request, at), 'request.forbidden', routeOf(request), { needs })
      throw new Fault('access.forbidden')
    }
  }
}

/** The caller of a route that is not open. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error('an open route has no caller')
  return request.caller
}

/** Who does something at `at`, from where, for the trail. */
export function actOf(request: FastifyRequest, at: number): Act {
  return { at, who: whoOf(request.caller), address: request.ip, requestId: request.id }
}

const whoOf = (caller: Caller | null): Who =>
  caller ? { kind: caller.kind, id: caller.id, label: caller.label } : { kind: 'nobody', id: null, label: 'nobody' }
const routeOf = (request: FastifyRequest): string => `${request.method} ${request.routeOptions.url ?? ''}`

/** The key of `Authorization: Bearer …`; null without the header. Any other scheme is a key that nobody has. */
function bearerOf(request: FastifyRequest): string | null {
  const header = request.headers.authorization
  return header === undefined ? null : (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '')
}

const asked = (request: FastifyRequest) => ({
  method: request.method,
  host: request.host,
  fetchSite: one(request.headers['sec-fetch-site']),
  origin: request.headers.origin,
})
const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header)
