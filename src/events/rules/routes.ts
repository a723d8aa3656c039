import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actOf, may } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { tried } from '../tracking/door.ts'
import { LIMITS } from '../tracking/limits.ts'
import * as contract from './contract.ts'
import { dismissSuggestion, putRule, type Rulebook, removeRule, rules, suggestions } from './index.ts'
import { compiled } from './rules.ts'

const tags = ['Data']

export const routes =
  ({ db, clock, rules: rulebook }: { db: Db; clock: Clock; rules: Rulebook }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/data/rules',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'listRules',
          tags,
          summary: 'What becomes of properties and events on their way in',
          response: { 200: contract.ruleList },
        },
      },
      async () => ({ items: await rules(db), next: null }),
    )
    app.post(
      '/data/rules',
      {
        config: may('rules:write'),
        schema: {
          operationId: 'putRule',
          tags,
          summary: 'Make a rule, in place of the one for the same event and path',
          body: contract.newRule,
          response: { 200: contract.ruleView },
        },
      },
      async request => putRule(db, rulebook, request.body, actOf(request, clock.now())),
    )
    app.delete(
      '/data/rules/:id',
      {
        config: may('rules:write'),
        schema: {
          operationId: 'removeRule',
          tags,
          summary: 'End a rule',
          params: contract.ruleParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await removeRule(db, rulebook, request.params.id, actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )
    app.post(
      '/data/rules/test',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'testRules',
          tags,
          summary: 'What would become of an event of the tracking API; nothing is kept of it',
          body: contract.ruleTest,
          response: { 200: contract.ruleTested },
        },
      },
      async request => {
        const { event, rule } = request.body
        const inForce = await rulebook.current()
        const others = inForce.list.filter(one => one.event !== rule?.event || one.path !== rule?.path)
        const applied = rule === undefined ? inForce : { ...inForce, compiled: compiled([...others, { id: 0, ...rule }]) }
        const { currency } = await company(db)
        const { outcome, reason, after, changes } = tried(event, applied, {
          receivedAt: clock.now(),
          isTrusted: true,
          currency,
          limits: LIMITS,
        })
        return {
          outcome,
          why: reason === null ? null : t(`tracking:reason.${reason}`),
          after: after as Record<string, unknown> | null,
          changes,
        }
      },
    )
    app.get(
      '/data/suggestions',
      {
        config: may('imports:read'),
        schema: {
          operationId: 'listRuleSuggestions',
          tags,
          summary: 'What arrived, looks personal and has no rule',
          response: { 200: contract.suggestionList },
        },
      },
      async () => ({ items: await suggestions(db, rulebook), next: null }),
    )
    app.post(
      '/data/suggestions/dismiss',
      {
        config: may('rules:write'),
        schema: {
          operationId: 'dismissRuleSuggestion',
          tags,
          summary: 'No rule is needed there',
          body: contract.dismissal,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { events, path } = request.body
        await dismissSuggestion(db, events, path, actOf(request, clock.now()))
        return reply.code(204).send(null)
      },
    )
  }
