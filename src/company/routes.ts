import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { actOf, may } from '../access/index.ts'
import { type Clock } from '../platform/clock.ts'
import { type Db } from '../platform/postgres.ts'
import * as shape from './contract.ts'
import { changeCompany, company, companyRates, dropRate, giveRates, readPastedRates } from './index.ts'

export const routes =
  ({ db, clock }: { db: Db; clock: Clock }): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/company',
      {
        config: may('company:read'),
        schema: {
          operationId: 'company',
          tags: ['Company'],
          summary: 'The company’s settings',
          response: { 200: shape.company },
        },
      },
      async () => company(db),
    )
    app.put(
      '/company',
      {
        config: may('company:write'),
        schema: {
          operationId: 'changeCompany',
          tags: ['Company'],
          summary: 'Change the company’s settings',
          body: shape.company,
          response: { 200: shape.company },
        },
      },
      async request => changeCompany(db, request.body, actOf(request, clock.now())),
    )

    const tags = ['Company']
    app.get(
      '/company/rates',
      {
        config: may('company:read'),
        schema: {
          operationId: 'currencyRates',
          tags,
          summary: 'What other currencies are worth in the company’s, each from its day on',
          response: { 200: shape.rates },
        },
      },
      async () => companyRates(db),
    )
    app.post(
      '/company/rates/read',
      {
        config: may('company:write'),
        bodyLimit: 4 * 2 ** 20,
        schema: {
          operationId: 'readCurrencyRates',
          tags,
          summary: 'What pasted lines of rates say; nothing is kept',
          description: 'Each line has a currency, a day and a number: `USD,2026-01-01,0.92`.',
          body: shape.pastedRates,
          response: { 200: shape.readRates },
        },
      },
      async request => readPastedRates(db, request.body.text),
    )
    app.put(
      '/company/rates',
      {
        config: may('company:write'),
        bodyLimit: 4 * 2 ** 20,
        schema: {
          operationId: 'giveCurrencyRates',
          tags,
          summary: 'Give rates, in place of those of the same currency and day',
          body: shape.rateChanges,
          response: { 200: shape.rates },
        },
      },
      async request => {
        await giveRates(db, request.body.items, actOf(request, clock.now()))
        return companyRates(db)
      },
    )
    app.delete(
      '/company/rates',
      {
        config: may('company:write'),
        schema: {
          operationId: 'dropCurrencyRate',
          tags,
          summary: 'Take a rate back',
          querystring: shape.rateNamed,
          response: { 200: shape.rates },
        },
      },
      async request => {
        await dropRate(db, request.query, actOf(request, clock.now()))
        return companyRates(db)
      },
    )
  }
