import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import { startedAt } from './processes.ts'

type Holder = { pid: number; started: string | undefined }

/**
 * Takes the data folder for this process, or throws `data.in_use`. The lock names the process and when it was
 * started, so that a lock left behind by a killed process is taken over even when its pid was given away again.
 */
export function lockFolder(folder: string): Disposable {
  const path = join(folder, 'perennial.lock')
  const own = JSON.stringify({ pid: process.pid, started: startedAt(process.pid) } satisfies Holder)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, own, { mode: 0o600 })
  try {
    for (let tries = 0; tries < 20; tries++) {
      if (linkOnce(draft, path)) return { [Symbol.dispose]: () => release(path, own) }
      const text = read(path)
      if (text === undefined) continue
      const holder = parse(text)
      if (holder && isHeldBy(holder)) {
        throw new Fault('data.in_use', { folder, pid: holder.pid })
      }
      setAside(path, text)
    }
    throw new Fault('data.in_use', { folder, pid: 0 })
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Who holds the folder at this moment, if the holder is alive. */
export function holderOf(folder: string): number | undefined {
  const text = read(join(folder, 'perennial.lock'))
  const holder = text === undefined ? undefined : parse(text)
  return holder && isHeldBy(holder) ? holder.pid : undefined
}

const isHeldBy = ({ pid, started }: Holder) => started !== undefined && startedAt(pid) === started

// link() is the one call that creates a file whole or not at all, on every file system we care for.
function linkOnce(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// Two starts may find the same stale lock; the slower one must not remove the lock that the faster one has just taken.
function setAside(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  if (read(aside) !== stale) linkOnce(aside, path)
  rmSync(aside, { force: true })
}

function release(path: string, own: string): void {
  if (read(path) === own) rmSync(path, { force: true })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}
