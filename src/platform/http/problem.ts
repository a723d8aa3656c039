import { STATUS_CODES } from 'node:http'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Fault } from '../fault.ts'
import { t } from '../messages.ts'

/** RFC 9457. `code` is stable and meant for programs; `detail` is a sentence for a person. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' })
export type Problem = z.infer<typeof problem>

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that this request was answered with, for its line in the log. */
    problem: string | null
  }
}

type Field = { field: string; message: string }

/** The one place where trouble becomes an answer. */
export function answerTrouble(app: FastifyInstance): void {
  app.decorateRequest('problem', null)
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const fields = fieldsOf(error)
    const fault = faultOf(error, fields, request)
    if (fault.status >= 500 && !isGone(request)) request.log.error({ err: error }, fault.message)
    else if (fault.cause) request.log.warn({ err: fault.cause }, fault.message)
    return send(fault, request, reply, fields)
  })
}

/** Answers with a fault's problem; for the few places that cannot throw. */
export function send(fault: Fault, request: FastifyRequest, reply: FastifyReply, fields: Field[] = []): FastifyReply {
  request.problem = fault.code
  const seconds = retryAfterSeconds(fault)
  if (seconds !== null) reply.header('retry-after', String(seconds))
  reply.header('x-request-id', request.id)
  // RFC 9110 asks for it; this scheme makes no browser open a dialog.
  if (fault.status === 401) reply.header('www-authenticate', 'Bearer')
  const body: Problem = {
    type: `urn:perennial:problem:${fault.code}`,
    title: STATUS_CODES[fault.status] ?? 'Error',
    status: fault.status,
    code: fault.code,
    detail: fault.message,
    requestId: request.id,
    ...(fields.length > 0 && { fields }),
  }
  // As a string, so that a route's own response schemas do not look at it.
  return reply.code(fault.status).type('application/problem+json').serializer(String).send(JSON.stringify(body))
}

function faultOf(error: FastifyError, fields: Field[], request: FastifyRequest): Fault {
  if (error instanceof Fault) return error
  if (fields.length > 0)
    return new Fault('request.invalid', { detail: fields.map(({ field, message }) => `${field}: ${message}`).join('; ') })
  if (error.statusCode === 413)
    return new Fault('request.too_large', { limit: readableBytes(request.routeOptions.bodyLimit ?? 0) })
  if (error.statusCode === 415) return new Fault('request.media_type', { type: request.headers['content-type'] ?? '–' })
  if (isStoreAway(error)) return new Fault('server.recovering', {}, { cause: error })
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new Fault('request.invalid', { detail: error.message })
  return new Fault('server.internal', { request: request.id }, { cause: error })
}

function fieldsOf(error: FastifyError): Field[] {
  if (!hasZodFastifySchemaValidationErrors(error)) return []
  const where = error.validationContext ?? 'body'
  return error.validation.map(issue => ({
    field: issue.instancePath.split('/').filter(Boolean).join('.') || where,
    message: issue.message?.endsWith('received undefined') ? t('http:field.missing') : (issue.message ?? issue.keyword),
  }))
}

function retryAfterSeconds(fault: Fault): number | null {
  if (fault.code === 'request.too_many') return Number(fault.params.seconds)
  return fault.status === 503 ? 2 : null
}

// A store that is being restarted or cannot be reached: its socket refuses, breaks or stays silent; PostgreSQL says that it is shutting down or
// starting (class 57P), or that it has no room left (class 53).
const STORE_AWAY = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['57P01', '57P02', '57P03', '08006', '08001', '53100', '53200', '53300'],
])
const CONNECTION_LOST = /^(Connection terminated|timeout exceeded when trying to connect)/
const isStoreAway = (error: Error & { code?: string }): boolean =>
  (error.code !== undefined && STORE_AWAY.has(error.code)) || CONNECTION_LOST.test(error.message)

/** The sender hung up: there is nobody to answer and nothing of ours to mend. */
const isGone = (request: FastifyRequest): boolean => request.raw.destroyed && !request.raw.complete

function readableBytes(bytes: number): string {
  const megabytes = bytes / 2 ** 20
  return megabytes >= 1 ? `${Math.round(megabytes)} MB` : `${Math.round(bytes / 2 ** 10)} kB`
}
