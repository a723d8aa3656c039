import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../access/index.ts'
import { company } from '../company/index.ts'
import { customerIdOf } from '../customers/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { type Clock } from '../platform/clock.ts'
import { type Db } from '../platform/postgres.ts'
import {
  atQuery,
  explanation,
  modelView,
  movesBetween as movesShape,
  populationOver as overShape,
  populationAt as populationShape,
  staysOfCustomer,
} from './contract.ts'
import {
  explainCustomer,
  instantOf,
  modelOf,
  modelViews,
  movesBetween,
  periodOf,
  populationAt,
  populationOver,
  staysOf,
} from './index.ts'

export type LifecycleDeps = { db: Db; history: History; clock: Clock }

const tags = ['Lifecycle']
const params = z.object({ model: z.string().max(60).describe('Id of a live model, or `primary`.') })
const customer = z.object({ id: z.string().max(400).describe('The id, or `external:ID`, or `email:ADDRESS`.') })
const period = { from: z.string().max(40), to: z.string().max(40) }

export const routes =
  ({ db, history, clock }: LifecycleDeps): FastifyPluginAsyncZod =>
  async app => {
    const config = may('lifecycle:read')
    const asked = (request: FastifyRequest, id: string) =>
      customerIdOf(db, id, callerOf(request).capabilities.has('customers:contact'))

    app.get(
      '/lifecycle/models',
      {
        config,
        schema: {
          operationId: 'listModels',
          tags,
          summary: 'Live lifecycle models with their stages in words',
          response: { 200: z.object({ items: z.array(modelView) }) },
        },
      },
      async () => ({ items: await modelViews(db, history, clock.now(), (await company(db)).timeZone) }),
    )

    app.get(
      '/lifecycle/models/:model/population',
      {
        config,
        schema: {
          operationId: 'population',
          tags,
          summary: 'How many customers stand in each stage, at an instant (`at`) or over a period (`from`, `to`, `by`)',
          params,
          querystring: z.object({
            at: atQuery,
            from: period.from.optional(),
            to: period.to.optional(),
            by: z.enum(['day', 'week', 'month']).default('day'),
          }),
          response: { 200: z.union([populationShape, overShape]) },
        },
      },
      async ({ params: { model: id }, query: { at, from, to, by } }) => {
        const [model, { timeZone }] = await Promise.all([modelOf(db, id), company(db)])
        const now = clock.now()
        if (from === undefined) return populationAt(history, model, instantOf(at, timeZone, now))
        return populationOver(history, model, periodOf(from, to ?? '', timeZone, now), by, timeZone)
      },
    )

    app.get(
      '/lifecycle/models/:model/moves',
      {
        config,
        schema: {
          operationId: 'moves',
          tags,
          summary: 'All moves of a period, and the balance of every stage: end = start + entries − exits',
          params,
          querystring: z.object(period),
          response: { 200: movesShape },
        },
      },
      async ({ params: { model: id }, query: { from, to } }) => {
        const [model, { timeZone }] = await Promise.all([modelOf(db, id), company(db)])
        return movesBetween(history, model, periodOf(from, to, timeZone, clock.now()))
      },
    )

    app.get(
      '/customers/:id/stages',
      {
        config: may('customers:read'),
        schema: {
          operationId: 'customerStages',
          tags,
          summary: 'Every stay of a customer',
          params: customer,
          querystring: z.object({ model: z.string().max(60).optional() }),
          response: { 200: staysOfCustomer },
        },
      },
      async request => staysOf(history, await modelOf(db, request.query.model), await asked(request, request.params.id)),
    )

    app.get(
      '/customers/:id/explain',
      {
        config: may('customers:read'),
        schema: {
          operationId: 'explainCustomer',
          tags,
          summary: 'Why a customer stands where they stand, and what changes by itself',
          params: customer,
          querystring: z.object({ model: z.string().max(60).optional(), at: atQuery }),
          response: { 200: explanation },
        },
      },
      async request => {
        const { query } = request
        const [model, customerId, { timeZone }] = await Promise.all([
          modelOf(db, query.model),
          asked(request, request.params.id),
          company(db),
        ])
        return explainCustomer(db, history, model, customerId, instantOf(query.at, timeZone, clock.now()), timeZone)
      },
    )
  }
