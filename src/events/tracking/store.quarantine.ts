import { type Act, audit } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { Fault } from '../../platform/fault.ts'
import { pageOf } from '../../platform/http/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { accept, sourceNames } from '../index.ts'
import { type InForce } from '../rules/index.ts'
import { type Quarantined } from './contract.ts'
import { letIn } from './door.ts'
import { LIMITS } from './limits.ts'
import { type Arrival, normalise } from './normalise.ts'
import { isTrouble } from './reasons.ts'
import * as store from './store.ts'

/** Events that could not be used, newest first. Their contents only for who may see contact details. */
export async function quarantinePage(
  db: Db,
  which: store.Which,
  before: number | null,
  limit: number,
  mayContact: boolean,
): Promise<{ items: Quarantined[]; next: string | null }> {
  const page = pageOf(await store.page(db, which, before, limit + 1), limit, row => [row.id])
  const names = await sourceNames(db, [...new Set(page.items.map(row => row.source_id))])
  const items = page.items.map(row => ({
    id: String(row.id),
    source: names.get(row.source_id) ?? '',
    reason: row.reason,
    why: t(`tracking:reason.${row.reason}`),
    field: row.field,
    name: row.name,
    raw: mayContact ? row.raw : null,
    isCut: row.is_cut,
    times: row.times,
    receivedAt: row.received_at.toISOString(),
    lastAt: row.last_at.toISOString(),
  }))
  return { items, next: page.next }
}

/**
 * Hands a quarantined event in anew, corrected or as it is; with the rights of the key that it came with and as if it had been right at first.
 * When it still cannot be used it stays where it is.
 */
export async function replay(
  db: Db,
  rules: InForce,
  id: number,
  corrected: Record<string, unknown> | undefined,
  act: Act,
): Promise<string> {
  return db.transaction().execute(async tx => {
    const row = await store.held(tx, id)
    if (row === undefined) throw new Fault('tracking.not_found', { id })
    if (corrected === undefined && row.is_cut) throw new Fault('tracking.cut')
    const { currency, country } = await company(tx)
    const arrival: Arrival = {
      receivedAt: row.received_at.getTime(),
      isTrusted: row.is_trusted,
      currency,
      country: country ?? null,
      limits: LIMITS,
    }
    const [event] = letIn([corrected ?? (JSON.parse(row.raw) as unknown)], rules).events
    if (event === undefined) throw new Fault('tracking.blocked')
    const envelope = normalise(event, arrival)
    if (isTrouble(envelope)) throw new Fault('tracking.still_unusable', { why: t(`tracking:reason.${envelope.reason}`) })
    await accept(tx, row.source_id, [envelope], act.at)
    await store.remove(tx, id)
    await audit(tx, act, 'tracking.replayed', row.name ?? '', { reason: row.reason, isCorrected: corrected !== undefined })
    return envelope.messageId
  })
}

/** Forgets one event for good. */
export async function dismiss(db: Db, id: number, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const row = await store.held(tx, id)
    if (row === undefined) throw new Fault('tracking.not_found', { id })
    await store.remove(tx, id)
    await audit(tx, act, 'tracking.dismissed', row.name ?? '', { reason: row.reason, times: row.times })
  })
}

/** Forgets all, or all with one reason. Answers how many. Safe to repeat. */
export async function dismissAll(db: Db, reason: string | null, act: Act): Promise<number> {
  return db.transaction().execute(async tx => {
    const removed = await store.empty(tx, reason)
    if (removed > 0) await audit(tx, act, 'tracking.dismissed', reason ?? '', { events: removed })
    return removed
  })
}
