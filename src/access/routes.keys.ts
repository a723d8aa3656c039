import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { idIn, pageOf } from '../platform/http/index.ts'
import { auditTrail } from './audit/index.ts'
import * as shape from './contract.ts'
import { createKey, listKeys, revokeKey } from './keys/index.ts'
import { may } from './policies.ts'
import { actOf, callerOf } from './routes.guard.ts'
import { type AccessDeps } from './routes.session.ts'

/** Keys of programs, and the trail. */
export const keyRoutes =
  (deps: AccessDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, clock } = deps
    const MANAGE = may('keys:manage')
    app.get(
      '/keys',
      {
        config: MANAGE,
        schema: {
          operationId: 'listKeys',
          tags: ['Keys'],
          summary: 'Keys of programs, newest first',
          querystring: shape.listQuery,
          response: { 200: shape.keyPage },
        },
      },
      async ({ query: { cursor, limit } }) => pageOf(await listKeys(db, idIn(cursor), limit + 1), limit, key => [Number(key.id)]),
    )
    app.post(
      '/keys',
      {
        config: MANAGE,
        schema: {
          operationId: 'createKey',
          tags: ['Keys'],
          summary: 'Make a key; it is shown once',
          body: shape.newKey,
          response: { 201: shape.createdKey },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await createKey(db, request.body, actOf(request, clock.now()), callerOf(request).capabilities)),
    )
    app.delete(
      '/keys/:id',
      {
        config: MANAGE,
        schema: {
          operationId: 'revokeKey',
          tags: ['Keys'],
          summary: 'End a key at once',
          params: shape.idParams,
          response: { 200: shape.keyView },
        },
      },
      async request => revokeKey(db, Number(request.params.id), actOf(request, clock.now())),
    )
    app.get(
      '/audit',
      {
        config: may('audit:read'),
        schema: {
          operationId: 'listAudit',
          tags: ['Audit'],
          summary: 'Who did what, newest first',
          querystring: shape.listQuery,
          response: { 200: shape.auditPage },
        },
      },
      async ({ query: { cursor, limit } }) =>
        pageOf(await auditTrail(db, idIn(cursor), limit + 1), limit, entry => [Number(entry.id)]),
    )
  }
