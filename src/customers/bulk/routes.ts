import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { idIn } from '../../platform/http/index.ts'
import { bulkRequest, bulkView, bulkViews } from './contract.ts'
import { type BulkJobDeps, beginBulk, bulkViewOf, bulkViewsOf, cancelBulk, fileOf } from './index.ts'

const tags = ['Bulk actions']
const params = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

export const bulkRoutes =
  (deps: BulkJobDeps): FastifyPluginAsyncZod =>
  async app => {
    const config = may('customers:read')

    app.post(
      '/bulk',
      {
        config,
        schema: {
          operationId: 'beginBulk',
          tags,
          summary: 'Do something to many customers: set a trait, put into a list, take out of it, export as CSV',
          body: bulkRequest,
          response: { 202: bulkView },
        },
      },
      async (request, reply) => {
        const view = await beginBulk(deps, request.body, callerOf(request), actOf(request, deps.clock.now()))
        return reply.code(202).send(view)
      },
    )
    app.get(
      '/bulk',
      {
        config,
        schema: {
          operationId: 'listBulk',
          tags,
          summary: 'What one has done to many customers, the newest first',
          querystring: z.object({
            cursor: z.string().max(200).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(20),
          }),
          response: { 200: bulkViews },
        },
      },
      async request => bulkViewsOf(deps, callerOf(request), idIn(request.query.cursor), request.query.limit),
    )
    app.get(
      '/bulk/:id',
      { config, schema: { operationId: 'getBulk', tags, summary: 'How far it is', params, response: { 200: bulkView } } },
      async request => bulkViewOf(deps, request.params.id, callerOf(request)),
    )
    app.post(
      '/bulk/:id/cancel',
      {
        config,
        schema: {
          operationId: 'cancelBulk',
          tags,
          summary: 'Stop it; what was done stays done',
          params,
          response: { 202: bulkView },
        },
      },
      async (request, reply) =>
        reply.code(202).send(await cancelBulk(deps, request.params.id, callerOf(request), actOf(request, deps.clock.now()))),
    )
    app.get(
      '/bulk/:id/file',
      {
        config: may('customers:export'),
        schema: {
          operationId: 'exportedFile',
          tags,
          summary: 'The file of an export, for whoever asked for it; kept for seven days',
          params,
          produces: ['text/csv'],
        },
      },
      async (request, reply) => {
        const { name, content } = await fileOf(deps, request.params.id, callerOf(request), actOf(request, deps.clock.now()))
        return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`).send(content)
      },
    )
  }
