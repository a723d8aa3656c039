import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../access/index.ts'
import { Fault } from '../platform/fault.ts'
import { customerProfile, eventDetail, timelineKind, timelinePage, toldTraits } from './contract.ts'
import { customerIdOf } from './index.ts'
import { sightOf } from './sight.ts'
import { identitiesOf, records } from './store.ts'
import { eventOf, type TimelineDeps, timelineOf, traitsOf } from './timeline/index.ts'
import { profileOf } from './view.ts'

const tags = ['Customers']
const params = z.object({ id: z.string().max(400).describe('The id, or `external:ID`, or `email:ADDRESS`.') })

export const profileRoutes =
  (deps: TimelineDeps): FastifyPluginAsyncZod =>
  async app => {
    const { db, lens } = deps
    const config = may('customers:read')
    const asked = async (request: FastifyRequest<{ Params: { id: string } }>) => {
      const sight = sightOf(callerOf(request))
      return { sight, id: await customerIdOf(db, request.params.id, sight.contact) }
    }

    app.get(
      '/customers/:id',
      {
        config,
        schema: { operationId: 'getCustomer', tags, summary: 'Who a customer is', params, response: { 200: customerProfile } },
      },
      async request => {
        const { sight, id } = await asked(request)
        const [rows, identities, glances] = await Promise.all([
          records(db, [id]),
          identitiesOf(db, [id]),
          lens.glances(undefined, [id], null),
        ])
        const row = rows.get(id)
        if (row === undefined) throw new Fault('customer.not_found', { customer: request.params.id })
        return profileOf(row, identities.get(id) ?? [], glances.get(id), sight)
      },
    )

    app.get(
      '/customers/:id/traits',
      {
        config,
        schema: {
          operationId: 'customerTraits',
          tags,
          summary: 'What is known of a customer, each with when and by which source it was last told',
          params,
          response: { 200: toldTraits },
        },
      },
      async request => {
        const { sight, id } = await asked(request)
        return { items: await traitsOf(deps, id, sight) }
      },
    )

    app.get(
      '/customers/:id/timeline',
      {
        config,
        schema: {
          operationId: 'customerTimeline',
          tags,
          summary: 'Everything that happened to a customer, newest first; all of it, or of one kind, or where something is said',
          params,
          querystring: z.object({
            kind: timelineKind.optional(),
            text: z.string().max(200).optional(),
            cursor: z.string().max(400).optional(),
          }),
          response: { 200: timelinePage },
        },
      },
      async request => {
        const { sight, id } = await asked(request)
        const { kind = null, text = '', cursor } = request.query
        const mayRead = callerOf(request).capabilities.has('customers:write')
        return timelineOf(deps, id, { kind, text: text.trim(), cursor }, sight, mayRead)
      },
    )

    app.get(
      '/customers/:id/events/:event',
      {
        config: may('customers:contact'),
        schema: {
          operationId: 'customerEvent',
          tags,
          summary: 'One event of a customer as it was told, for those who may see contact details and money',
          params: params.extend({ event: z.string().max(60) }),
          response: { 200: eventDetail },
        },
      },
      async request => {
        const { sight, id } = await asked(request)
        return eventOf(deps, id, request.params.event, sight)
      },
    )
  }
