import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Rulebook } from '../rules/index.ts'
import * as contract from './contract.ts'
import { changeEvent, eventDetail, eventViews, forgetEvent } from './index.ts'

const tags = ['Data']

export const routes =
  ({ db, clock, rules }: { db: Db; clock: Clock; rules: Rulebook }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/data/events',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'listEventNames',
          tags,
          summary: 'The names of events that were seen, the most frequent of the last 30 days first',
          querystring: contract.eventQuery,
          response: { 200: contract.eventPage },
        },
      },
      async request => eventViews(db, await rules.now(), request.query, clock.now()),
    )
    const detail = async (id: number, mayContact: boolean) => eventDetail(db, await rules.now(), id, mayContact, clock.now())
    app.get(
      '/data/events/:id',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'getEventName',
          tags,
          summary: 'One name with the properties that its events had',
          params: contract.eventParams,
          response: { 200: contract.eventDetail },
        },
      },
      async request => detail(request.params.id, callerOf(request).capabilities.has('customers:contact')),
    )
    app.patch(
      '/data/events/:id',
      {
        config: may('imports:write'),
        schema: {
          operationId: 'describeEventName',
          tags,
          summary: 'Say what an event means, whose it is, and that it is right',
          params: contract.eventParams,
          body: contract.eventChange,
          response: { 200: contract.eventDetail },
        },
      },
      async request => {
        await changeEvent(db, request.params.id, request.body, actOf(request, clock.now()))
        return detail(request.params.id, callerOf(request).capabilities.has('customers:contact'))
      },
    )
    app.delete(
      '/data/events/:id',
      {
        config: may('imports:write'),
        schema: {
          operationId: 'forgetEventName',
          tags,
          summary: 'Take a name off the catalogue; its events stay in the log',
          params: contract.eventParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await forgetEvent(db, request.params.id, actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )
  }
