import { type Db } from '../../platform/postgres.ts'
import { type AuditEntry } from '../contract.ts'
import * as store from './store.ts'

export type Who = { kind: 'user' | 'key' | 'system' | 'nobody'; id: number | null; label: string }
/** Who does something, when and from where: handed to every door that changes something. */
export type Act = { at: number; who: Who; address: string | null; requestId: string | null }

/** Writes to the trail. Called in the transaction of what it tells of, so that neither is without the other. No secrets in `detail`. */
export async function audit(
  db: Db,
  act: Act,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await store.append(db, entryOf(act, action, subject, detail))
}

const SAME_WITHIN_MS = 60_000
/** For refusals, which a client may cause as often as it likes: the same one is written once a minute. */
export async function auditRefusal(
  db: Db,
  act: Act,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  const entry = entryOf(act, action, subject, detail)
  if (!(await store.hasSame(db, entry, new Date(act.at - SAME_WITHIN_MS)))) await store.append(db, entry)
}

export async function auditTrail(db: Db, before: number | null, limit: number): Promise<AuditEntry[]> {
  const rows = await store.page(db, before, limit)
  return rows.map(row => ({
    id: String(row.id),
    at: row.at.toISOString(),
    who: row.who,
    action: row.action,
    subject: row.subject,
    detail: row.detail as Record<string, unknown>,
    address: row.address,
    requestId: row.request_id,
  }))
}

const entryOf = (
  { at, who, address, requestId }: Act,
  action: string,
  subject: string,
  detail: Record<string, unknown>,
): store.Entry => ({
  at: new Date(at),
  who_kind: who.kind,
  who_id: who.id,
  who: who.label,
  action,
  subject,
  detail,
  address,
  request_id: requestId,
})
