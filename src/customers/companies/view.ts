import { t } from '../../platform/messages.ts'
import { isPersonal, type Sight } from '../sight.ts'
import { moneyOf } from '../view.ts'
import { type CompanyOfCustomer, type CompanyProfile, type CompanyRow, type Sum } from './contract.ts'
import { type Told } from './membership.ts'

type Named = { id: number; externalId: string; name: string | null }
type Known = Named & { told: Told; people: number; former: number; lastSeenAt: number | null }

const iso = (at: number) => new Date(at).toISOString()
const NOTHING: Sum = { stages: new Map(), orders: 0, revenue: {} }

/** A company's name is a name of a business and everybody's to see; how to reach its people is not. */
const labelOf = ({ name, externalId }: Named): string => name ?? externalId

export const companyRowOf = (company: Known, sum: Sum = NOTHING, sight: Sight): CompanyRow => ({
  id: String(company.id),
  label: labelOf(company),
  externalId: company.externalId,
  people: company.people,
  former: company.former,
  orders: sum.orders,
  revenue: moneyOf(sum.revenue, sight),
  lastSeenAt: company.lastSeenAt === null ? null : iso(company.lastSeenAt),
})

export function companyProfileOf(company: Known, sum: Sum = NOTHING, sight: Sight): CompanyProfile {
  const standing = [...sum.stages.values()].reduce((all, people) => all + people, 0)
  const stages = [...sum.stages].map(([stage, people]) => ({ stage, people }))
  return {
    ...companyRowOf(company, sum, sight),
    traits: Object.entries(company.told)
      .filter(([name]) => name !== 'name')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, [value]]) => ({ name, value: sight.contact || !isPersonal(name) ? String(value) : t('customers:hidden') })),
    stages: company.people > standing ? [...stages, { stage: null, people: company.people - standing }] : stages,
  }
}

export const companyOfCustomerOf = (company: Named & { joinedAt: number; leftAt: number | null }): CompanyOfCustomer => ({
  id: String(company.id),
  label: labelOf(company),
  externalId: company.externalId,
  joinedAt: iso(company.joinedAt),
  leftAt: company.leftAt === null ? null : iso(company.leftAt),
})
