import { z } from 'zod'

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(text => !text.includes('\0') && text.isWellFormed(), 'holds characters that cannot be stored')
const description = z
  .string()
  .trim()
  .max(500)
  .refine(text => !text.includes('\0') && text.isWellFormed(), 'holds characters that cannot be stored')

/** Picked by hand. Who is joined to another member counts once. */
export const list = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  members: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
})
export type List = z.infer<typeof list>
export const lists = z.object({ items: z.array(list) })
export const newList = z.object({ name, description: description.default('') })
export const listChange = z.object({ name: name.optional(), description: description.optional() })
/** POST /api/lists/:id/members: these in or out, at once; many go by POST /api/bulk. */
export const memberChange = z.object({
  op: z.enum(['add', 'remove']),
  customers: z
    .array(z.string().regex(/^\d{1,15}$/))
    .min(1)
    .max(200),
})
export const membersChanged = z.object({ changed: z.int() })
