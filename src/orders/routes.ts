import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../access/index.ts'
import { company, companyRates } from '../company/index.ts'
import { groupsOf, sourceNames, undoneSources } from '../events/index.ts'
import { endOfDay } from '../platform/calendar.ts'
import { type History } from '../platform/clickhouse.ts'
import { type Clock } from '../platform/clock.ts'
import { keysOf, pageOf } from '../platform/http/index.ts'
import { type Db } from '../platform/postgres.ts'
import * as shape from './contract.ts'
import { orderWordsOf } from './history.ts'
import { counts } from './order.ts'
import { bookOf, type OrderWord, orderInWords, toldOrders, worthOfOrders } from './view.ts'

export type OrderDeps = {
  db: Db
  history: History
  clock: Clock
  /** The customer that an address names, or `customer.not_found`; handed in, because customers are on this module's own rung. */
  customer: (db: Db, name: string, mayContact: boolean) => Promise<number>
}

const tags = ['Customers']
const CUSTOMERS_MAX = 200

export const routes =
  ({ db, history, clock, customer }: OrderDeps): FastifyPluginAsyncZod =>
  async app => {
    /** What was said of customers' orders, with those joined to them. */
    async function wordsOf(customerIds: readonly number[], until = clock.now()): Promise<Map<number, OrderWord[]>> {
      const [groups, undone] = await Promise.all([groupsOf(db, customerIds), undoneSources(db)])
      const personas = customerIds.map(id => [id, [id, ...(groups.get(id) ?? [])]] as const)
      const words = await orderWordsOf(history, [...new Set(personas.flatMap(([, ids]) => ids))], until, undone)
      return new Map(personas.map(([id, ids]) => [id, ids.flatMap(one => words.get(one) ?? []).sort((a, b) => a.at - b.at)]))
    }

    const endOf = async (day: string | undefined): Promise<number> =>
      day === undefined ? clock.now() : Math.min(clock.now(), endOfDay(day, (await company(db)).timeZone))

    app.get(
      '/customers/:id/orders',
      {
        config: may('customers:read'),
        schema: {
          operationId: 'customerOrders',
          tags,
          summary: 'A customer’s orders, the newest first: what is in them, what was changed, paid back or called off',
          params: z.object({ id: z.string().max(400).describe('The id, or `external:ID`, or `email:ADDRESS`.') }),
          querystring: z.object({
            cursor: z.string().max(2_000).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(20),
          }),
          response: { 200: shape.customerOrders },
        },
      },
      async request => {
        const { capabilities } = callerOf(request)
        const id = await customer(db, request.params.id, capabilities.has('customers:contact'))
        const [words, rates] = await Promise.all([wordsOf([id]), companyRates(db)])
        const orders = toldOrders(words.get(id) ?? [])
        const after = keysOf(request.query.cursor, 1)?.[0]
        const begin = after === undefined ? 0 : orders.findIndex(one => one.id === String(after)) + 1
        const page = pageOf(orders.slice(begin, begin + request.query.limit + 1), request.query.limit, one => [one.id])
        const sources = await sourceNames(db, [...new Set(page.items.flatMap(one => one.words.map(word => word.sourceId)))])
        const mayMoney = capabilities.has('customers:money')
        return {
          items: page.items.map(one => orderInWords(one, { mayMoney, sources, rates })),
          next: page.next,
          total: orders.length,
          counting: orders.filter(one => counts(one.order)).length,
          worth: mayMoney
            ? worthOfOrders(
                orders.map(one => one.order),
                rates,
              )
            : null,
        }
      },
    )

    app.get(
      '/customers/worth',
      {
        config: may('customers:money'),
        schema: {
          operationId: 'customerWorths',
          tags,
          summary: 'What customers’ orders brought, in the company’s currency where rates say so, and what they do not apart',
          querystring: z.object({
            ids: z
              .string()
              .regex(/^\d{1,15}(,\d{1,15})*$/)
              .transform(text => [...new Set(text.split(','))])
              .refine(ids => ids.length <= CUSTOMERS_MAX)
              .describe(`Up to ${CUSTOMERS_MAX} ids, divided by commas.`),
            at: z.iso.date().optional().describe('The end of that day in the company’s time zone; without it: now.'),
          }),
          response: { 200: shape.worths },
        },
      },
      async request => {
        const ids = request.query.ids.map(Number)
        const until = await endOf(request.query.at)
        const [words, rates] = await Promise.all([wordsOf(ids, until), companyRates(db)])
        return {
          items: ids.map(id => ({ id: String(id), worth: worthOfOrders(bookOf(words.get(id) ?? []).values(), rates) })),
        }
      },
    )
  }
