import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Caller, callerOf, may } from '../access/index.ts'
import { eventsBefore, groupsOf, sourceNames, undoneSources } from '../events/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { Fault } from '../platform/fault.ts'
import { cursorTo, keysOf } from '../platform/http/index.ts'
import { type Db } from '../platform/postgres.ts'
import { customerPage, customerProfile, timelinePage as timelineShape } from './contract.ts'
import { customerIdOf } from './index.ts'
import { type Glance, type Lens } from './lens.ts'
import { find, identitiesOf, records } from './store.ts'
import { itemOf, profileOf, rowOf, type Sight, timelinePage } from './view.ts'

export type CustomerDeps = { db: Db; history: History; lens: Lens }

const tags = ['Customers']
const params = z.object({ id: z.string().max(400).describe('The id, or `external:ID`, or `email:ADDRESS`.') })
const TIMELINE_PAGE = 50

const sightOf = ({ capabilities }: Caller): Sight => ({
  contact: capabilities.has('customers:contact'),
  money: capabilities.has('customers:money'),
})

export const routes =
  ({ db, history, lens }: CustomerDeps): FastifyPluginAsyncZod =>
  async app => {
    const config = may('customers:read')

    app.get(
      '/customers',
      {
        config,
        schema: {
          operationId: 'listCustomers',
          tags,
          summary: 'Customers, the newest first; or those who stand in a stage, now or at a past instant',
          querystring: z.object({
            search: z.string().max(200).optional().describe('Any part of a name or email, or the beginning of an id.'),
            stage: z.string().max(60).optional(),
            model: z.string().max(60).optional(),
            at: z.string().max(40).optional(),
            cursor: z.string().max(400).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: customerPage },
        },
      },
      async request => {
        const { search, stage, model, at: day, cursor, limit } = request.query
        const sight = sightOf(callerOf(request))
        const at = await lens.instant(day)
        const text = search?.trim() ? { text: search.trim(), isByContact: sight.contact } : null
        const { ids, glances, next } =
          stage !== undefined && text === null
            ? await byStage(model, stage, at, cursor, limit)
            : await bySearch(text, stage, model, at, cursor, limit)
        const [rows, identities] = await Promise.all([records(db, ids), identitiesOf(db, ids)])
        const items = ids.flatMap(id => {
          const row = rows.get(id)
          return row === undefined ? [] : [rowOf(row, identities.get(id) ?? [], glances.get(id), sight)]
        })
        return { items, next }
      },
    )

    type Found = { ids: number[]; glances: Map<number, Glance>; next: string | null }

    async function byStage(
      model: string | undefined,
      stage: string,
      at: number | null,
      cursor: string | undefined,
      limit: number,
    ): Promise<Found> {
      const keys = keysOf(cursor, 2)
      const found = await lens.inStage(model, stage, at, keys && { id: Number(keys[0]), since: Number(keys[1]) }, limit)
      const last = found.length === limit ? found.at(-1) : undefined
      const ids = found.map(one => one.id)
      return { ids, glances: await lens.glances(model, ids, at), next: last === undefined ? null : cursorTo(last.id, last.since) }
    }

    async function bySearch(
      text: { text: string; isByContact: boolean } | null,
      stage: string | undefined,
      model: string | undefined,
      at: number | null,
      cursor: string | undefined,
      limit: number,
    ): Promise<Found> {
      let before = Number(keysOf(cursor, 1)?.[0] ?? Number.MAX_SAFE_INTEGER)
      const found: Found = { ids: [], glances: new Map(), next: null }
      // A stage thins out what the search finds, so it goes on until the page is full or nothing is left.
      for (;;) {
        const candidates = await find(db, text, at, before, limit)
        const glances = await lens.glances(model, candidates, at)
        for (const id of candidates) {
          before = id
          const glance = glances.get(id)
          if (stage !== undefined && glance?.stage !== stage) continue
          found.ids.push(id)
          if (glance !== undefined) found.glances.set(id, glance)
          if (found.ids.length === limit) return { ...found, next: cursorTo(id) }
        }
        if (candidates.length < limit) return found
      }
    }

    app.get(
      '/customers/:id',
      {
        config,
        schema: { operationId: 'getCustomer', tags, summary: 'Who a customer is', params, response: { 200: customerProfile } },
      },
      async request => {
        const sight = sightOf(callerOf(request))
        const id = await customerIdOf(db, request.params.id, sight.contact)
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
      '/customers/:id/timeline',
      {
        config,
        schema: {
          operationId: 'customerTimeline',
          tags,
          summary: 'Everything that happened to a customer, newest first',
          params,
          querystring: z.object({ cursor: z.string().max(400).optional() }),
          response: { 200: timelineShape },
        },
      },
      async request => {
        const sight = sightOf(callerOf(request))
        const id = await customerIdOf(db, request.params.id, sight.contact)
        const keys = keysOf(request.query.cursor, 2)
        const before = keys && { at: Number(keys[0]), id: String(keys[1]) }
        const [undone, moves] = await Promise.all([undoneSources(db), lens.moves(id)])
        const personas = [id, ...((await groupsOf(db, [id])).get(id) ?? [])]
        const events = await eventsBefore(history, personas, before, TIMELINE_PAGE, undone)
        const names = await sourceNames(db, [...new Set(events.map(event => event.sourceId))])
        const last = events.length === TIMELINE_PAGE ? events.at(-1) : undefined
        const items = events.map(event => itemOf(event, names.get(event.sourceId) ?? null, sight))
        return {
          items: timelinePage(items, moves, before?.at ?? null, last === undefined),
          next: last === undefined ? null : cursorTo(last.at, last.id),
        }
      },
    )
  }
