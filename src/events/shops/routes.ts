import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may, open } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { idIn } from '../../platform/http/index.ts'
import * as contract from './contract.ts'
import {
  changeShop,
  connect,
  deliveries,
  disconnect,
  openedDelivery,
  previewOf,
  receive,
  replay,
  type Shops,
  shopView,
  shopViews,
} from './index.ts'

export type ShopDeps = Shops & { address: () => string }

/** The largest that these shops send are orders with a thousand lines. */
const BODY_BYTES_MAX = 4 * 2 ** 20

/** Where shops send to, at the root; and what colleagues see of it, under /api. */
export const shopRoutes =
  (deps: ShopDeps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(hooks(deps))
    await app.register(forColleagues(deps), { prefix: '/api/shops' })
  }

const hooks =
  (deps: ShopDeps): FastifyPluginAsyncZod =>
  async app => {
    // The signature is over the bytes as they were sent, whatever they say they are.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => done(null, body))
    app.addHook('onRequest', async request => {
      request.headers['content-type'] = 'application/octet-stream'
    })
    app.post(
      '/hooks/:address',
      {
        config: open('shops send here; every request is checked by its signature before it is read'),
        schema: {
          operationId: 'receiveWebhook',
          tags: ['Shops'],
          summary: 'Where a connected shop sends its webhooks',
          params: z.object({ address: z.string().max(100) }),
          response: { 200: z.object({ ok: z.literal(true) }) },
        },
        bodyLimit: BODY_BYTES_MAX,
        decompress: false,
        compress: false,
      },
      async request => {
        const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        await receive(deps, request.params.address, raw, request.headers).catch(away)
        return { ok: true as const }
      },
    )
  }

/** Whatever hinders us in keeping a delivery, the shop shall send it again: nothing of it is its fault. */
function away(error: unknown): never {
  if (error instanceof Fault && error.status !== 500) throw error
  throw new Fault('server.recovering', {}, { cause: error })
}

const tags = ['Shops']
const READ = may('imports:read')
const WRITE = may('imports:write')

const forColleagues =
  (deps: ShopDeps): FastifyPluginAsyncZod =>
  async app => {
    const { clock, address } = deps
    const sightOf = (request: FastifyRequest) => {
      const { capabilities } = callerOf(request)
      return { contact: capabilities.has('customers:contact'), money: capabilities.has('customers:money') }
    }
    app.get(
      '',
      {
        config: READ,
        schema: {
          operationId: 'listShops',
          tags,
          summary: 'The connected shops, as they stand now',
          response: { 200: contract.shopList },
        },
      },
      async () => ({ items: await shopViews(deps, address()), next: null }),
    )
    app.post(
      '',
      {
        config: WRITE,
        schema: {
          operationId: 'connectShop',
          tags,
          summary: 'Open an address for a shop',
          body: contract.newShop,
          response: { 201: contract.shopView },
        },
      },
      async (request, reply) => {
        const id = await connect(deps, request.body, actOf(request, clock.now()))
        return reply.code(201).send(await shopView(deps, address(), id))
      },
    )
    app.post(
      '/preview',
      {
        config: WRITE,
        bodyLimit: 2 * 2 ** 20,
        schema: {
          operationId: 'previewMapping',
          tags,
          summary: 'What a body would become by a mapping',
          body: contract.previewWish,
          response: { 200: contract.preview },
        },
      },
      async request => previewOf(deps, request.body, sightOf(request)),
    )
    app.get(
      '/:id',
      {
        config: READ,
        schema: {
          operationId: 'shop',
          tags,
          summary: 'One connected shop',
          params: contract.shopParams,
          response: { 200: contract.shopView },
        },
      },
      async request => shopView(deps, address(), Number(request.params.id)),
    )
    app.patch(
      '/:id',
      {
        config: WRITE,
        schema: {
          operationId: 'changeShop',
          tags,
          summary: 'Change a connection, turn it off or on',
          params: contract.shopParams,
          body: contract.shopChange,
          response: { 200: contract.shopView },
        },
      },
      async request => {
        const id = Number(request.params.id)
        await changeShop(deps, id, request.body, actOf(request, clock.now()))
        return shopView(deps, address(), id)
      },
    )
    app.delete(
      '/:id',
      {
        config: WRITE,
        schema: {
          operationId: 'disconnectShop',
          tags,
          summary: 'Close a connection for good; its events stay',
          params: contract.shopParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await disconnect(deps, Number(request.params.id), actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )
    app.get(
      '/:id/deliveries',
      {
        config: READ,
        schema: {
          operationId: 'deliveries',
          tags,
          summary: 'What a shop sent, newest first',
          params: contract.shopParams,
          querystring: contract.deliveryQuery,
          response: { 200: contract.deliveryPage },
        },
      },
      async ({ params, query }) => deliveries(deps, Number(params.id), query.result ?? null, idIn(query.cursor), query.limit),
    )
    app.get(
      '/:id/deliveries/:deliveryId',
      {
        config: READ,
        schema: {
          operationId: 'delivery',
          tags,
          summary: 'One delivery with its contents, as far as one may see them',
          params: contract.deliveryParams,
          response: { 200: contract.openDelivery },
        },
      },
      async request => openedDelivery(deps, Number(request.params.id), Number(request.params.deliveryId), sightOf(request)),
    )
    app.post(
      '/:id/replay',
      {
        config: WRITE,
        schema: {
          operationId: 'replayDeliveries',
          tags,
          summary: 'Read deliveries again as if they had come then',
          params: contract.shopParams,
          body: contract.replayWish,
          response: { 200: contract.replayed },
        },
      },
      async request => replay(deps, Number(request.params.id), request.body, actOf(request, clock.now())),
    )
  }
