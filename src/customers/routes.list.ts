import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../access/index.ts'
import { cursorTo, keysOf } from '../platform/http/index.ts'
import { customerPage } from './contract.ts'
import { customerCount, direction, type Question, sort, traitNames } from './filters/contract.ts'
import { conditionsIn, countNow, customersNow, customersThen, type FindDeps, type FoundPage, readJson } from './filters/index.ts'
import { commonTraits } from './filters/store.traits.ts'
import { type Sight, sightOf } from './sight.ts'
import { identitiesOf, records } from './store.ts'
import { rowOf } from './view.ts'

const tags = ['Customers']
export const questionQuery = z.object({
  search: z.string().max(200).optional().describe('Any part of a name, email or phone, or the beginning of an id.'),
  where: z
    .string()
    .max(8_000)
    .optional()
    .describe('Conditions that all have to hold, as JSON: `[{"field":"trait","trait":"country","op":"is","value":"DE"}]`.'),
  stage: z.string().max(60).optional().describe('Short for the condition on one stage.'),
  model: z.string().max(60).optional(),
})

/** The question that an address asks. */
export const questionIn = ({ search, where, stage, model }: z.infer<typeof questionQuery>): Question => ({
  ...(search !== undefined && { search }),
  ...(model !== undefined && { model }),
  where: [
    ...(stage === undefined ? [] : [{ field: 'stage' as const, op: 'in' as const, values: [stage] }]),
    ...conditionsIn(where),
  ],
})

const traitsShape = z.array(z.string().max(200)).max(30)

export const listRoutes =
  (deps: FindDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, lens } = deps
    const config = may('customers:read')

    app.get(
      '/customers',
      {
        config,
        schema: {
          operationId: 'listCustomers',
          tags,
          summary:
            'Customers that fit a search and conditions, sorted; now, or (by stage, super-stage, orders, last order) at a past instant',
          querystring: questionQuery.extend({
            at: z.string().max(40).optional(),
            sort: sort
              .optional()
              .describe(
                'The newest first unless said; those of one stage as they came into it. A past instant knows only the newest first.',
              ),
            direction: direction.default('usual'),
            traits: z
              .string()
              .max(8_000)
              .optional()
              .describe('Names of traits to answer with each customer, as JSON: `["country"]`.'),
            cursor: z.string().max(1_000).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: customerPage },
        },
      },
      async ({ query, ...request }) => {
        const sight = sightOf(callerOf(request as never))
        const traits = readJson('traits', traitsShape, query.traits) ?? []
        const at = await lens.instant(query.at)
        const question = questionIn(query)
        const { ids, glances, next } = await found(query, question, at, sight)
        const [rows, identities] = await Promise.all([records(db, ids), identitiesOf(db, ids)])
        const items = ids.flatMap(id => {
          const row = rows.get(id)
          return row === undefined ? [] : [rowOf(row, identities.get(id) ?? [], glances.get(id), sight, traits)]
        })
        return { items, next }
      },
    )

    type Asked = {
      search?: string | undefined
      stage?: string | undefined
      model?: string | undefined
      cursor?: string | undefined
      limit: number
      sort?: z.infer<typeof sort> | undefined
      direction: z.infer<typeof direction>
    }

    async function found(query: Asked, question: Question, at: number | null, sight: Sight): Promise<FoundPage> {
      const isOneStage = query.stage !== undefined && !question.search?.trim()
      if (at === null) {
        const order = query.sort ?? (isOneStage ? 'since' : 'newest')
        return customersNow(deps, question, { sort: order, direction: query.direction }, query.cursor, query.limit, sight)
      }
      // The log knows at once who stood in one stage.
      if (isOneStage && question.where.length === 1)
        return stageThen(query.model, query.stage ?? '', at, query.cursor, query.limit)
      return customersThen(deps, question, at, query.cursor, query.limit, sight)
    }

    async function stageThen(
      model: string | undefined,
      stage: string,
      at: number,
      cursor: string | undefined,
      limit: number,
    ): Promise<FoundPage> {
      const keys = keysOf(cursor, 2)
      const standing = await lens.inStage(model, stage, at, keys && { id: Number(keys[0]), since: Number(keys[1]) }, limit)
      const last = standing.length === limit ? standing.at(-1) : undefined
      const ids = standing.map(one => one.id)
      return { ids, glances: await lens.glances(model, ids, at), next: last === undefined ? null : cursorTo(last.id, last.since) }
    }

    app.get(
      '/customers/count',
      {
        config,
        schema: {
          operationId: 'countCustomers',
          tags,
          summary:
            'How many customers fit a search and conditions now; where counting would take long, an estimate with its margin',
          querystring: questionQuery,
          response: { 200: customerCount },
        },
      },
      async request => countNow(deps, questionIn(request.query), sightOf(callerOf(request))),
    )

    app.get(
      '/customers/traits',
      {
        config,
        schema: {
          operationId: 'listTraitNames',
          tags,
          summary: 'Names of traits, the most common ones first, with a few of their values, as a sample of customers shows',
          response: { 200: traitNames },
        },
      },
      async request => ({ items: await commonTraits(db, sightOf(callerOf(request))) }),
    )
  }
