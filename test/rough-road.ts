import { createServer, request } from 'node:http'
import { type AddressInfo } from 'node:net'

/** What becomes of a request on the way: it arrives; it is turned back; it arrives but the answer does not. */
export type Fate = 'through' | 503 | 429 | 'answer lost' | 'cut'

/** A way to the server, also to one that moves, on which `fate` decides what becomes of each POST. Counts what was tried. */
export async function roughRoad(target: string | (() => string), fate: (count: number) => Fate = () => 'through') {
  let posts = 0
  const road = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const fated = method === 'POST' ? fate(posts++) : 'through'
    const cors = { 'access-control-allow-origin': headers.origin ?? '*' }
    if (fated === 503 || fated === 429) {
      incoming.resume()
      incoming.on('end', () => outgoing.writeHead(fated, { 'retry-after': '1', ...cors }).end('{}'))
      return
    }
    const forward = request(`${typeof target === 'string' ? target : target()}${url}`, { method, headers }, answer => {
      if (fated === 'through') {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
        return
      }
      answer.resume()
      answer.on('end', () =>
        fated === 'cut' ? incoming.socket.destroy() : outgoing.writeHead(503, { 'retry-after': '1', ...cors }).end('{}'),
      )
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  })
  await new Promise<void>(done => road.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(road.address() as AddressInfo).port}`,
    get posts() {
      return posts
    },
    async [Symbol.asyncDispose]() {
      road.closeAllConnections()
      await new Promise(done => road.close(done))
    },
  }
}
