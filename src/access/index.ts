import { t } from '../platform/messages.ts'
import { type Act } from './audit/index.ts'

export { open, signedIn } from '../platform/http/index.ts'
export { type Act, audit, type Who } from './audit/index.ts'
export { callerWithKey, createKey, keysInUse, revokeKey } from './keys/index.ts'
export { type Caller, may } from './policies.ts'
export { capabilitiesOf, capabilitiesOfKey } from './roles.ts'
export { actOf, callerOf, guard, sessionCookieOf } from './routes.guard.ts'
export { type AccessDeps, routes } from './routes.ts'
export { accountLink, addUser, firstAccountToken, renewLink, userByEmail } from './users/index.ts'

/** Whoever has a shell on this machine. */
export const byCommandLine = (at: number): Act => ({
  at,
  who: { kind: 'system', id: null, label: t('access:who.command_line') },
  address: null,
  requestId: null,
})
