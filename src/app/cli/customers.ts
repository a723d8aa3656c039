import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { byCommandLine, capabilitiesOf } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { type Actor, beginBulk, bulkViewOf, fileOf } from '../../customers/bulk/index.ts'
import { COLUMNS, columns as columnsShape } from '../../customers/filters/contract.ts'
import { conditionsIn } from '../../customers/filters/index.ts'
import { customerLens } from '../../lifecycle/index.ts'
import { Fault } from '../../platform/fault.ts'
import { t } from '../../platform/messages.ts'
import { type Options, say, typed, withProgram } from './run.ts'

type Asked = Options & { where?: string; search?: string; columns?: string; mark?: boolean }
const LOOK_MS = 150

/** Writes customers into a CSV file and waits for its end; `-` is stdout. Whoever has a shell here sees everything, and the trail says so. */
export const exportCustomersCommand = (file: string, options: Asked): Promise<void> =>
  withProgram(options, { works: true }, async ({ db, history, clock, data }) => {
    const act = byCommandLine(clock.now())
    const actor: Actor = { kind: 'key', id: 0, label: act.who.label, capabilities: capabilitiesOf('owner') }
    const timeZone = async () => (await company(db)).timeZone
    const deps = { db, clock, data, timeZone, lens: customerLens(db, history, clock, timeZone) }
    const question = { where: conditionsIn(options.where), ...(options.search !== undefined && { search: options.search }) }
    const columns = options.columns === undefined ? [...COLUMNS] : typed(columnsShape, options.columns.split(','))
    let view = await beginBulk(
      deps,
      { kind: 'export', selection: { question }, columns, hasMark: options.mark ?? false },
      actor,
      act,
    )
    while (view.state === 'working') {
      await setTimeout(LOOK_MS)
      view = await bulkViewOf(deps, Number(view.id), actor)
    }
    if (view.state !== 'done') throw new Fault('import.failed', { detail: view.error ?? view.state })
    const { content } = await fileOf(deps, Number(view.id), actor, byCommandLine(clock.now()))
    if (file === '-') return void (await pipeline(content, process.stdout, { end: false }))
    await pipeline(content, createWriteStream(file, { mode: 0o600 }))
    say(options.json ? JSON.stringify(view) : t('cli:customers.export.done', { count: view.done, file }))
  })
