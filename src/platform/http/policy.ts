import { type FastifyInstance } from 'fastify'

/** Who may call a route. Every route has one; the capabilities' names belong to whoever hands them in. */
export type Policy =
  | { kind: 'capability'; capability: string }
  /** Any colleague with a session, whatever the role: one's own account. */
  | { kind: 'signed_in'; why: string }
  | { kind: 'open'; why: string }

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
  }
}

export const open = (why: string) => ({ policy: { kind: 'open', why } satisfies Policy as Policy })
export const signedIn = (why: string) => ({ policy: { kind: 'signed_in', why } satisfies Policy as Policy })

export type DeclaredRoute = { method: string; url: string; policy: Policy }

/** Makes a route without a policy fail the start, and keeps the list of all routes for the tests that walk it. */
export function demandPolicies(app: FastifyInstance): DeclaredRoute[] {
  const declared: DeclaredRoute[] = []
  app.addHook('onRoute', route => {
    const { policy } = route.config ?? {}
    for (const method of [route.method].flat()) {
      if (!policy) throw new Error(`${method} ${route.url} declares no policy: give it config: may(capability), signedIn(why) or open(why)`)
      declared.push({ method, url: route.url, policy })
    }
  })
  return declared
}
