import { statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import staticFiles from '@fastify/static'
import { type FastifyInstance } from 'fastify'
import { Fault } from '../fault.ts'
import { open } from './policy.ts'

const YEAR_MS = 365 * 24 * 3600 * 1000
// Addresses of programs: what is not there is a problem, never a page.
const NOT_PAGES = /^\/(api|v1|metrics)(\/|$)/

/** Serves the built web pages: files as they are, and index.html for every other address, because the browser does the routing. */
export async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  const root = resolve(folder)
  await app.register(staticFiles, { root, serve: false })
  app.get(
    '/*',
    { config: open('the pages hold no data; they ask the API for it'), schema: { hide: true } },
    async (request, reply) => {
      const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
      if (NOT_PAGES.test(path)) throw new Fault('request.not_found', { path })
      if (path.startsWith('/assets/')) {
        if (!isFile(root, path)) throw new Fault('request.not_found', { path })
        // Built names carry a hash of their content.
        return reply.sendFile(path, { immutable: true, maxAge: YEAR_MS, cacheControl: true })
      }
      reply.header('cache-control', 'no-cache')
      if (path !== '/' && isFile(root, path)) return reply.sendFile(path, { cacheControl: false })
      if (!isFile(root, 'index.html')) throw new Fault('web.not_built')
      return reply.sendFile('index.html', { cacheControl: false })
    },
  )
}

function isFile(root: string, path: string): boolean {
  const file = resolve(join(root, path))
  return file.startsWith(root + sep) && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)
}
