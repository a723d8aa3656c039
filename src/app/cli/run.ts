import { type z } from 'zod'
import { Fault } from '../../platform/fault.ts'
import { openLog } from '../../platform/log.ts'
import { t } from '../../platform/messages.ts'
import { attach, compose, type Program } from '../compose.ts'
import { type Config, readConfig } from '../config.ts'
import { doctor } from '../doctor.ts'
import { serve, VERSION } from '../serve.ts'
import { loadDemo, work } from '../work.ts'

export type Options = { data?: string; port?: string; demo?: boolean; json?: boolean }

/** The environment, and what the command line says instead. */
export const configOf = ({ data, port }: Options): Config =>
  readConfig({
    ...process.env,
    ...(data !== undefined && { PERENNIAL_DATA: data }),
    ...(port !== undefined && { PERENNIAL_PORT: port }),
  })

export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Runs the program in these roles until SIGTERM or Ctrl-C; then stops cleanly. A second signal does not wait. */
export async function runProgram(roles: readonly ('web' | 'worker')[], options: Options): Promise<void> {
  const config = configOf(options)
  const asked = untilAskedToStop()
  await using stack = new AsyncDisposableStack()
  const program = stack.use(await compose(config))
  if (roles.includes('worker')) stack.use(work(program))
  if (options.demo) await loadDemo(program)
  if (roles.includes('web')) {
    const { url, setupLink, ...serving } = await serve(program)
    stack.use(serving)
    say(t('cli:started', { version: VERSION, url }))
    if (setupLink !== null) say(t('cli:started.setup', { link: setupLink }))
  } else say(t('cli:started.worker'))
  await asked
  say(t('cli:stopping'))
  await stack.disposeAsync()
  say(t('cli:stopped'))
}

function untilAskedToStop(): Promise<void> {
  return new Promise(resolve => {
    let isAsked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (isAsked) process.exit(1)
        isAsked = true
        resolve()
      })
  })
}

/** Does something with the stores of the running program; where none runs, with its own for as long as it takes. */
export async function withProgram<T>(
  options: Options,
  { works = false }: { works?: boolean },
  use: (program: Program) => Promise<T>,
): Promise<T> {
  const config = configOf(options)
  const log = openLog(process.env.PERENNIAL_LOG === undefined ? 'error' : config.logLevel)
  await using stack = new AsyncDisposableStack()
  const running = await attach(config, log)
  const program = stack.use(running ?? (await compose(config, log)))
  if (running === null && works) stack.use(work(program))
  return await use(program)
}

/** What was typed, in its shape, or one sentence on what is wrong with it. */
export function typed<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Fault('request.invalid', {
    detail: parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  })
}

export async function doctorCommand(options: Options): Promise<void> {
  process.exitCode = await doctor(configOf(options), say)
}
