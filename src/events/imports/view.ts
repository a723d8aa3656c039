import { t } from '../../platform/messages.ts'
import { type ImportView } from './contract.ts'
import { type Import } from './store.ts'

/** How long the rows that were left out can be looked at: they are people's data that nobody has any use for afterwards. */
export const REJECTS_KEPT_DAYS = 90
const REJECTS_KEPT_MS = REJECTS_KEPT_DAYS * 86_400_000

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

const NOT_THEN = { entries: 0, consents: 0, replaced: 0 }
/** Those of an import from before there were other files than of orders have no more than that. */
const countsOf = (counts: NonNullable<Import['counts']>): ImportView['counts'] => ({
  ...NOT_THEN,
  ...(counts.entries === undefined && { entries: counts.orders }),
  ...counts,
})

/** Null: there are none, or none any more. */
export const rejectsUntil = ({ counts, finishedAt, createdAt, rejectsDroppedAt }: Import): number | null =>
  counts === null || counts.rejected === 0 || rejectsDroppedAt !== null ? null : (finishedAt ?? createdAt) + REJECTS_KEPT_MS

export const rejectsOldBefore = (now: number): number => now - REJECTS_KEPT_MS

/** An import as others see it; `pace` is that of what is being done with it now. */
export function viewOf(one: Import, pace: Pick<ImportView, 'progress' | 'secondsLeft'> | null): ImportView {
  return {
    id: String(one.id),
    kind: one.kind,
    fileName: one.fileName,
    bytes: one.bytes,
    state: one.state,
    recognised: one.recognised === null ? null : t(`imports:recognised.${one.recognised}`),
    columns: one.looks.columns,
    mapping: one.mapping,
    questions: one.looks.questions,
    preview: one.looks.preview.map(row => ({ ...row, facts: row.facts ?? null })),
    counts: one.counts && countsOf(one.counts),
    progress: pace?.progress ?? null,
    secondsLeft: pace?.secondsLeft ?? null,
    error: one.error,
    rejectsUntil: iso(rejectsUntil(one)),
    createdAt: new Date(one.createdAt).toISOString(),
    finishedAt: iso(one.finishedAt),
    createdBy: one.createdBy,
  }
}
