import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import { type FastifyInstance, type FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { open, type Policy } from './policy.ts'
import { problem } from './problem.ts'

/** The description of the API, made from the routes themselves. */
export async function describeApi(
  app: FastifyInstance,
  { version, sessionCookie }: { version: string; sessionCookie: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Perennial',
        version,
        description:
          'Lists are `{items, next}`: hand `next` back as `cursor`. Errors are `application/problem+json` with a stable `code`. Times are ISO 8601 in UTC.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'Set by signing in.' },
          secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key: `Authorization: Bearer sk_…`.' },
        },
      },
    },
    transform: document => {
      const described = jsonSchemaTransform({ ...document, schema: withProblems(document.schema) })
      nameAnswers(described.schema)
      return { ...described, schema: { ...described.schema, ...guarded(described.schema, document.route.config?.policy) } }
    },
    transformObject: jsonSchemaTransformObject,
  })
  app.get(
    '/api/openapi.json',
    { config: open('a description of the API holds nothing of the company'), schema: { hide: true } },
    async () => app.swagger(),
  )
}

const withProblems = (schema: FastifySchema = {}): FastifySchema => ({
  ...schema,
  response: {
    ...(schema.response as object | undefined),
    '4XX': {
      description: 'The request cannot be answered as it is.',
      content: { 'application/problem+json': { schema: problem } },
    },
    '5XX': { description: 'Trouble on this side.', content: { 'application/problem+json': { schema: problem } } },
  },
})

/** An answer without a description of its own is called by its status. */
function nameAnswers(schema: FastifySchema | undefined): void {
  const answers = (schema?.response ?? {}) as Record<string, Record<string, unknown>>
  for (const [status, answer] of Object.entries(answers))
    if (STATUS_CODES[status]) answer['x-response-description'] ??= STATUS_CODES[status]
}

/** What a caller needs to know about a route's policy. */
function guarded(schema: FastifySchema | undefined, policy: Policy | undefined): FastifySchema {
  const description = (schema as { description?: string } | undefined)?.description
  const say = (sentence: string) => [description, sentence].filter(Boolean).join('\n\n')
  if (policy?.kind === 'capability')
    return {
      description: say(`Needs the capability \`${policy.capability}\`.`),
      security: [{ session: [] }, { secretKey: [] }],
    } as FastifySchema
  if (policy?.kind === 'signed_in')
    return { description: say('For any colleague who is signed in.'), security: [{ session: [] }] } as FastifySchema
  return { security: [] } as FastifySchema
}
