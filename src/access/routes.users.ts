import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { idIn, pageOf } from '../platform/http/index.ts'
import * as shape from './contract.ts'
import { may } from './policies.ts'
import { actOf, callerOf } from './routes.guard.ts'
import { type AccessDeps } from './routes.session.ts'
import { accountLink, addUser, changeUser, deciderOf, listUsers, renewLink } from './users/index.ts'

/** Colleagues. */
export const userRoutes =
  (deps: AccessDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, clock } = deps
    const MANAGE = may('users:manage')
    const act = (request: FastifyRequest) => actOf(request, clock.now())
    const decider = (request: FastifyRequest) => deciderOf(db, callerOf(request).id)
    const shown = ({ user, token }: { user: shape.UserView; token: string }) => ({
      user,
      link: accountLink(deps.address(), token),
    })
    app.get(
      '/users',
      {
        config: MANAGE,
        schema: {
          operationId: 'listUsers',
          tags: ['Users'],
          summary: 'Colleagues who may sign in',
          querystring: shape.listQuery,
          response: { 200: shape.userPage },
        },
      },
      async ({ query: { cursor, limit } }) =>
        pageOf(await listUsers(db, idIn(cursor) ?? 0, limit + 1), limit, user => [Number(user.id)]),
    )
    app.post(
      '/users',
      {
        config: MANAGE,
        schema: {
          operationId: 'inviteUser',
          tags: ['Users'],
          summary: 'Invite a colleague; the link is shown once',
          body: shape.newUser,
          response: { 201: shape.userLink },
        },
      },
      async (request, reply) =>
        reply.code(201).send(shown(await addUser(db, request.body, await decider(request), act(request)))),
    )
    app.patch(
      '/users/:id',
      {
        config: MANAGE,
        schema: {
          operationId: 'changeUser',
          tags: ['Users'],
          summary: 'Change role or name, or whether someone may sign in',
          params: shape.idParams,
          body: shape.userChange,
          response: { 200: shape.userView },
        },
      },
      async request => changeUser(db, Number(request.params.id), request.body, await decider(request), act(request)),
    )
    app.post(
      '/users/:id/link',
      {
        config: MANAGE,
        schema: {
          operationId: 'renewUserLink',
          tags: ['Users'],
          summary: 'A new one-time link for an invitation or a lost password',
          params: shape.idParams,
          response: { 201: shape.userLink },
        },
      },
      async (request, reply) =>
        reply.code(201).send(shown(await renewLink(db, Number(request.params.id), await decider(request), act(request)))),
    )
  }
