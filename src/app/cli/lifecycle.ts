import { setTimeout } from 'node:timers/promises'
import { byCommandLine } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { customerIdOf } from '../../customers/index.ts'
import { type Explanation, type Reason } from '../../lifecycle/contract.ts'
import {
  explainCustomer,
  instantOf,
  makePrimary,
  modelOf,
  populationAt,
  readyView,
  readyViews,
  switchOff,
  switchOn,
} from '../../lifecycle/index.ts'
import { dayInWords } from '../../platform/calendar.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Options, say, withProgram } from './run.ts'

type Asked = Options & { model?: string; at?: string }

export const stagesCommand = (options: Asked): Promise<void> =>
  withProgram(options, {}, async ({ db, history, clock }) => {
    const [model, { timeZone }] = await Promise.all([modelOf(db, options.model), company(db)])
    const population = await populationAt(history, model, instantOf(options.at, timeZone, clock.now()))
    if (options.json) return say(JSON.stringify(population))
    const day = dayInWords(Date.parse(population.at), timeZone)
    say(t('cli:stages.title', { model: model.name, at: day, count: population.total.toLocaleString('en') }))
    const rows = population.stages.map(stage => [stage.name, stage.count] as const)
    if (population.unassigned > 0) rows.push([t('cli:stages.unassigned'), population.unassigned])
    const width = Math.max(...rows.map(([name]) => name.length))
    for (const [name, count] of rows) {
      const share = population.total === 0 ? 0 : count / population.total
      say(
        `  ${name.padEnd(width)}  ${count.toLocaleString('en').padStart(9)}  ${`${(share * 100).toFixed(1)} %`.padStart(7)}  ${'█'.repeat(Math.round(share * 30))}`,
      )
    }
  })

/** Every model, and what is in use. */
export const modelsCommand = (options: Options): Promise<void> =>
  withProgram(options, {}, async ({ db, clock }) => {
    const views = await readyViews(db, clock.now())
    if (options.json) return say(JSON.stringify({ items: views }))
    const width = Math.max(...views.map(one => one.id.length))
    for (const { id, state, isPrimary, progress, question } of views) {
      const share = progress === null || state === 'off' ? '' : ` ${Math.floor(progress * 100)} %`
      say(`  ${id.padEnd(width)}  ${`${t(`cli:models.${isPrimary ? 'primary' : state}`)}${share}`.padEnd(16)}  ${question}`)
    }
  })

const ACTS = { on: switchOn, off: switchOff, primary: makePrimary }

/** Switches a model; with `on` it waits until it is live. */
export const switchCommand = (to: keyof typeof ACTS, id: string, options: Options): Promise<void> =>
  withProgram(options, { works: true }, async ({ db, clock }) => {
    await ACTS[to](db, byCommandLine(clock.now()), id)
    const view = await settled(db, id, clock)
    if (options.json) say(JSON.stringify(view))
    else say(t(`cli:models.is_${to}`, { model: view.name }))
    if (to === 'on' && view.state !== 'live')
      throw new Fault('lifecycle.model_not_on', { model: view.name, detail: view.trouble ?? '' })
  })

/** The model when nothing is under way any more. */
async function settled(db: Db, id: string, clock: Clock) {
  for (;;) {
    const view = await readyView(db, id, clock.now())
    if (view.progress === null) return view
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${view.name} ${Math.floor(view.progress * 100)} %`)
    await setTimeout(250)
  }
}

export const explainCommand = (customer: string, options: Asked): Promise<void> =>
  withProgram(options, {}, async ({ db, history, clock }) => {
    const [model, id, { timeZone }] = await Promise.all([
      modelOf(db, options.model),
      customerIdOf(db, customer, true),
      company(db),
    ])
    const explanation = await explainCustomer(db, history, model, id, instantOf(options.at, timeZone, clock.now()), timeZone)
    if (options.json) return say(JSON.stringify(explanation))
    for (const line of explanationLines(customer, explanation, at => dayInWords(Date.parse(at), timeZone))) say(line)
  })

function explanationLines(
  customer: string,
  { stage, since, tried, facts, next }: Explanation,
  day: (at: string) => string,
): string[] {
  if (since === null) return [t('cli:explain.nowhere', { customer })]
  const stands =
    stage === null
      ? t('cli:explain.unassigned', { customer, since: day(since) })
      : t('cli:explain.stands', { customer, stage: stage.name, since: day(since) })
  const coming =
    next === null
      ? t('cli:explain.no_next')
      : t('cli:explain.next', { stage: next.stage?.name ?? t('cli:stages.unassigned'), at: day(next.at) })
  return [
    stands,
    ...tried.flatMap(({ name, reason }) => reasonLines(reason, `${name}: `, 1)),
    ...facts.map(fact => `    ${fact.name}: ${fact.value}`),
    coming,
  ]
}

function reasonLines(reason: Reason, before: string, depth: number): string[] {
  const actual = reason.actual === null ? '' : ` (${reason.actual})`
  return [
    `${'  '.repeat(depth)}${reason.holds ? '✓' : '✗'} ${before}${reason.sentence}${actual}`,
    ...reason.parts.flatMap(part => reasonLines(part, '', depth + 1)),
  ]
}
