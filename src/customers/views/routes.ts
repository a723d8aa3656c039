import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { defaultView, newView, savedView, savedViews, viewChange } from './contract.ts'
import { alterView, forgetView, type Looker, openWith, saveView, viewsOf } from './index.ts'

const tags = ['Customers']
const params = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

function lookerOf(request: FastifyRequest): Looker {
  const { kind, id, capabilities } = callerOf(request)
  return { userId: kind === 'user' ? id : null, isInCharge: capabilities.has('users:manage') }
}

export const viewRoutes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    const config = may('customers:read')

    app.get(
      '/customer-views',
      {
        config,
        schema: {
          operationId: 'listViews',
          tags,
          summary: 'Saved views: one’s own and shared ones',
          response: { 200: savedViews },
        },
      },
      async request => ({ items: await viewsOf(db, lookerOf(request)) }),
    )
    app.post(
      '/customer-views',
      {
        config,
        schema: {
          operationId: 'saveView',
          tags,
          summary: 'Keep a state of the list under a name',
          body: newView,
          response: { 201: savedView },
        },
      },
      async (request, reply) => reply.code(201).send(await saveView(db, request.body, lookerOf(request), clock.now())),
    )
    app.put(
      '/customer-views/default',
      {
        config,
        schema: {
          operationId: 'openWithView',
          tags,
          summary: 'Choose with which view the list opens',
          body: defaultView,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const { id } = request.body
        await openWith(db, id === null ? null : Number(id), lookerOf(request))
        return reply.code(204).send()
      },
    )
    app.patch(
      '/customer-views/:id',
      {
        config,
        schema: {
          operationId: 'changeView',
          tags,
          summary: 'Rename, share or replace a view',
          params,
          body: viewChange,
          response: { 200: savedView },
        },
      },
      async request => alterView(db, request.params.id, request.body, lookerOf(request), clock.now()),
    )
    app.delete(
      '/customer-views/:id',
      { config, schema: { operationId: 'forgetView', tags, summary: 'Forget a view', params, response: { 204: z.undefined() } } },
      async (request, reply) => {
        await forgetView(db, request.params.id, lookerOf(request))
        return reply.code(204).send()
      },
    )
  }
