import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { failingChecks } from './check.ts'
import { buildWeb } from './web.ts'

// What `npm test` runs: everything, ending in one line that can be read by a machine. With arguments
// (`npm test -- src/events`) only the tests they name.

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const RESULT = join(ROOT, '.cache', 'tests.json')

type Result = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; name: string; assertionResults: { status: string }[] }[]
}

const isThere = (program: string) => (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)))

/** The browser tests drive a real Chromium. Where we may, we install it. */
function bringChromium(): void {
  if (['chromium', 'chromium-browser', 'google-chrome'].some(isThere)) return
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    console.log('Chromium is not installed: the browser tests will say so and be skipped. Install it as `chromium` to run them.')
    return
  }
  console.log('Installing Chromium for the browser tests …')
  const apt = (...words: string[]) =>
    execFileSync('apt-get', words, { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  try {
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation')
  } catch {
    console.log('Chromium could not be installed: the browser tests will say so and be skipped.')
  }
}

function runTests(only: readonly string[]): { line: string; isGood: boolean } {
  mkdirSync(dirname(RESULT), { recursive: true })
  rmSync(RESULT, { force: true })
  const words = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${RESULT}`, ...only]
  const done = spawnSync(process.execPath, [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), ...words], {
    cwd: ROOT,
    stdio: ['ignore', 1, 2],
  })
  if (!existsSync(RESULT)) return { line: '0 passed, 1 failed', isGood: false }
  const result = JSON.parse(readFileSync(RESULT, 'utf8')) as Result
  // A file that cannot even be loaded has no tests that could fail; it counts as one.
  const unloaded = result.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  const failed = result.numFailedTests + unloaded
  const skipped = result.numPendingTests + result.numTodoTests
  return {
    line: `${result.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
    isGood: done.status === 0 && failed === 0,
  }
}

const only = process.argv.slice(2)
bringChromium()
buildWeb()
const failing = only.length ? [] : await failingChecks()
const { line, isGood } = runTests(only)
if (failing.length) console.log(`The checks found something in: ${failing.join(', ')}.`)
console.log(line)
process.exitCode = isGood && failing.length === 0 ? 0 : 1
