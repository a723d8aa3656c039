import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { keyRoutes } from './routes.keys.ts'
import { type AccessDeps, ownRoutes, signInRoutes } from './routes.session.ts'
import { userRoutes } from './routes.users.ts'

export type { AccessDeps } from './routes.session.ts'

export const routes =
  (deps: AccessDeps): FastifyPluginAsyncZod =>
  async app => {
    await app.register(signInRoutes(deps))
    await app.register(ownRoutes(deps))
    await app.register(userRoutes(deps))
    await app.register(keyRoutes(deps))
  }
