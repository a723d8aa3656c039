import { Fault } from '../../platform/fault.ts'
import { secretToken } from '../../platform/ids.ts'
import { type Db } from '../../platform/postgres.ts'
import { digest, hashPassword, isPassword } from '../../platform/secrets.ts'
import { type Act, audit, auditRefusal } from '../audit/index.ts'
import { type Role, type SessionView } from '../contract.ts'
import { type Caller } from '../policies.ts'
import { capabilitiesOf } from '../roles.ts'
import { isGuessable } from '../users/rules.ts'
import * as users from '../users/store.ts'
import { AGE_MS_MAX, IDLE_MS_MAX, isAlive, TOUCH_MS } from './lifetime.ts'
import * as store from './store.ts'
import { type Counted, countedAddress, isFirstRefusal, WINDOW_MS, waitSeconds } from './tries.ts'

/** A sign-in: who asks is not known yet, so `act.who` is nobody. */
export type Visit = {
  act: Act
  agent: string | null /** The token of the session this browser had until now. */
  earlier: string | null
}
export type Started = { token: string; userId: number }

/**
 * Opens a session for the right password. Throws `access.wrong_credentials` for everything that is wrong, after the same time,
 * and `request.too_many` after too many tries for the account or from the address.
 */
export async function signIn(db: Db, { email, password }: { email: string; password: string }, visit: Visit): Promise<Started> {
  const { act } = visit
  const counted = {
    account: digest(`account:${email.toLowerCase()}`),
    address: digest(`address:${countedAddress(act.address ?? '')}`),
  }
  const user = await users.byEmail(db, email)
  const subject = user?.email ?? 'unknown account'
  await refuseTooMany(db, counted, subject, act)
  const isRight = await isPassword(password, user?.is_active ? user.password_hash : null)
  const token = isRight && user ? await start(db, user, visit) : null
  if (!user || token === null) {
    await audit(db, act, 'session.refused', subject, {})
    throw new Fault('access.wrong_credentials')
  }
  await store.forgetTries(db, counted.account, counted.address)
  return { token, userId: user.id }
}

/** Null when the password or the account changed while the password was being checked. */
async function start(db: Db, checked: users.UserRow, visit: Visit): Promise<string | null> {
  return db.transaction().execute(async tx => {
    const user = await users.lockedById(tx, checked.id)
    if (!user?.is_active || user.password_hash !== checked.password_hash) return null
    return startSession(tx, user, visit)
  })
}

/** Opens a session for a user who has just proved who they are; the browser's earlier session ends. In the caller's transaction. */
export async function startSession(db: Db, user: { id: number; email: string }, { act, agent, earlier }: Visit): Promise<string> {
  const at = new Date(act.at)
  const token = secretToken()
  if (earlier) await store.endByToken(db, digest(earlier))
  await store.forgetDead(db, { seenBefore: new Date(act.at - IDLE_MS_MAX), createdBefore: new Date(act.at - AGE_MS_MAX) })
  await store.forgetOldTries(db, new Date(act.at - WINDOW_MS))
  await store.add(db, {
    token_hash: digest(token),
    user_id: user.id,
    created_at: at,
    last_seen_at: at,
    address: act.address,
    agent,
  })
  await audit(db, { ...act, who: { kind: 'user', id: user.id, label: user.email } }, 'session.started', user.email)
  return token
}

async function refuseTooMany(db: Db, counted: Record<Counted, Buffer>, subject: string, act: Act): Promise<void> {
  // The address first: an attacker who is stopped there does not use up the account's tries as well.
  for (const kind of ['address', 'account'] as const) {
    const tries = await store.countTry(db, counted[kind], new Date(act.at), WINDOW_MS)
    const seconds = waitSeconds(kind, tries, act.at)
    if (isFirstRefusal(kind, tries))
      await audit(db, act, 'session.too_many', kind === 'account' ? subject : (act.address ?? ''), { tries: tries.tries - 1 })
    if (seconds > 0) throw new Fault('request.too_many', { seconds })
  }
}

/** Whose session this is; null when it is unknown, too old, or of someone who may no longer sign in. */
export async function callerWithSession(db: Db, token: string, at: number): Promise<Caller | null> {
  const found = await store.withUser(db, digest(token))
  if (!found?.is_active) return null
  const lastSeenAt = found.last_seen_at.getTime()
  if (!isAlive({ createdAt: found.created_at.getTime(), lastSeenAt }, at)) return null
  if (at - lastSeenAt >= TOUCH_MS) await store.touch(db, found.id, found.user_id, new Date(at))
  return {
    kind: 'user',
    id: found.user_id,
    label: found.email,
    capabilities: capabilitiesOf(found.role as Role),
    sessionId: found.id,
  }
}

export async function signOut(db: Db, caller: Caller, act: Act): Promise<void> {
  await endSession(db, caller.sessionId ?? 0, caller, act)
}

/** Ends one of the caller's own sessions. */
export async function endSession(db: Db, id: number, caller: Caller, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    if (!(await store.end(tx, id, caller.id))) throw new Fault('access.session_not_found', { session: id })
    await audit(tx, act, 'session.ended', caller.label, { id: String(id) })
  })
}

export const endSessionsOf = store.endAllOf

export async function listSessions(db: Db, caller: Caller, at: number): Promise<SessionView[]> {
  const rows = await store.ofUser(db, caller.id)
  return rows
    .filter(row => isAlive({ createdAt: row.created_at.getTime(), lastSeenAt: row.last_seen_at.getTime() }, at))
    .map(row => ({
      id: String(row.id),
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      address: row.address,
      agent: row.agent,
      isThis: row.id === caller.sessionId,
    }))
}

/** Changes one's own password. Every session of this user ends; the answer is a new one for this browser. */
export async function changePassword(
  db: Db,
  caller: Caller,
  change: { current: string; password: string },
  visit: Visit,
): Promise<Started> {
  const { act } = visit
  const user = await users.byId(db, caller.id)
  if (!user) throw new Fault('access.signed_out')
  const counted = {
    account: digest(`account:${user.email.toLowerCase()}`),
    address: digest(`address:${countedAddress(act.address ?? '')}`),
  }
  await refuseTooMany(db, counted, user.email, act)
  if (!(await isPassword(change.current, user.password_hash))) {
    await auditRefusal(db, act, 'password.refused', user.email)
    throw new Fault('access.wrong_password')
  }
  if (isGuessable(change.password, [user.email, user.name])) throw new Fault('access.password_guessable')
  const password_hash = await hashPassword(change.password)
  const token = await db.transaction().execute(async tx => {
    await users.lockedById(tx, user.id)
    await users.change(tx, user.id, { password_hash })
    await store.endAllOf(tx, user.id)
    await audit(tx, act, 'password.changed', user.email)
    return startSession(tx, user, visit)
  })
  await store.forgetTries(db, counted.account, counted.address)
  return { token, userId: user.id }
}
