import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const tool = (path: string) => join(ROOT, 'node_modules', path)

type Check = { name: string; words: readonly string[] }

const CHECKS: readonly Check[] = [
  { name: 'style', words: [tool('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'types', words: [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  ...(existsSync(join(ROOT, 'web', 'tsconfig.json'))
    ? [{ name: 'types of the web', words: [tool('typescript/bin/tsc'), '-p', 'web/tsconfig.json'] }]
    : []),
  { name: 'boundaries', words: ['tools/boundaries.ts'] },
  { name: 'tables', words: ['tools/tables.ts', '--check'] },
]

/** Runs every check, prints what they find, and answers the names of those that found something. */
export async function failingChecks(): Promise<string[]> {
  const failing: string[] = []
  // One after the other: each of them uses all the cores there are.
  for (const { name, words } of CHECKS) {
    const found = await run(words)
    console.log(found === undefined ? `✓ ${name}` : `✗ ${name}\n${found}`)
    if (found !== undefined) failing.push(name)
  }
  return failing
}

function run(words: readonly string[]): Promise<string | undefined> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, words, { cwd: ROOT, maxBuffer: 64e6 }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}`.trim() || error.message : undefined)
    })
    child.stdin?.end()
  })
}

if (import.meta.main) process.exitCode = (await failingChecks()).length > 0 ? 1 : 0
