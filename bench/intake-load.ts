import { Agent, request } from 'node:http'
import process from 'node:process'

// Sends events as fast as they are taken, over some connections, each waiting for its answer. A process of its own: node intake-load.ts URL KEY REQUESTS EVENTS CONNECTIONS

const [, , url = '', key = '', ...numbers] = process.argv
const [requests = 0, events = 0, connections = 0] = numbers.map(Number)
const run = process.pid
// As they happen: everything within the second before it is sent, one after the other.
const begin = Date.now() - 1_000

/** A usual event of a shop's server, about half a kilobyte. */
const event = (n: number) => ({
  type: 'track',
  event: n % 10 === 0 ? 'Order Completed' : 'Product Viewed',
  userId: `u${n % 20_000}`,
  messageId: `bench-${run}-${n}`,
  timestamp: new Date(begin + (n * 1_000) / (requests * events)).toISOString(),
  context: {
    library: { name: '@segment/analytics-node', version: '3.1.0' },
    ip: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  },
  properties: {
    order_id: `o${run}-${n}`,
    total: 27.5,
    currency: 'EUR',
    products: [{ product_id: 'p1', name: 'Cup', price: 9.5, quantity: 1 }],
  },
})
const bodies = Array.from({ length: requests }, (_, i) =>
  JSON.stringify(events === 1 ? event(i) : { batch: Array.from({ length: events }, (_, j) => event(i * events + j)) }),
)
const path = events === 1 ? '/v1/track' : '/v1/batch'
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-type': 'application/json' }

const send = (body: string): Promise<void> =>
  new Promise((done, fail) => {
    const sent = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      answer => {
        answer.resume()
        answer.on('end', () => (answer.statusCode === 200 ? done() : fail(new Error(`answered ${answer.statusCode}`))))
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })

const took: number[] = []
const begun = performance.now()
let next = 0
await Promise.all(
  Array.from({ length: connections }, async () => {
    for (let i = next++; i < bodies.length; i = next++) {
      const at = performance.now()
      await send(bodies[i] ?? '')
      took.push(performance.now() - at)
    }
  }),
)
process.stdout.write(JSON.stringify({ seconds: (performance.now() - begun) / 1000, took }))
agent.destroy()
