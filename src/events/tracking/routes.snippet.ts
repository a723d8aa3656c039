import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Fault } from '../../platform/fault.ts'
import { open } from '../../platform/http/index.ts'

type Snippet = { text: string; version: string }

const config = open('pages of other sites load it', { isForOtherSites: true })
const YEAR_SECONDS = 365 * 24 * 3600

/**
 * GET /perennial.js: what the pages of others load. The address never changes; asked for by its version (`?v=`) it is kept for a year,
 * else for an hour. A version of before gets today's file for an hour, so that no page is ever without one.
 */
export const snippet =
  (path: string): FastifyPluginAsyncZod =>
  async app => {
    let known: Snippet | undefined
    app.get('/perennial.js', { config, schema: { hide: true } }, async (request, reply) => {
      known ??= await read(path)
      const { v } = request.query as { v?: string }
      const etag = `"${known.version}"`
      reply.headers({
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': v === known.version ? `public, max-age=${YEAR_SECONDS}, immutable` : 'public, max-age=3600',
        etag,
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'timing-allow-origin': '*',
      })
      // A proxy that compresses weakens the tag; it means the same file.
      if (request.headers['if-none-match']?.replace(/^W\//, '') === etag) return reply.code(304).send()
      return reply.send(known.text)
    })
  }

async function read(path: string): Promise<Snippet> {
  try {
    const text = await readFile(path, 'utf8')
    return { text, version: createHash('sha256').update(text).digest('hex').slice(0, 16) }
  } catch (cause) {
    throw new Fault('web.not_built', {}, { cause })
  }
}
