import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** When the process with this id was started, as the operating system spells it; undefined when there is none, or only its remains. */
export function startedAt(pid: number): string | undefined {
  if (!canBeSignalled(pid)) return undefined
  try {
    // Field 22 of stat, counted after the name in brackets, which may itself hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    const [state = '', ...started] = ps(pid, 'state=,lstart')?.split(/\s+/) ?? []
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ')
  }
}

export const isAlive = (pid: number): boolean => startedAt(pid) !== undefined

/** The command line of a process, its words parted by spaces. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ps(pid, 'command') ?? ''
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || undefined
    )
  } catch {
    return undefined
  }
}

function canBeSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another OS user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Sends each signal in turn and waits its time for the process to go. Answers whether it went. */
export async function endProcess(pid: number, steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<boolean> {
  for (const [signal, waitMsMax] of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return !isAlive(pid)
    }
    for (let waited = 0; waited < waitMsMax; waited += 20) {
      if (!isAlive(pid)) return true
      await pause(20)
    }
  }
  return !isAlive(pid)
}
