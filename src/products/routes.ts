import { Readable } from 'node:stream'
import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../access/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { type Clock } from '../platform/clock.ts'
import { Fault } from '../platform/fault.ts'
import { keysOf, pageOf } from '../platform/http/index.ts'
import { type Db } from '../platform/postgres.ts'
import * as shape from './contract.ts'
import {
  changeProducts,
  FILE_BYTES_MAX,
  productCategories,
  productFile,
  productList,
  productNamed,
  productsCsv,
} from './index.ts'

export type ProductDeps = { db: Db; history: History; clock: Clock }

const tags = ['Products']
const mayCost = (request: FastifyRequest): boolean => callerOf(request).capabilities.has('products:cost')
const yesNo = z.enum(['true', 'false']).transform(value => value === 'true')
const filter = z.object({
  search: z.string().max(200).optional().describe('Any part of a number, name or brand.'),
  category: z.string().max(500).optional().describe('Exactly this category; an empty one: products without.'),
  active: yesNo.optional(),
})
const filterOf = ({ search, category, active }: z.infer<typeof filter>) => ({ search, category, isActive: active })

export const routes =
  ({ db, history, clock }: ProductDeps): FastifyPluginAsyncZod =>
  async app => {
    const config = may('products:read')

    app.get(
      '/products',
      {
        config,
        schema: {
          operationId: 'listProducts',
          tags,
          summary: 'Products by their numbers, with what was sold of each',
          querystring: filter.extend({
            cursor: z.string().max(2_000).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: shape.productPage },
        },
      },
      async request => {
        const { cursor, limit, ...asked } = request.query
        const [after = null] = keysOf(cursor, 1) ?? []
        const begin = after === null ? null : String(after)
        const found = await productList(db, history, filterOf(asked), begin, limit + 1, mayCost(request), clock.now())
        const soldAsOf = found.soldAsOf === null ? null : new Date(found.soldAsOf).toISOString()
        return { ...pageOf(found.items, limit, row => [row.sku]), soldAsOf }
      },
    )

    app.get(
      '/products/categories',
      {
        config,
        schema: {
          operationId: 'listProductCategories',
          tags,
          summary: 'The categories that products are in',
          response: { 200: shape.categories },
        },
      },
      async () => productCategories(db),
    )

    app.get(
      '/products/by-number',
      {
        config,
        schema: {
          operationId: 'getProduct',
          tags,
          summary: 'One product by its number, which may have any characters',
          querystring: z.object({ sku: z.string().min(1).max(shape.SKU_CHARS_MAX) }),
          response: { 200: shape.product },
        },
      },
      async request => productNamed(db, history, request.query.sku, mayCost(request)),
    )

    app.get(
      '/products.csv',
      {
        config,
        schema: { operationId: 'exportProducts', tags, summary: 'Products as a table for spreadsheets', querystring: filter },
      },
      async (request, reply) =>
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="products.csv"')
          .send(Readable.from(productsCsv(db, history, filterOf(request.query), mayCost(request), clock.now()))),
    )

    app.put(
      '/products',
      {
        config: may('products:write'),
        schema: {
          operationId: 'changeProducts',
          tags,
          summary: 'Say what is so of products, by their numbers; those that are not known yet are added',
          description:
            'What is said here counts before what orders and events say. A field that is left out stays; null takes back what was said, so that what was observed counts again.',
          body: shape.productChanges,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { items } = request.body
        if (!mayCost(request) && items.some(item => item.cost !== undefined)) throw new Fault('access.forbidden')
        await changeProducts(db, items, actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )

    await app.register(fileRoute({ db, history, clock }))
  }

/** Apart, because it takes a body of whatever type its sender calls it. */
const fileRoute =
  ({ db, clock }: ProductDeps): FastifyPluginAsyncZod =>
  async app => {
    app.addContentTypeParser('*', (_request, body, done) => done(null, body))
    app.addContentTypeParser(['text/plain', 'text/csv'], (_request, body, done) => done(null, body))
    app.post(
      '/products/file',
      {
        config: may('products:write'),
        bodyLimit: FILE_BYTES_MAX,
        schema: {
          operationId: 'bringProducts',
          tags,
          summary: 'Bring in a file of products, or see what it would do',
          description:
            'CSV with a column sku (or article number, product id) and any of name, category, brand, price, cost, currency, url, image_url, active. An empty cell says nothing. Rows that cannot be used are left out and listed.',
          consumes: ['multipart/form-data', 'text/csv', 'application/gzip', 'application/octet-stream'],
          querystring: z.object({ dryRun: yesNo.default(false) }),
          response: { 200: shape.fileReport },
        },
      },
      async request =>
        productFile(db, await bytesOf(request), request.query.dryRun, mayCost(request), actOf(request, clock.now())),
    )
  }

async function bytesOf(request: FastifyRequest): Promise<AsyncIterable<Uint8Array>> {
  if (request.isMultipart()) {
    const file = await request.file({ limits: { fileSize: FILE_BYTES_MAX + 1, files: 1 } })
    if (file) return file.file
  } else if (typeof request.body === 'object' && request.body !== null && Symbol.asyncIterator in request.body)
    return request.body as AsyncIterable<Uint8Array>
  throw new Fault('import.no_file')
}
