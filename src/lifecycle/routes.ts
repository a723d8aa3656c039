import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../access/index.ts'
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
  readyModelView,
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
import { makePrimary, readyView, readyViews, switchOff, switchOn } from './switching/index.ts'

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
          summary:
            'Live lifecycle models with their stages in words (`items`), and every model that can be switched on (`ready`)',
          response: { 200: z.object({ items: z.array(modelView), ready: z.array(readyModelView) }) },
        },
      },
      async () => {
        const { timeZone } = await company(db)
        const [items, ready] = await Promise.all([modelViews(db, history, clock.now(), timeZone), readyViews(db, clock.now())])
        return { items, ready }
      },
    )

    const switching = [
      {
        to: 'on',
        operationId: 'switchModelOn',
        act: switchOn,
        summary: 'Switches a model on: everybody’s history is told to it, then it is live',
      },
      {
        to: 'off',
        operationId: 'switchModelOff',
        act: switchOff,
        summary: 'Switches a model off and forgets what was told of it; gives up one that is on its way',
      },
      {
        to: 'primary',
        operationId: 'makeModelPrimary',
        act: makePrimary,
        summary: 'Makes a live model the one that is shown where no other is asked for',
      },
    ]
    for (const { to, operationId, act, summary } of switching)
      app.post(
        `/lifecycle/models/:id/${to}`,
        {
          config: may('lifecycle:write'),
          schema: {
            operationId,
            tags,
            summary,
            params: z.object({ id: z.string().max(60) }),
            response: { 200: readyModelView },
          },
        },
        async request => {
          await act(db, actOf(request, clock.now()), request.params.id)
          return readyView(db, request.params.id, clock.now())
        },
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
