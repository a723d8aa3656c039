import { z } from 'zod'
import { customerRow, money } from '../contract.ts'

/** A company, with what the people who belong to it now come to together. */
export const companyRow = z.object({
  id: z.string(),
  /** Its name, else the sender's id. */
  label: z.string(),
  /** The sender's own id (groupId). */
  externalId: z.string(),
  people: z.int(),
  /** Those who belonged to it before. */
  former: z.int(),
  /** All orders of its people, also those from before they joined. */
  orders: z.int(),
  revenue: z.array(money),
  lastSeenAt: z.iso.datetime().nullable(),
})
export type CompanyRow = z.infer<typeof companyRow>
export const companyPage = z.object({ items: z.array(companyRow), next: z.string().nullable() })
export type CompanyPage = z.infer<typeof companyPage>

export const companyProfile = companyRow.extend({
  traits: z.array(z.object({ name: z.string(), value: z.string() })),
  /** How many of its people stand in each stage of the primary model; those without one under null. */
  stages: z.array(z.object({ stage: z.string().nullable(), people: z.int() })),
})
export type CompanyProfile = z.infer<typeof companyProfile>

const belonging = { joinedAt: z.iso.datetime(), leftAt: z.iso.datetime().nullable() }

export const companyPerson = customerRow.extend(belonging)
export type CompanyPerson = z.infer<typeof companyPerson>
export const companyPeople = z.object({ items: z.array(companyPerson), next: z.string().nullable() })
export type CompanyPeople = z.infer<typeof companyPeople>

export const companyOfCustomer = z.object({ id: z.string(), label: z.string(), externalId: z.string(), ...belonging })
export type CompanyOfCustomer = z.infer<typeof companyOfCustomer>
export const companiesOfCustomer = z.object({ items: z.array(companyOfCustomer), next: z.null() })
export type CompaniesOfCustomer = z.infer<typeof companiesOfCustomer>

/** What some people come to together. */
export type Sum = { stages: ReadonlyMap<string, number>; orders: number; revenue: Record<string, number> }
/** What the lifecycle knows of several people at once, handed in from above. Those who were not customers yet count for nothing. */
export type Sums = (people: readonly { companyId: number; customerId: number }[]) => Promise<Map<number, Sum>>
