import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { may } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { idIn } from '../../platform/http/index.ts'
import { type Db } from '../../platform/postgres.ts'
import * as contract from './contract.ts'
import { sourceDetail, sourceViews } from './index.ts'

const tags = ['Data']

export const routes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/data/sources',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'listSources',
          tags,
          summary: 'Everything that hands in data, and how it is, the newest first',
          querystring: contract.sourceQuery,
          response: { 200: contract.sourcePage },
        },
      },
      async request => sourceViews(db, request.query.of, idIn(request.query.cursor), request.query.limit, clock.now()),
    )
    app.get(
      '/data/sources/:id',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'getSource',
          tags,
          summary: 'One source: how it is, when it brought how much, and what',
          params: contract.sourceParams,
          response: { 200: contract.sourceDetail },
        },
      },
      async request => sourceDetail(db, request.params.id, clock.now()),
    )
  }
