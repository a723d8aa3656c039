import { z } from 'zod'

/** The one company of this installation. `timeZone` is an IANA name and cuts the days; `currency` is ISO 4217, for files that name none. */
export const company = z.object({
  name: z.string().trim().min(1).max(200),
  timeZone: z.string().max(60),
  currency: z.string().length(3),
})
export type Company = z.infer<typeof company>
