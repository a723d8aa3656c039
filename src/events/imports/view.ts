import { type Standing, secondsLeft } from '../../platform/jobs/index.ts'
import { t } from '../../platform/messages.ts'
import { type ImportView } from './contract.ts'
import { type Import } from './store.ts'

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** An import as others see it; `standing` is that of its unfinished job. */
export function viewOf(one: Import, standing: Standing | undefined, now: number): ImportView {
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
    progress: standing?.progress ?? null,
    secondsLeft: standing ? secondsLeft(standing, now) : null,
    error: one.error,
    createdAt: new Date(one.createdAt).toISOString(),
    finishedAt: iso(one.finishedAt),
    createdBy: one.createdBy,
  }
}
