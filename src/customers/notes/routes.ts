import { type FastifyRequest } from 'fastify'
import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, callerOf, may } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { type Db } from '../../platform/postgres.ts'
import { customerIdOf } from '../index.ts'
import { newNote, note, noteChange, notes } from './contract.ts'
import { correctNote, forgetNote, notesOf, type Writer, writeNote } from './index.ts'

const tags = ['Customers']
const id = z.string().max(400)
const noteId = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

export function writerOf(request: FastifyRequest): Writer {
  const { kind, id, label, capabilities } = callerOf(request)
  return { userId: kind === 'user' ? id : null, name: label, isInCharge: capabilities.has('users:manage') }
}

/** Notes are free words: they may name anybody, so only those who see contact details and may write see them. */
export const noteRoutes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    const config = may('customers:write')
    const customer = (request: FastifyRequest<{ Params: { id: string } }>) =>
      customerIdOf(db, request.params.id, callerOf(request).capabilities.has('customers:contact'))

    app.get(
      '/customers/:id/notes',
      {
        config,
        schema: {
          operationId: 'listNotes',
          tags,
          summary: 'What colleagues wrote about a customer: pinned notes first, then the newest',
          params: z.object({ id }),
          response: { 200: notes },
        },
      },
      async request => ({ items: await notesOf(db, await customer(request), writerOf(request)) }),
    )

    app.post(
      '/customers/:id/notes',
      {
        config,
        schema: {
          operationId: 'writeNote',
          tags,
          summary: 'Write a note',
          params: z.object({ id }),
          body: newNote,
          response: { 201: note },
        },
      },
      async (request, reply) => {
        const made = await writeNote(db, await customer(request), request.body.text, writerOf(request), clock.now())
        return reply.code(201).send(made)
      },
    )

    app.patch(
      '/customers/:id/notes/:note',
      {
        config,
        schema: {
          operationId: 'changeNote',
          tags,
          summary: 'Correct one’s own note, or pin any',
          params: z.object({ id, note: noteId }),
          body: noteChange,
          response: { 200: note },
        },
      },
      async request =>
        correctNote(db, await customer(request), request.params.note, request.body, writerOf(request), clock.now()),
    )

    app.delete(
      '/customers/:id/notes/:note',
      {
        config,
        schema: {
          operationId: 'removeNote',
          tags,
          summary: 'Remove one’s own note; admins remove any',
          params: z.object({ id, note: noteId }),
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        await forgetNote(db, await customer(request), request.params.note, writerOf(request), actOf(request, clock.now()))
        return reply.code(204).send()
      },
    )
  }
