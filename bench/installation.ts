import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose, type Program } from '../src/app/compose.ts'
import { readConfig } from '../src/app/config.ts'
import { LISTENERS } from '../src/app/work.ts'
import { directory } from '../src/customers/index.ts'
import { startWorker, stopWorker, type Worker } from '../src/events/index.ts'

/** A folder that is gone when it is disposed of. */
export function throwawayFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'perennial-bench-'))
  // PostgreSQL runs as another OS user when we are root, and has to pass.
  chmodSync(path, 0o755)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** The program with its embedded engines on a data folder, in this process, without its loops: the bench decides what runs. */
export const installationOn = (data: string): Promise<Program> =>
  compose(readConfig({ PERENNIAL_DATA: data, PERENNIAL_LOG: 'warn' }))

/** A worker that settles when it is told to. */
export async function workerOf(program: Program): Promise<AsyncDisposable & { worker: Worker }> {
  const { db, history, clock, home } = program
  const worker = await startWorker(db, history, clock, home, randomUUID(), directory, LISTENERS)
  return { worker, [Symbol.asyncDispose]: () => stopWorker(worker) }
}
