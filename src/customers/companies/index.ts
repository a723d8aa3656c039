import { type Listener } from '../../events/index.ts'
import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { isAboutCompany, latest, type Membership, type Memberships, membershipsAfter, stepOf, type Told } from './membership.ts'
import {
  type Company,
  type CompanyRecord,
  companyWith,
  dropEmpty,
  dropMembers,
  keepMembers,
  keepTold,
  lockCompanies,
  type Member,
  membershipsOf,
  toldByAll,
} from './store.ts'

/** Keeps companies and who belongs to them: hears of every change to the log, inside the transaction that settles it. */
export const onCompanyChanges: Listener = async ({ tx, now }, changes) => {
  const concerned = changes.filter(({ whole, fresh }) => whole !== null || fresh.some(isAboutCompany))
  if (concerned.length === 0) return
  const before = await membershipsOf(
    tx,
    concerned.map(change => change.customerId),
  )
  const byCustomer = Map.groupBy(before, one => one.customerId)
  const steps = concerned.map(({ customerId, whole, fresh }) => {
    const known = asMemberships(byCustomer.get(customerId) ?? [])
    const after = whole === null ? membershipsAfter(known, fresh) : membershipsAfter(new Map(), whole)
    return { customerId, ...stepOf(known, after) }
  })
  await write(tx, now, steps)
}

/** Takes customers out of their companies, with what they said of them; to be called before they are removed. Safe to repeat. */
export async function leaveCompanies(tx: Db, customerIds: readonly number[]): Promise<void> {
  const byCustomer = Map.groupBy(await membershipsOf(tx, customerIds), one => one.customerId)
  const steps = [...byCustomer].map(([customerId, members]) => ({
    customerId,
    kept: [],
    dropped: members.map(one => one.company),
  }))
  await write(tx, 0, steps)
}

const asMemberships = (members: readonly Member[]): Memberships =>
  new Map(members.map(({ company, joinedAt, leftAt, told }) => [company, { joinedAt, leftAt, told }]))

type CustomerStep = { customerId: number } & ReturnType<typeof stepOf>

async function write(tx: Db, now: number, steps: readonly CustomerStep[]): Promise<void> {
  const kept = steps.flatMap(({ customerId, kept }) => kept.map(one => ({ customerId, ...one })))
  const dropped = steps.flatMap(({ customerId, dropped }) => dropped.map(company => ({ customerId, company })))
  const named = new Set([...kept, ...dropped].map(one => one.company))
  if (named.size === 0) return
  const companies = await lockCompanies(tx, [...named], now)
  const inRows = <T extends { company: string }>(ones: readonly T[]) =>
    ones.flatMap(one => {
      const company = companies.get(one.company)
      return company === undefined ? [] : [{ ...one, companyId: company.id }]
    })
  await keepMembers(tx, inRows(kept))
  await dropMembers(tx, inRows(dropped))

  const retold = new Set([...dropped, ...kept.filter(one => one.isRetold)].map(one => one.company))
  await keepTold(tx, await toldNow(tx, [...companies.values()], retold, kept))
  if (dropped.length > 0)
    await dropEmpty(
      tx,
      inRows(dropped).map(one => one.companyId),
    )
}

/** What is known of the companies now, where it is something else than before. */
async function toldNow(
  tx: Db,
  companies: readonly Company[],
  retold: ReadonlySet<string>,
  kept: readonly { company: string; membership: Membership }[],
): Promise<{ id: number; told: Told }[]> {
  const anew = companies.filter(company => retold.has(company.externalId)).map(company => company.id)
  const all = anew.length === 0 ? new Map<number, Told>() : await toldByAll(tx, anew)
  const said = Map.groupBy(kept, one => one.company)
  return companies.flatMap(({ id, externalId, told }) => {
    const now = retold.has(externalId)
      ? (all.get(id) ?? {})
      : (said.get(externalId) ?? []).reduce((sum, { membership }) => latest(sum, membership.told), told)
    return JSON.stringify(now) === JSON.stringify(told) ? [] : [{ id, told: now }]
  })
}

/** The company that an address names: `17`, or `external:acme`; else `customer.company_not_found`. */
export async function companyNamed(db: Db, name: string): Promise<CompanyRecord> {
  const externalId = /^external:(.+)$/s.exec(name)?.[1]
  const by =
    externalId !== undefined && !externalId.includes('\0')
      ? { externalId }
      : /^\d{1,15}$/.test(name)
        ? { id: Number(name) }
        : null
  const found = by === null ? null : await companyWith(db, by)
  if (found === null) throw new Fault('customer.company_not_found', { company: name })
  return found
}
