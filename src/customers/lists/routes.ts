import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { groupsOf } from '../../events/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { customerIdOf } from '../index.ts'
import { list, listChange, lists, memberChange, membersChanged, newList } from './contract.ts'
import { allLists, changeMembers, forgetList, makeList, oneList, renameList } from './index.ts'
import { namesOfLists } from './store.ts'

const tags = ['Lists']
const params = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

export const listsRoutes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    const read = may('customers:read')
    const write = may('customers:write')

    app.get(
      '/lists',
      {
        config: read,
        schema: { operationId: 'listLists', tags, summary: 'Hand-picked lists with their sizes', response: { 200: lists } },
      },
      async () => ({ items: await allLists(db) }),
    )
    app.post(
      '/lists',
      {
        config: write,
        schema: { operationId: 'makeList', tags, summary: 'Make an empty list', body: newList, response: { 201: list } },
      },
      async (request, reply) => reply.code(201).send(await makeList(db, request.body, actOf(request, clock.now()))),
    )
    app.get(
      '/lists/:id',
      { config: read, schema: { operationId: 'getList', tags, summary: 'A list', params, response: { 200: list } } },
      async request => oneList(db, request.params.id),
    )
    app.patch(
      '/lists/:id',
      {
        config: write,
        schema: {
          operationId: 'changeList',
          tags,
          summary: 'Rename or describe a list',
          params,
          body: listChange,
          response: { 200: list },
        },
      },
      async request => renameList(db, request.params.id, request.body, actOf(request, clock.now())),
    )
    app.delete(
      '/lists/:id',
      {
        config: write,
        schema: {
          operationId: 'forgetList',
          tags,
          summary: 'Forget a list; its members stay',
          params,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        await forgetList(db, request.params.id, actOf(request, clock.now()))
        return reply.code(204).send()
      },
    )
    app.post(
      '/lists/:id/members',
      {
        config: write,
        schema: {
          operationId: 'changeMembers',
          tags,
          summary: 'Put a few customers into a list, or take them out',
          params,
          body: memberChange,
          response: { 200: membersChanged },
        },
      },
      async request => {
        const { op, customers } = request.body
        return { changed: await changeMembers(db, request.params.id, op, customers.map(Number), actOf(request, clock.now())) }
      },
    )
    app.get(
      '/customers/:id/lists',
      {
        config: read,
        schema: {
          operationId: 'listsOfCustomer',
          tags,
          summary: 'The lists a customer is in',
          params: z.object({ id: z.string().max(400) }),
          response: { 200: z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) }) },
        },
      },
      async request => {
        const id = await customerIdOf(db, request.params.id, callerOf(request).capabilities.has('customers:contact'))
        const found = await namesOfLists(db, [id, ...((await groupsOf(db, [id])).get(id) ?? [])])
        return { items: found.map(one => ({ id: String(one.id), name: one.name })) }
      },
    )
  }
