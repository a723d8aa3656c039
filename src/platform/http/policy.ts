import { type FastifyInstance } from 'fastify'

/** Who may call a route. Every route has one; the capabilities' names belong to whoever hands them in. */
export type Policy =
  | { kind: 'capability'; capability: string }
  /** Any colleague with a session, whatever the role: one's own account. */
  | { kind: 'signed_in'; why: string }
  /** `isForOtherSites`: pages of other sites may send to it, such as a shop's to the tracking API. It must not look at the session's cookie. */
  | { kind: 'open'; why: string; isForOtherSites: boolean }

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
  }
}

/** For a route's config: anybody, for this reason. */
export const open = (why: string, { isForOtherSites = false } = {}): { policy: Policy } => ({
  policy: { kind: 'open', why, isForOtherSites },
})
/** For a route's config: any colleague who is signed in, for this reason. */
export const signedIn = (why: string): { policy: Policy } => ({ policy: { kind: 'signed_in', why } })

export type DeclaredRoute = { method: string; url: string; policy: Policy }

/** Makes a route without a policy fail the start, and keeps the list of all routes for the tests that walk it. */
export function demandPolicies(app: FastifyInstance): DeclaredRoute[] {
  const declared: DeclaredRoute[] = []
  app.addHook('onRoute', route => {
    const { policy } = route.config ?? {}
    for (const method of [route.method].flat()) {
      if (!policy)
        throw new Error(`${method} ${route.url} declares no policy: give it config: may(capability), signedIn(why) or open(why)`)
      declared.push({ method, url: route.url, policy })
    }
  })
  return declared
}
