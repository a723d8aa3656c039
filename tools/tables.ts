import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import pg from 'pg'
import { startEngines } from '../src/platform/engines/index.ts'
import { openLog } from '../src/platform/log.ts'
import { migrate } from '../src/platform/migrate.ts'

// Writes src/platform/tables.ts from a freshly migrated database. With --check it only says whether the file is up to date.

const FILE = new URL('../src/platform/tables.ts', import.meta.url)

type Column = { table: string; name: string; type: string; is_nullable: boolean; made: 'always' | 'default' | null }

const COLUMNS = `
  select c.relname as "table", a.attname as name, t.typname as type, not a.attnotnull as is_nullable,
         case when a.attidentity = 'a' or a.attgenerated <> '' then 'always'
              when a.attidentity = 'd' or a.atthasdef then 'default' end as made
  from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
    and not c.relispartition and c.relname <> 'schema_migration'
  order by c.relname, a.attnum`

// As the driver hands them over: see the type parsers in src/platform/postgres.ts.
const TYPES: Record<string, string> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'string',
  bool: 'boolean',
  text: 'string',
  varchar: 'string',
  bpchar: 'string',
  uuid: 'string',
  inet: 'string',
  timestamptz: 'Date',
  date: 'Date',
  jsonb: 'unknown',
  json: 'unknown',
  bytea: 'Buffer',
}

export function tablesFile(columns: readonly Column[]): string {
  const tables = Map.groupBy(columns, column => column.table)
  const kysely = ['Generated', 'GeneratedAlways'].filter(name => columns.some(column => typeOf(column).startsWith(`${name}<`)))
  const imports = kysely.length ? `import { ${kysely.map(name => `type ${name}`).join(', ')} } from 'kysely'\n\n` : ''
  const bodies = [...tables].map(
    ([table, own]) => `  ${table}: {\n${own.map(column => `    ${column.name}: ${typeOf(column)}\n`).join('')}  }\n`,
  )
  return `// Made by tools/tables.ts from the migrated database; run \`node tools/tables.ts\` after a new migration.\n${imports}export interface Tables {\n${bodies.join('')}}\n`
}

function typeOf({ table, name, type, is_nullable, made }: Column): string {
  const isArray = type.startsWith('_')
  const plain = TYPES[isArray ? type.slice(1) : type]
  if (!plain) throw new Error(`${table}.${name} has type ${type}: say in tools/tables.ts what the driver makes of it`)
  const value = (isArray ? `${plain}[]` : plain) + (is_nullable && plain !== 'unknown' ? ' | null' : '')
  return made === 'always' ? `GeneratedAlways<${value}>` : made === 'default' ? `Generated<${value}>` : value
}

/** The file as the migrations of this moment would have it. Needs no server: it starts engines of its own and throws them away. */
export async function tablesNow(): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'perennial-tables-'))
  chmodSync(data, 0o755)
  try {
    const log = openLog('warn')
    await using engines = await startEngines({ data, log })
    await migrate({ ...engines, log })
    const client = new pg.Client({ connectionString: engines.databaseUrl })
    await client.connect()
    const { rows } = await client.query<Column>(COLUMNS)
    await client.end()
    return tablesFile(rows)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const now = await tablesNow()
  const isStale = !existsSync(FILE) || readFileSync(FILE, 'utf8') !== now
  if (!process.argv.includes('--check')) {
    if (isStale) writeFileSync(FILE, now)
    console.log(isStale ? 'src/platform/tables.ts is written anew.' : 'src/platform/tables.ts is up to date.')
  } else if (isStale) {
    console.error('src/platform/tables.ts does not match the migrations: run `node tools/tables.ts`.')
    process.exitCode = 1
  }
}
