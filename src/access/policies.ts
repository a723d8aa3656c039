import { type Policy } from '../platform/http/index.ts'
import { type Capability } from './contract.ts'
import { type Capabilities } from './roles.ts'

/** For a route's config: only callers with this capability. */
export const may = (capability: Capability): { policy: Policy } => ({ policy: { kind: 'capability', capability } })

/** A colleague with a session, or a program with a key. */
export type Caller = {
  kind: 'user' | 'key'
  id: number
  /** Email, or the key's name: what the trail and the log call them. */
  label: string
  capabilities: Capabilities
  /** Of a user: the session of this request. */
  sessionId: number | null
}

/** What becomes of a request: the one decision about every route and every caller. */
export function verdict(policy: Policy, caller: Caller | null): 'allowed' | 'signed_out' | 'forbidden' {
  if (policy.kind === 'open') return 'allowed'
  if (!caller) return 'signed_out'
  if (policy.kind === 'signed_in') return caller.kind === 'user' ? 'allowed' : 'forbidden'
  return caller.capabilities.has(policy.capability as Capability) ? 'allowed' : 'forbidden'
}
