import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const WEB = join(ROOT, 'web')
/** The pages, and then, beside them, the snippet that the pages of others load. */
const CONFIGS = ['vite.config.ts', 'vite.snippet.ts'].map(name => join(WEB, name))
const MARK = join(WEB, 'dist', '.made-from')

// Everything the pages are made of; a change of any of it makes them stale.
const SOURCES = ['web/**/*.{ts,tsx,css,html,json,svg,png,woff2}', 'src/**/contract.ts', 'messages/**/*.json', 'package-lock.json']

/** Builds the pages into web/dist when what they are made of has changed. */
export function buildWeb(): void {
  if (!existsSync(WEB)) return
  const fingerprint = fingerprintOfSources()
  if (existsSync(MARK) && readFileSync(MARK, 'utf8') === fingerprint) return
  process.stderr.write('Building the pages …\n')
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  for (const config of CONFIGS)
    execFileSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    })
  mkdirSync(dirname(MARK), { recursive: true })
  writeFileSync(MARK, fingerprint)
}

function fingerprintOfSources(): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap(pattern =>
    globSync(pattern, { cwd: ROOT, exclude: path => path.endsWith('dist') || path.endsWith('node_modules') }),
  )
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(ROOT, file)))
  return hash.digest('hex')
}

if (import.meta.main) buildWeb()
