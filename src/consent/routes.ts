import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { may } from '../access/index.ts'
import { customerIdOf } from '../customers/index.ts'
import { type Db } from '../platform/postgres.ts'
import { type CustomerConsents, customerConsents } from './contract.ts'
import { entriesOf, standing } from './index.ts'
import { type Entry } from './store.ts'

const iso = (at: number): string => new Date(at).toISOString()

export const routes =
  ({ db }: { db: Db }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/customers/:id/consents',
      {
        // Proof names addresses and forms.
        config: may('customers:contact'),
        schema: {
          operationId: 'customerConsents',
          tags: ['Customers'],
          summary: 'What a customer agreed to: what counts now, and everything they said',
          params: z.object({ id: z.string().max(400).describe('The id, or `external:ID`, or `email:ADDRESS`.') }),
          response: { 200: customerConsents },
        },
      },
      async ({ params }) => {
        const id = await customerIdOf(db, params.id, true)
        const entries = (await entriesOf(db, [id])).get(id) ?? []
        return {
          now: standing(entries).map(({ since, ...what }) => ({ ...what, since: iso(since) })),
          entries: entries.map(viewOf),
        }
      },
    )
  }

const viewOf = (entry: Entry): CustomerConsents['entries'][number] => ({
  id: String(entry.id),
  purpose: entry.purpose,
  channel: entry.channel,
  status: entry.status,
  at: iso(entry.at),
  recordedAt: iso(entry.recordedAt),
  source: entry.source,
  saidIn: entry.saidIn,
  proof: entry.proof,
})
