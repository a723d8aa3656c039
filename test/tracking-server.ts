import { type AddressInfo } from 'node:net'
import { byCommandLine, createKey } from '../src/access/index.ts'
import { testProgram } from './program.ts'

export const NOON = Date.parse('2026-11-22T12:00:00Z')

type Stored = {
  id: string
  name: string
  at: number
  customer: number
  identified: boolean
  order_id: string
  amount: number | null
  currency: string
  properties: string
  traits: string
}

/** The whole program listening, with a public and a secret key, and the log to look into. */
export async function trackingServer(now = NOON) {
  const program = await testProgram(now)
  await program.app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(program.app.server.address() as AddressInfo).port}`
  const { db } = program
  const act = byCommandLine(now)
  const write = await createKey(db, { kind: 'write', name: 'Web shop' }, act)
  const secret = await createKey(db, { kind: 'secret', name: 'Back office', role: 'developer' }, act)
  const admin = await createKey(db, { kind: 'secret', name: 'Admin', role: 'admin' }, act)
  const stored = async (): Promise<Stored[]> => {
    await program.settle()
    return program.program.history.rows<Stored>(
      `select toString(id) as id, name, toUnixTimestamp64Milli(event.at) as at, toUInt32(customer_id) as customer, identified, order_id,
              toInt32OrNull(toString(amount)) as amount, currency, properties, traits
       from event order by event.at, name`,
    )
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      headers: { authorization: basic(write.key), ...headers },
    })
  const api = async <T>(method: string, path: string, body?: object): Promise<{ status: number; json: T }> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${admin.key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, json: (text === '' ? undefined : JSON.parse(text)) as T }
  }
  return {
    ...program,
    url,
    writeKey: write.key,
    writeKeyId: Number(write.id),
    secretKey: secret.key,
    stored,
    post,
    api,
    act,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  }
}

export type TrackingServer = Awaited<ReturnType<typeof trackingServer>>

export const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`
