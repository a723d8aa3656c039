import { type Batch, type Change } from '../events/index.ts'
import { entryOf, isConsent, standing } from './ledger.ts'
import { addEntries, entriesOf, trustedAmong } from './store.ts'

export { type Standing, standing } from './ledger.ts'
export { entriesOf } from './store.ts'

/**
 * Keeps what the log hears of consent. Anybody may say no for a person; that somebody agreed is believed of files, shops,
 * colleagues and secret keys, and not of a write key, which is public. What is taken back goes with its source, and is not changed here.
 */
export async function onConsent({ tx, now }: Batch, changes: readonly Change[]): Promise<void> {
  const events = changes.flatMap(({ fresh }) => fresh.filter(isConsent))
  if (events.length === 0) return
  const trusted = await trustedAmong(tx, [...new Set(events.map(({ sourceId }) => sourceId))])
  const entries = events.map(entryOf).filter(entry => entry !== null)
  await addEntries(
    tx,
    entries.filter(({ status, sourceId }) => status !== 'granted' || trusted.has(sourceId)),
    now,
  )
}

/** What counts now, of each customer. */
export async function standingOf(
  ...[db, customerIds]: Parameters<typeof entriesOf>
): Promise<Map<number, ReturnType<typeof standing>>> {
  const entries = await entriesOf(db, customerIds)
  return new Map([...entries].map(([id, said]) => [id, standing(said)]))
}
