import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { may } from '../access/index.ts'
import { type Db } from '../platform/postgres.ts'
import { SPEND_STEPS, spendAnswer } from './contract.ts'
import { spendBetween } from './store.ts'

const day = z.iso.date().optional()

export const routes =
  ({ db }: { db: Db }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/spend',
      {
        config: may('customers:money'),
        schema: {
          operationId: 'listSpend',
          tags: ['Spend'],
          summary: 'What marketing cost, by channel and day or month, each currency by itself',
          querystring: z.object({
            from: day,
            to: day,
            by: z.enum(SPEND_STEPS).default('month'),
            campaigns: z.stringbool().default(false).describe('Each campaign by itself.'),
          }),
          response: { 200: spendAnswer },
        },
      },
      async ({ query: { from, to, by, campaigns } }) =>
        spendBetween(db, { from: from ?? null, to: to ?? null, by, isByCampaign: campaigns }),
    )
  }
