import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Clock } from '../platform/clock.ts'
import { open, signedIn } from '../platform/http/index.ts'
import { type Db } from '../platform/postgres.ts'
import { type Act } from './audit/index.ts'
import * as shape from './contract.ts'
import { actOf, callerOf, sessionCookieOf } from './routes.guard.ts'
import { changePassword, endSession, listSessions, type Started, signIn, signOut, type Visit } from './sessions/index.ts'
import { AGE_MS_MAX } from './sessions/lifetime.ts'
import { acceptInvite, makeFirstAccount, sessionOf, viewLink } from './users/index.ts'

type Company = shape.Session['company']
export type AccessDeps = {
  db: Db
  clock: Clock
  publicUrl: string | null
  /** Where people reach this server: for links. */
  address: () => string
  /** The company stands above access on the spine, so it is handed in. */
  company: (db: Db) => Promise<Company>
  foundCompany: (tx: Db, company: Company, act: Act) => Promise<void>
}

/** How one gets in: password, first link, invitation. */
export const signInRoutes =
  (deps: AccessDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, clock } = deps
    app.post(
      '/session',
      {
        config: open('this is where one signs in'),
        schema: {
          operationId: 'signIn',
          tags: ['Session'],
          summary: 'Sign in',
          body: shape.signIn,
          response: { 200: shape.session },
        },
      },
      async (request, reply) => entered(deps, reply, await signIn(db, request.body, visitOf(deps, request))),
    )
    app.get(
      '/setup',
      {
        config: open('the token of the one-time link is the permission'),
        schema: {
          operationId: 'viewSetupLink',
          tags: ['Session'],
          summary: 'What a one-time link is good for',
          querystring: z.object({ token: z.string().max(200).default('') }),
          response: { 200: shape.setupView },
        },
      },
      async request => viewLink(db, request.query.token, clock.now()),
    )
    app.post(
      '/setup',
      {
        config: open('the token of the one-time link is the permission'),
        schema: {
          operationId: 'setup',
          tags: ['Session'],
          summary: 'Make the first account and the company',
          body: shape.setup,
          response: { 200: shape.session },
        },
      },
      async (request, reply) =>
        entered(deps, reply, await makeFirstAccount(db, request.body, visitOf(deps, request), deps.foundCompany)),
    )
    app.post(
      '/invites/accept',
      {
        config: open('the token of the one-time link is the permission'),
        schema: {
          operationId: 'acceptInvite',
          tags: ['Session'],
          summary: 'Choose a password with an invitation or a link for a new one',
          body: shape.acceptInvite,
          response: { 200: shape.session },
        },
      },
      async (request, reply) => entered(deps, reply, await acceptInvite(db, request.body, visitOf(deps, request))),
    )
  }

const OWN = signedIn('everybody sees to their own account')

/** One's own session, sessions and password. */
export const ownRoutes =
  (deps: AccessDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, clock, publicUrl } = deps
    const cookie = sessionCookieOf(publicUrl)
    app.get(
      '/session',
      {
        config: OWN,
        schema: {
          operationId: 'session',
          tags: ['Session'],
          summary: 'Who am I, and what may I do',
          response: { 200: shape.session },
        },
      },
      async request => sessionOf(db, callerOf(request).id, await deps.company(db)),
    )
    app.delete(
      '/session',
      {
        config: OWN,
        schema: { operationId: 'signOut', tags: ['Session'], summary: 'Sign out', response: { 204: z.undefined() } },
      },
      async (request, reply) => {
        await signOut(db, callerOf(request), actOf(request, clock.now()))
        return reply.clearCookie(cookie.name, cookie.options).code(204).send()
      },
    )
    app.put(
      '/session/password',
      {
        config: OWN,
        schema: {
          operationId: 'changePassword',
          tags: ['Session'],
          summary: 'Change my password and sign me out everywhere else',
          body: shape.passwordChange,
          response: { 200: shape.session },
        },
      },
      async (request, reply) =>
        entered(deps, reply, await changePassword(db, callerOf(request), request.body, visitOf(deps, request))),
    )
    app.get(
      '/sessions',
      {
        config: OWN,
        schema: {
          operationId: 'listSessions',
          tags: ['Session'],
          summary: 'Where I am signed in',
          response: { 200: shape.sessionPage },
        },
      },
      async request => ({ items: await listSessions(db, callerOf(request), clock.now()), next: null }),
    )
    app.delete(
      '/sessions/:id',
      {
        config: OWN,
        schema: {
          operationId: 'endSession',
          tags: ['Session'],
          summary: 'Sign me out there',
          params: shape.idParams,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        await endSession(db, Number(request.params.id), callerOf(request), actOf(request, clock.now()))
        return reply.code(204).send()
      },
    )
  }

/** Sets the cookie of a new session and says whose it is. */
async function entered(
  { db, publicUrl, company }: AccessDeps,
  reply: FastifyReply,
  { token, userId }: Started,
): Promise<shape.Session> {
  const { name, options } = sessionCookieOf(publicUrl)
  reply.setCookie(name, token, { ...options, maxAge: AGE_MS_MAX / 1000 })
  return sessionOf(db, userId, await company(db))
}

function visitOf({ clock, publicUrl }: AccessDeps, request: FastifyRequest): Visit {
  return {
    act: actOf(request, clock.now()),
    agent: request.headers['user-agent']?.slice(0, 300) ?? null,
    earlier: request.cookies[sessionCookieOf(publicUrl).name] ?? null,
  }
}
