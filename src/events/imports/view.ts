import { t } from '../../platform/messages.ts'
import { type ImportView } from './contract.ts'
import { type Import } from './store.ts'

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

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
    preview: one.looks.preview,
    counts: one.counts,
    progress: pace?.progress ?? null,
    secondsLeft: pace?.secondsLeft ?? null,
    error: one.error,
    createdAt: new Date(one.createdAt).toISOString(),
    finishedAt: iso(one.finishedAt),
    createdBy: one.createdBy,
  }
}
