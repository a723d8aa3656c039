import { t } from '../../platform/messages.ts'
import { type LiveEvent } from './contract.ts'
import { type Seen } from './live.ts'

const PERSONAL = new Set(['email', 'phone'])

/** An event that was seen arriving, as far as somebody may see it. */
export function liveEventOf(seen: Seen, mayContact: boolean): LiveEvent {
  const { seq, source, outcome } = seen
  const base = { seq, source, outcome, receivedAt: new Date(seen.receivedAt).toISOString() }
  if (seen.outcome === 'quarantined') {
    const { name, reason, field, raw } = seen.unusable
    const why = t(`tracking:reason.${reason}`)
    return {
      ...base,
      name,
      at: null,
      identities: [],
      messageId: null,
      reason,
      why,
      field: field ?? null,
      content: mayContact ? raw : null,
    }
  }
  const { name, at, identities, messageId, ...content } = seen.envelope
  return {
    ...base,
    name,
    at: new Date(at).toISOString(),
    identities: identities.filter(({ kind }) => mayContact || !PERSONAL.has(kind)),
    messageId: messageId.replace(/^track:/, ''),
    reason: null,
    why: null,
    field: null,
    content: mayContact ? JSON.stringify(content) : null,
  }
}
