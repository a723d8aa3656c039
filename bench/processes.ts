import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// Everything a program costs: itself, PostgreSQL with its backends, the ClickHouse engine. Read from /proc, so on Linux alone.

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

type Process = { pid: number; parent: number; cpuMs: number }

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const stat = readOrNull(`/proc/${name}/stat`)
      if (stat === null) return []
      // Counted after the name in brackets, which may itself hold spaces: state, parent, …, user, system and the same of ended children.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      return [{ pid: Number(name), parent: Number(fields[1]), cpuMs: (ticks * 1_000) / TICKS_PER_S }]
    })
}

/** A process and everything it started that still runs. */
function treeOf(root: number): Process[] {
  const all = processes()
  const children = Map.groupBy(all, process => process.parent)
  const found: Process[] = all.filter(process => process.pid === root)
  for (const { pid } of found) found.push(...(children.get(pid) ?? []))
  return found
}

/** CPU that the tree has used since it began; what ended is in the account of its parent, so the sum only grows. */
export const cpuMsOf = (root: number): number => treeOf(root).reduce((sum, process) => sum + process.cpuMs, 0)

/** `pss` shares out what several processes have in common (the buffers of PostgreSQL); `rss` counts it in each of them. */
export type Memory = { rssMb: number; pssMb: number; parts: { name: Part; pssMb: number }[] }

export function memoryOf(root: number): Memory {
  const parts = treeOf(root).map(({ pid }) => {
    const status = readOrNull(`/proc/${pid}/status`) ?? ''
    const rollup = readOrNull(`/proc/${pid}/smaps_rollup`) ?? ''
    const rssMb = mb(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])
    return { name: nameOf(pid, root), rssMb, pssMb: mb(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) || rssMb }
  })
  const byName = Map.groupBy(parts, part => part.name)
  const total = (list: readonly { rssMb: number; pssMb: number }[], key: 'rssMb' | 'pssMb') =>
    list.reduce((sum, one) => sum + one[key], 0)
  return {
    rssMb: total(parts, 'rssMb'),
    pssMb: total(parts, 'pssMb'),
    parts: [...byName].map(([name, own]) => ({ name, pssMb: total(own, 'pssMb') })),
  }
}

function nameOf(pid: number, root: number): Part {
  if (pid === root) return 'program'
  const command = readOrNull(`/proc/${pid}/cmdline`) ?? ''
  return command.includes('chdb-server')
    ? 'ClickHouse'
    : command.startsWith('postgres') || command.includes('/postgres')
      ? 'PostgreSQL'
      : 'other'
}

const mb = (kb: string | undefined) => Number(kb ?? 0) / 1_000

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended meanwhile.
    return null
  }
}

export type Cost = { seconds: number; cpuMs: number; cpuMsBy: Record<Part, number>; peak: Memory }

export const PARTS = ['program', 'PostgreSQL', 'ClickHouse', 'other'] as const
export type Part = (typeof PARTS)[number]

/** The same by program. */
export function cpuMsByPart(root: number): Record<Part, number> {
  const sums = { program: 0, PostgreSQL: 0, ClickHouse: 0, other: 0 }
  for (const { pid, cpuMs } of treeOf(root)) sums[nameOf(pid, root)] += cpuMs
  return sums
}

/** Runs `work` and says what it cost over all processes. */
export async function costOf(root: number, work: () => Promise<void>): Promise<Cost> {
  let peak = memoryOf(root)
  const stop = new AbortController()
  const watching = (async () => {
    while (!stop.signal.aborted) {
      // Seldom: reading what a process with gigabytes has mapped takes tens of milliseconds, and is part of what is measured.
      await pause(2_000, undefined, { signal: stop.signal }).catch(() => {})
      const now = memoryOf(root)
      if (now.pssMb > peak.pssMb) peak = now
    }
  })()
  const [began, before] = [performance.now(), cpuMsByPart(root)]
  try {
    await work()
  } finally {
    stop.abort()
    await watching
  }
  const seconds = (performance.now() - began) / 1_000
  const after = cpuMsByPart(root)
  const cpuMsBy = { ...after }
  for (const part of PARTS) cpuMsBy[part] -= before[part]
  return { seconds, cpuMs: PARTS.reduce((sum, part) => sum + cpuMsBy[part], 0), cpuMsBy, peak }
}

/** How long something takes, in milliseconds. */
export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
