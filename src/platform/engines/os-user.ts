import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Fault } from '../fault.ts'

/** How to run a program that refuses to run as root. Without `owner`, as whoever we are. */
export type RunAs = {
  owner?: { uid: number; gid: number }
  /** The words of a command, with what is needed put in front of it. */
  words(program: string, args: readonly string[]): readonly [string, readonly string[]]
  /** Spawn options that go with it. */
  options: { uid?: number; gid?: number }
}

const asIs: RunAs['words'] = (program, args) => [program, args]

/** PostgreSQL will not start as root: as root it runs as the OS user `postgres`, who is made when missing. */
export function runAsOrdinaryUser(folders: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { words: asIs, options: {} }
  const owner = idsOf('postgres') ?? makeUser('postgres')
  const closed = folders.find(folder => !isOpenToOthers(folder))
  if (closed === undefined) return { owner, words: asIs, options: owner }
  // A folder below, say, /root is closed to other users. Opening it would let everybody in; instead the server
  // alone keeps one right of root, to pass closed folders.
  const become = ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups']
  const pass = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override']
  if (!runs('setpriv', [...become, ...pass, 'ls', closed])) throw new Fault('engine.folder_closed', { folder: closed })
  return { owner, words: (program, args) => ['setpriv', [...become, ...pass, program, ...args]], options: {} }
}

function isOpenToOthers(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

function makeUser(user: string): { uid: number; gid: number } {
  // Debian, Red Hat and their like; then Alpine and BusyBox.
  const isMade =
    runs('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', user]) ||
    runs('adduser', ['-S', '-D', '-H', user])
  const ids = isMade ? idsOf(user) : undefined
  if (!ids) throw new Fault('engine.no_os_user', { user })
  return ids
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
