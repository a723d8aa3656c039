import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What a line does: passes everything; lets nobody connect and breaks off who is; breaks off once and passes again; swallows everything that is
 * said, also later on the connections of that time; passes everything late.
 */
export type Line = 'whole' | 'refused' | 'silent' | 'slow'

const LATE_MS = 150

/** A TCP line to `target` (an address with host and port) that can be disturbed. `url` is the same address by way of the line. */
export async function badLine(target: string) {
  const to = new URL(target)
  let line: Line = 'whole'
  const open = new Set<Socket>()
  const breakOff = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  const server = createServer(from => {
    if (line === 'refused') return void from.resetAndDestroy()
    const [here, there] = [from, connect(Number(to.port), to.hostname)]
    let isDeaf = false
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      let before = Promise.resolve()
      one.on('data', said => {
        isDeaf ||= line === 'silent'
        if (isDeaf) return
        const isLate = line === 'slow'
        before = before.then(async () => {
          if (isLate) await pause(LATE_MS)
          if (!other.destroyed && !isDeaf) other.write(said)
        })
      })
    }
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    become(next: Line) {
      line = next
      if (next === 'refused') breakOff()
    },
    breakOff,
    async [Symbol.asyncDispose]() {
      breakOff()
      await new Promise(done => server.close(done))
    },
  }
}

export type BadLine = Awaited<ReturnType<typeof badLine>>
