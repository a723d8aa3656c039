import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventId, waiting } from '../src/events/index.ts'
import { type History } from '../src/platform/clickhouse.ts'
import { type Db } from '../src/platform/postgres.ts'
import { basic } from './tracking-server.ts'

const BATCH = 10
/** So that they leave the processor to those who are tested. */
const PACE_MS = 40

/** Senders as the SDKs are: the same batch again until it is answered 200. They note what was answered, and how long a refusal took. */
export function senders(url: () => string, key: string, { count = 3, bytes = 0 } = {}) {
  const answered = new Set<string>()
  const refusals: { status: number; retryAfter: string | null; ms: number }[] = []
  let isOver = false
  // As random as can be, so that no store makes it smaller.
  const more = () => (bytes === 0 ? {} : { properties: { note: randomBytes(bytes).toString('base64') } })
  const one = async (name: number) => {
    for (let n = 0; !isOver; n++) {
      const ids = Array.from({ length: BATCH }, (_, i) => `${name}-${n}-${i}`)
      const batch = ids.map((messageId, i) => ({
        type: 'track',
        event: 'Seen',
        userId: `u${(n + i) % 50}`,
        messageId,
        ...more(),
      }))
      const body = JSON.stringify({ batch, sentAt: new Date().toISOString() })
      while (!(await isKept(body))) {
        if (isOver) return
        await pause(50)
      }
      for (const id of ids) answered.add(id)
      await pause(PACE_MS)
    }
  }
  const isKept = async (body: string): Promise<boolean> => {
    const began = performance.now()
    const headers = { authorization: basic(key) }
    try {
      const { status, headers: said } = await fetch(`${url()}/v1/batch`, {
        method: 'POST',
        body,
        headers,
        signal: AbortSignal.timeout(20_000),
      })
      if (status !== 200) refusals.push({ status, retryAfter: said.get('retry-after'), ms: performance.now() - began })
      return status === 200
    } catch {
      return false
    }
  }
  const running = Array.from({ length: count }, (_, name) => one(name))
  return {
    refusals,
    answered,
    /** Waits until so many more events went through. */
    async further(events = 5 * BATCH, timeout = 45_000): Promise<void> {
      const before = answered.size
      await expect.poll(() => answered.size - before, { timeout, interval: 25 }).toBeGreaterThanOrEqual(events)
    },
    async stop(): Promise<void> {
      isOver = true
      await Promise.all(running)
    },
  }
}

/** Everything that was answered 200 is in the log once, nothing is in it twice, and nothing waits any more. */
export async function expectKeptOnce(db: Db, history: History, answered: ReadonlySet<string>): Promise<void> {
  await expect.poll(() => waiting(db).catch(() => -1), { timeout: 60_000, interval: 100 }).toBe(0)
  const rows = await history.rows<{ id: string }>('select toString(id) as id from event')
  const stored = new Set(rows.map(({ id }) => id))
  expect(rows.length).toBe(stored.size)
  expect([...answered].filter(id => !stored.has(eventId(`track:${id}`)))).toEqual([])
}
