import { z } from 'zod'

export const NOTE_LENGTH_MAX = 10_000
const words = z
  .string()
  .trim()
  .min(1)
  .max(NOTE_LENGTH_MAX)
  .refine(text => !text.includes('\0') && text.isWellFormed(), 'holds characters that cannot be stored')

/** What a colleague wrote down about a customer. */
export const note = z.object({
  id: z.string(),
  text: z.string(),
  author: z.string(),
  isPinned: z.boolean(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime().nullable(),
  /** Whoever asks wrote it, and may correct it. */
  isOwn: z.boolean(),
  mayRemove: z.boolean(),
})
export type Note = z.infer<typeof note>
/** Pinned ones first, then the newest. */
export const notes = z.object({ items: z.array(note) })
export type Notes = z.infer<typeof notes>
export const newNote = z.object({ text: words })
export const noteChange = z.object({ text: words.optional(), isPinned: z.boolean().optional() })
