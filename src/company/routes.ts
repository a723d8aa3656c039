import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { actOf, may } from '../access/index.ts'
import { type Clock } from '../platform/clock.ts'
import { type Db } from '../platform/postgres.ts'
import * as shape from './contract.ts'
import { changeCompany, company } from './index.ts'

export const routes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/company',
      {
        config: may('company:read'),
        schema: {
          operationId: 'company',
          tags: ['Company'],
          summary: 'The company’s settings',
          response: { 200: shape.company },
        },
      },
      async () => company(db),
    )
    app.put(
      '/company',
      {
        config: may('company:write'),
        schema: {
          operationId: 'changeCompany',
          tags: ['Company'],
          summary: 'Change the company’s settings',
          body: shape.company,
          response: { 200: shape.company },
        },
      },
      async request => changeCompany(db, request.body, actOf(request, clock.now())),
    )
  }
