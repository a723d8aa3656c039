import { z } from 'zod'
import { columns, conditions, direction, sort } from '../filters/contract.ts'

/** What the address of the list holds: a view is this under a name. */
export const viewState = z.object({
  search: z.string().max(200).optional(),
  where: conditions.optional(),
  model: z.string().max(60).optional(),
  sort: sort.optional(),
  direction: direction.optional(),
  columns: columns.optional(),
})
export type ViewState = z.infer<typeof viewState>

const name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine(text => !text.includes('\0') && text.isWellFormed(), 'holds characters that cannot be stored')

export const savedView = z.object({
  id: z.string(),
  name: z.string(),
  state: viewState,
  isShared: z.boolean(),
  /** Whoever asks made it. */
  isOwn: z.boolean(),
  /** May be changed and removed by whoever asks: one's own; shared ones also by admins. */
  mayChange: z.boolean(),
  /** The list opens with it, for whoever asks. */
  isDefault: z.boolean(),
  author: z.string(),
})
export type SavedView = z.infer<typeof savedView>
/** One's own and those that are shared, by name. */
export const savedViews = z.object({ items: z.array(savedView) })
export const newView = z.object({ name, state: viewState, isShared: z.boolean().default(false) })
export const viewChange = z.object({ name: name.optional(), state: viewState.optional(), isShared: z.boolean().optional() })
/** PUT /api/customer-views/default: with what the list opens for whoever asks; null for everybody. */
export const defaultView = z.object({
  id: z
    .string()
    .regex(/^\d{1,9}$/)
    .nullable(),
})
