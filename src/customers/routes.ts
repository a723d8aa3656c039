import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { type History } from '../platform/clickhouse.ts'
import { bulkRoutes } from './bulk/routes.ts'
import { type FindDeps } from './filters/index.ts'
import { listsRoutes } from './lists/routes.ts'
import { noteRoutes } from './notes/routes.ts'
import { listRoutes } from './routes.list.ts'
import { profileRoutes } from './routes.profile.ts'
import { viewRoutes } from './views/routes.ts'

export type CustomerDeps = FindDeps & { history: History; data: string }

/** Finding customers, doing something with many of them, and one customer's page. */
export const routes =
  (deps: CustomerDeps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(listRoutes(deps))
    await app.register(viewRoutes(deps))
    await app.register(listsRoutes(deps))
    await app.register(bulkRoutes(deps))
    await app.register(profileRoutes(deps))
    await app.register(noteRoutes(deps))
  }
