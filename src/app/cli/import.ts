import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { byCommandLine } from '../../access/index.ts'
import { moneyInWords } from '../../company/contract.ts'
import { company } from '../../company/index.ts'
import { type FileKind, type ImportView, mapping as mappingShape } from '../../events/imports/contract.ts'
import { importFile } from '../../events/imports/index.ts'
import { dayInWords } from '../../platform/calendar.ts'
import { Fault } from '../../platform/fault.ts'
import { t } from '../../platform/messages.ts'
import { type Options, say, typed, withProgram } from './run.ts'

type Asked = Options & { map?: string; dryRun?: boolean }

/** Brings a file in and waits for the end. Exit code 1 when nothing went in or the import failed. */
export const importCommand = (kind: FileKind, file: string, options: Asked): Promise<void> =>
  withProgram(options, { works: true }, async ({ db, history, clock, data }) => {
    const mapping = options.map === undefined ? undefined : typed(mappingShape.partial(), readJson(options.map))
    const progress = options.json ? () => {} : progressLine(file)
    const view = await importFile({ db, history, clock, data }, file, byCommandLine(clock.now()), {
      kind,
      ...(mapping !== undefined && { mapping: mapping as Partial<ImportView['mapping']> }),
      isDryRun: options.dryRun ?? false,
      pause: ms => setTimeout(ms),
      onProgress: progress,
    })
    if (process.stderr.isTTY && !options.json) process.stderr.write('\n')
    if (options.json) say(JSON.stringify(view))
    else for (const line of outcome(view, options.dryRun ?? false, (await company(db)).timeZone)) say(line)
    if (view.state !== 'done' && view.state !== 'checked') throw new Fault('import.failed', { detail: view.error ?? view.state })
  })

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Fault('request.invalid', { detail: `${path}: ${(error as Error).message}` })
  }
}

/** One line that is written over on a terminal; nothing where the output goes into a file. */
function progressLine(file: string): (view: ImportView) => void {
  return view => {
    if (!process.stderr.isTTY) return
    const share = view.progress === null ? '' : ` ${Math.floor(view.progress * 100)} %`
    process.stderr.write(`\r\u001b[K${t(`cli:import.${view.state === 'checking' ? 'checking' : 'importing'}`, { file })}${share}`)
  }
}

function outcome({ kind, counts, state }: ImportView, isDryRun: boolean, timeZone: string): string[] {
  if (counts === null) return []
  const { entries, customers, known, rejected, consents, replaced, firstAt, lastAt, totals } = counts
  const day = (at: string) => dayInWords(Date.parse(at), timeZone)
  return [
    t(`cli:import.${isDryRun ? 'would' : 'done'}.${kind === 'sample' ? 'orders' : kind}`, {
      entries,
      customers,
      known,
      rejected,
    }),
    ...(kind === 'customers' && consents > 0 ? [t('cli:import.consents', { consents })] : []),
    ...(replaced > 0 ? [t(isDryRun ? 'cli:import.would_replace' : 'cli:import.replaced', { replaced })] : []),
    ...(firstAt === null || lastAt === null ? [] : [t('cli:import.span', { first: day(firstAt), last: day(lastAt) })]),
    ...totals.map(total => t('cli:import.total', { amount: moneyInWords(total, 'en') })),
    ...(rejected > 0 && state === 'done' ? [t('cli:import.rejects')] : []),
  ]
}
