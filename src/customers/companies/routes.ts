import { type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, may } from '../../access/index.ts'
import { cursorTo, idIn, keysOf } from '../../platform/http/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { customerIdOf, type Lens } from '../index.ts'
import { sightOf } from '../sight.ts'
import { identitiesOf, records } from '../store.ts'
import { rowOf } from '../view.ts'
import { companiesOfCustomer, companyPage, companyPeople, companyProfile, type Sums } from './contract.ts'
import { companyNamed } from './index.ts'
import { companiesOf, nextCompanies, nextPeople, peopleOf } from './store.ts'
import { companyOfCustomerOf, companyProfileOf, companyRowOf } from './view.ts'

export type CompanyDeps = { db: Db; lens: Pick<Lens, 'glances'>; sums: Sums }

const tags = ['Companies']
const params = z.object({ id: z.string().max(600).describe('The id, or `external:ID`.') })
const page = { cursor: z.string().max(1_000).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }

export const companyRoutes =
  ({ db, lens, sums }: CompanyDeps): FastifyPluginAsyncZod =>
  async app => {
    const config = may('customers:read')

    app.get(
      '/companies',
      {
        config,
        schema: {
          operationId: 'listCompanies',
          tags,
          summary: 'Companies by name, with what their people come to',
          querystring: z.object({ search: z.string().max(200).optional().describe('Any part of the name or the id.'), ...page }),
          response: { 200: companyPage },
        },
      },
      async request => {
        const { search, cursor, limit } = request.query
        const keys = keysOf(cursor, 2)
        const after = keys && { name: String(keys[0]), id: Number(keys[1]) }
        const { items, sortedAs } = await nextCompanies(db, search?.trim() || null, after, limit + 1)
        const shown = items.slice(0, limit)
        const all = await sums(
          await peopleOf(
            db,
            shown.map(company => company.id),
          ),
        )
        const last = items.length > limit ? shown.at(-1) : undefined
        return {
          items: shown.map(company => companyRowOf(company, all.get(company.id), sightOf(callerOf(request)))),
          next: last === undefined ? null : cursorTo(sortedAs.get(last.id) ?? '', last.id),
        }
      },
    )

    app.get(
      '/companies/:id',
      {
        config,
        schema: {
          operationId: 'getCompany',
          tags,
          summary: 'What a company is, and what its people come to',
          params,
          response: { 200: companyProfile },
        },
      },
      async request => {
        const company = await companyNamed(db, request.params.id)
        const all = await sums(await peopleOf(db, [company.id]))
        return companyProfileOf(company, all.get(company.id), sightOf(callerOf(request)))
      },
    )

    app.get(
      '/companies/:id/customers',
      {
        config,
        schema: {
          operationId: 'companyCustomers',
          tags,
          summary: 'The people of a company, the newest customers first; or those who left it',
          params,
          querystring: z.object({ former: z.stringbool().default(false), ...page }),
          response: { 200: companyPeople },
        },
      },
      async request => {
        const { former, cursor, limit } = request.query
        const sight = sightOf(callerOf(request))
        const company = await companyNamed(db, request.params.id)
        const people = await nextPeople(db, company.id, former, idIn(cursor), limit + 1)
        const shown = people.slice(0, limit)
        const ids = shown.map(one => one.customerId)
        const [rows, identities, glances] = await Promise.all([
          records(db, ids),
          identitiesOf(db, ids),
          lens.glances(undefined, ids, null),
        ])
        const items = shown.flatMap(({ customerId, joinedAt, leftAt }) => {
          const row = rows.get(customerId)
          if (row === undefined) return []
          const person = rowOf(row, identities.get(customerId) ?? [], glances.get(customerId), sight)
          const left = leftAt === null ? null : new Date(leftAt).toISOString()
          return [{ ...person, joinedAt: new Date(joinedAt).toISOString(), leftAt: left }]
        })
        const last = people.length > limit ? shown.at(-1) : undefined
        return { items, next: last === undefined ? null : cursorTo(last.customerId) }
      },
    )

    app.get(
      '/customers/:id/companies',
      {
        config,
        schema: {
          operationId: 'customerCompanies',
          tags,
          summary: 'The companies that a customer belongs to, and belonged to',
          params: z.object({ id: z.string().max(400) }),
          response: { 200: companiesOfCustomer },
        },
      },
      async request => {
        const { contact } = sightOf(callerOf(request))
        const companies = await companiesOf(db, await customerIdOf(db, request.params.id, contact))
        return { items: companies.map(companyOfCustomerOf), next: null }
      },
    )
  }
