import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { customerIdOf } from '../index.ts'
import { sightOf } from '../sight.ts'
import { customerMerges, joinRequest } from './contract.ts'
import { askToJoin, askToSeparate, dismiss, mergesOf } from './index.ts'

const tags = ['Customers']
const id = z.string().max(400)
const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

export const mergingRoutes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    const write = may('customers:write')
    const answer = { 202: customerMerges }

    app.get(
      '/customers/:id/merges',
      {
        config: may('customers:read'),
        schema: {
          operationId: 'customerMerges',
          tags,
          summary: 'Who is read as this customer and why, and who may be the same person',
          params: z.object({ id }),
          response: { 200: customerMerges },
        },
      },
      async request => {
        const sight = sightOf(callerOf(request))
        return mergesOf(db, await customerIdOf(db, request.params.id, sight.contact), sight)
      },
    )

    app.post(
      '/customers/:id/merges',
      {
        config: write,
        schema: {
          operationId: 'joinCustomers',
          tags,
          summary: 'Read another customer as this one from now on; it can be undone',
          params: z.object({ id }),
          body: joinRequest,
          response: answer,
        },
      },
      async (request, reply) => {
        const sight = sightOf(callerOf(request))
        const winner = await customerIdOf(db, request.params.id, sight.contact)
        const loser = await customerIdOf(db, request.body.customer, sight.contact)
        await askToJoin(db, actOf(request, clock.now()), winner, loser)
        return reply.code(202).send(await mergesOf(db, winner, sight))
      },
    )

    app.post(
      '/customers/:id/merges/:merge/undo',
      {
        config: write,
        schema: {
          operationId: 'separateCustomers',
          tags,
          summary: 'Take a joining back: both stand as if it had never been',
          params: z.object({ id, merge: number }),
          response: answer,
        },
      },
      async (request, reply) => {
        const sight = sightOf(callerOf(request))
        const customerId = await customerIdOf(db, request.params.id, sight.contact)
        await askToSeparate(db, actOf(request, clock.now()), customerId, request.params.merge)
        return reply.code(202).send(await mergesOf(db, customerId, sight))
      },
    )

    app.post(
      '/customers/:id/doubts/:other/dismiss',
      {
        config: write,
        schema: {
          operationId: 'dismissDoubt',
          tags,
          summary: 'Say that two customers are not the same person',
          params: z.object({ id, other: number }),
          response: { 200: customerMerges },
        },
      },
      async request => {
        const sight = sightOf(callerOf(request))
        const customerId = await customerIdOf(db, request.params.id, sight.contact)
        await dismiss(db, actOf(request, clock.now()), customerId, request.params.other)
        return mergesOf(db, customerId, sight)
      },
    )
  }
