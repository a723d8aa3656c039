import { z } from 'zod'
import { Fault } from '../platform/fault.ts'

const optionalUrl = (protocols: string[]) =>
  z
    .url({ protocol: new RegExp(`^(${protocols.join('|')})$`) })
    .optional()
    .transform(url => url ?? null)

/** Everything the program can be told, checked as a whole. It starts with no configuration at all. */
const environment = z.object({
  PERENNIAL_DATA: z.string().min(1).default('./data'),
  PERENNIAL_PORT: z.coerce.number().int().min(0).max(65_535).default(4400),
  PERENNIAL_HOST: z.string().min(1).default('127.0.0.1'),
  PERENNIAL_URL: optionalUrl(['http', 'https']),
  PERENNIAL_SECRET: z
    .string()
    .min(16)
    .optional()
    .transform(secret => secret ?? null),
  PERENNIAL_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: optionalUrl(['postgres', 'postgresql']),
  CLICKHOUSE_URL: optionalUrl(['http', 'https']),
})

export type Config = {
  data: string
  port: number
  /** The address it listens on: this machine alone unless told otherwise, so that nothing is open by accident. */
  host: string
  /** How customers and colleagues reach it, when that is not this machine's address. */
  publicUrl: string | null
  /** What the secrets of others are sealed with; without it one is made and kept in the data folder. */
  secret: string | null
  logLevel: string
  databaseUrl: string | null
  clickhouseUrl: string | null
}

/** The configuration, or `config.invalid` naming every problem at once. An empty variable counts as absent. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
    throw new Fault('config.invalid', { problems: problems.join('; ') })
  }
  const read = parsed.data
  return {
    data: read.PERENNIAL_DATA,
    port: read.PERENNIAL_PORT,
    host: read.PERENNIAL_HOST,
    publicUrl: read.PERENNIAL_URL?.replace(/\/$/, '') ?? null,
    secret: read.PERENNIAL_SECRET,
    logLevel: read.PERENNIAL_LOG,
    databaseUrl: read.DATABASE_URL,
    clickhouseUrl: read.CLICKHOUSE_URL,
  }
}
