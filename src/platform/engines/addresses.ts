import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { secretToken } from '../ids.ts'

export type Address = { port: number; password: string }

/**
 * Where an embedded engine listens and the password it asks for, made once and kept in the data folder.
 * The port is the same at every start unless another program has taken it meanwhile.
 */
export async function addressOf(folder: string, engine: string): Promise<Address> {
  const path = join(folder, `${engine}.json`)
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Address) : undefined
  const port = kept && (await isFree(kept.port)) ? kept.port : await freePort()
  const address = { port, password: kept?.password ?? secretToken(24) }
  if (address.port !== kept?.port) keep(path, address)
  return address
}

/** The address as a running program has written it. */
export const keptAddress = (folder: string, engine: string): Address =>
  JSON.parse(readFileSync(join(folder, `${engine}.json`), 'utf8')) as Address

function keep(path: string, address: Address): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  writeSync(file, JSON.stringify(address))
  fsyncSync(file)
  closeSync(file)
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}

const freePort = (): Promise<number> => listenOn(0).then(port => port ?? 0)

export const isFree = (port: number): Promise<boolean> => listenOn(port).then(got => got !== undefined)

function listenOn(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}
