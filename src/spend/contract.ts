import { z } from 'zod'

export const SPEND_STEPS = ['day', 'month'] as const
/** What one channel cost in one day or month, in one currency. Currencies are never added. */
export const spendItem = z.object({
  /** 2025-01-31, or 2025-01 by month. */
  when: z.string(),
  channel: z.string(),
  /** Null unless asked for by campaign. Empty: the file named none. */
  campaign: z.string().nullable(),
  amount: z.int(),
  currency: z.string(),
})
export const spendAnswer = z.object({
  items: z.array(spendItem),
  /** The first and last day of which any spend is known; null while there is none. */
  firstDay: z.string().nullable(),
  lastDay: z.string().nullable(),
})
export type SpendAnswer = z.infer<typeof spendAnswer>
