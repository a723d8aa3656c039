import { Readable } from 'node:stream'
import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { cursorTo, keysOf } from '../../platform/http/index.ts'
import { fileKind, type ImportView, importPage, importView as importShape, kindChange, mapping } from './contract.ts'
import { UPLOAD_BYTES_MAX } from './files.ts'
import {
  cancelImport,
  changeKind,
  checkFile,
  closeSampleShop,
  forget,
  type ImportDeps,
  importView,
  importViews,
  openSampleShop,
  rejectedRows,
  remap,
  start,
  undo,
  upload,
} from './index.ts'

const tags = ['Imports']
// Beyond it the number is no id of Postgres' int.
const params = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

/** An import without its file's cells: whoever may only see that data arrives does not see whose it is. */
const withoutContents = (view: ImportView): ImportView => ({
  ...view,
  columns: view.columns.map(column => ({ ...column, samples: [] })),
  preview: [],
})

export const routes =
  (deps: ImportDeps): FastifyPluginAsyncZod =>
  async app => {
    const { clock } = deps
    const read = may('imports:read')
    const write = may('imports:write')
    const act = (request: FastifyRequest) => actOf(request, clock.now())
    const answer = { 200: importShape }

    // A file may also come as the bare body, of whatever type its sender calls it.
    app.addContentTypeParser('*', (_request, body, done) => done(null, body))
    app.addContentTypeParser(['text/plain', 'text/csv'], (_request, body, done) => done(null, body))

    app.post(
      '/imports',
      {
        config: write,
        bodyLimit: UPLOAD_BYTES_MAX,
        schema: {
          operationId: 'uploadImport',
          tags,
          summary: 'Upload a file of orders, customers, events, spend or consent',
          description:
            'As multipart/form-data with one file, or as the bare body with its name in `name`. Nothing goes in yet: see how it would be read, correct it, check it, start it.',
          consumes: ['multipart/form-data', 'text/csv', 'application/x-ndjson', 'application/gzip', 'application/octet-stream'],
          querystring: z.object({
            name: z.string().max(300).optional(),
            kind: fileKind.optional().describe('What the file is; found out when left out.'),
          }),
          response: { 201: importShape },
        },
      },
      async (request, reply) => {
        const { name, kind } = request.query
        const file = { ...(await fileOf(request, name)), ...(kind && { kind }) }
        return reply.code(201).send(await upload(deps, file, act(request)))
      },
    )

    app.get(
      '/imports',
      {
        config: read,
        schema: {
          operationId: 'listImports',
          tags,
          summary: 'All imports, the newest first',
          querystring: z.object({
            cursor: z.string().max(200).optional(),
            limit: z.coerce.number().int().min(1).max(100).default(25),
          }),
          response: { 200: importPage },
        },
      },
      async request => {
        const [before] = keysOf(request.query.cursor, 1) ?? [null]
        const { items, next } = await importViews(deps, before === null ? null : Number(before), request.query.limit)
        return { items, next: next === null ? null : cursorTo(next) }
      },
    )

    app.get(
      '/imports/:id',
      {
        config: read,
        schema: {
          operationId: 'getImport',
          tags,
          summary: 'One import: how its file is read, and how far it is',
          params,
          response: answer,
        },
      },
      async request => {
        const view = await importView(deps, request.params.id)
        return callerOf(request).capabilities.has('imports:write') ? view : withoutContents(view)
      },
    )

    app.put(
      '/imports/:id/mapping',
      {
        config: write,
        schema: {
          operationId: 'mapImport',
          tags,
          summary: 'Change how the file is read',
          params,
          body: mapping,
          response: answer,
        },
      },
      async ({ params, body }) => remap(deps, params.id, body),
    )

    app.put(
      '/imports/:id/kind',
      {
        config: write,
        schema: {
          operationId: 'changeImportKind',
          tags,
          summary: 'Say what the file is about; what its columns mean is found out anew',
          params,
          body: kindChange,
          response: answer,
        },
      },
      async ({ params, body }) => changeKind(deps, params.id, body.kind),
    )

    app.post(
      '/imports/:id/check',
      {
        config: write,
        schema: {
          operationId: 'checkImport',
          tags,
          summary: 'Read the whole file without letting anything in',
          params,
          response: { 202: importShape },
        },
      },
      async ({ params }, reply) => reply.code(202).send(await checkFile(deps, params.id)),
    )

    app.post(
      '/imports/:id/start',
      {
        config: write,
        schema: {
          operationId: 'startImport',
          tags,
          summary: 'Bring the file in; checks first what has not been checked',
          params,
          response: { 202: importShape },
        },
      },
      async (request, reply) => reply.code(202).send(await start(deps, request.params.id, act(request))),
    )

    app.post(
      '/imports/:id/cancel',
      {
        config: write,
        schema: {
          operationId: 'cancelImport',
          tags,
          summary: 'Stop a check or an import; what is in stays in until it is undone',
          params,
          response: { 202: importShape },
        },
      },
      async (request, reply) => reply.code(202).send(await cancelImport(deps, request.params.id, act(request))),
    )

    app.post(
      '/imports/:id/undo',
      {
        config: write,
        schema: {
          operationId: 'undoImport',
          tags,
          summary: 'Take everything back that came with the import',
          params,
          response: { 202: importShape },
        },
      },
      async (request, reply) => reply.code(202).send(await undo(deps, request.params.id, act(request))),
    )

    app.get(
      '/imports/:id/rejects.csv',
      {
        config: write,
        schema: {
          operationId: 'rejectedRows',
          tags,
          summary: 'The rows that were left out, each with its reason, as CSV',
          params,
          produces: ['text/csv'],
        },
      },
      async ({ params }, reply) => {
        const { name, csv } = await rejectedRows(deps, params.id)
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
          .send(Readable.from(csv))
      },
    )

    app.delete(
      '/imports/:id',
      {
        config: write,
        schema: {
          operationId: 'forgetImport',
          tags,
          summary: 'Forget an import of which nothing is in',
          params,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await forget(deps, request.params.id, act(request))
        return reply.code(204).send(null)
      },
    )

    app.post(
      '/sample-shop',
      {
        config: write,
        schema: {
          operationId: 'openSampleShop',
          tags,
          summary: 'Bring in a generated shop to look around in',
          response: { 202: importShape },
        },
      },
      async (request, reply) => reply.code(202).send(await openSampleShop(deps, act(request))),
    )

    app.delete(
      '/sample-shop',
      {
        config: write,
        schema: {
          operationId: 'closeSampleShop',
          tags,
          summary: 'Take the sample shop out again',
          response: { 202: importShape.nullable() },
        },
      },
      async (request, reply) => reply.code(202).send(await closeSampleShop(deps, act(request))),
    )
  }

/** The one file of a request, as a stream. */
async function fileOf(
  request: FastifyRequest,
  name: string | undefined,
): Promise<{ name: string; bytes: AsyncIterable<Uint8Array> }> {
  if (!request.isMultipart()) {
    if (
      request.body === undefined ||
      request.body === null ||
      typeof request.body !== 'object' ||
      !(Symbol.asyncIterator in request.body)
    )
      throw new Fault('import.no_file')
    return { name: name ?? '', bytes: whole(request.body as AsyncIterable<Uint8Array>, request) }
  }
  const file = await request.file({ limits: { fileSize: UPLOAD_BYTES_MAX, files: 1 } })
  if (!file) throw new Fault('import.no_file')
  return { name: name ?? file.filename, bytes: whole(file.file, request) }
}

/** The bytes, or a Fault when the sender went away before the end: half a file must not look like a whole one. */
async function* whole(bytes: AsyncIterable<Uint8Array>, request: FastifyRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (cause) {
    throw new Fault('import.cut_off', {}, { cause })
  }
  if ((bytes as { truncated?: boolean }).truncated) throw new Fault('import.too_large', { limit: '4 GB' })
  if (!request.raw.complete && request.raw.destroyed) throw new Fault('import.cut_off')
}
