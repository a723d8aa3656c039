import { Fault } from '../../platform/fault.ts'
import { secretToken } from '../../platform/ids.ts'
import { type Db } from '../../platform/postgres.ts'
import { digest, hashPassword } from '../../platform/secrets.ts'
import { type Act, audit } from '../audit/index.ts'
import {
  type AcceptInvite,
  type NewUser,
  type Role,
  type Session,
  type Setup,
  type SetupView,
  type UserChange,
  type UserView,
} from '../contract.ts'
import { capabilitiesOf } from '../roles.ts'
import { endSessionsOf, type Started, startSession, type Visit } from '../sessions/index.ts'
import { type Decider, isGuessable, isOwnerLeft, mayGive } from './rules.ts'
import * as store from './store.ts'

const INVITE_MS_MAX = 7 * 24 * 3_600_000

/** The address at which a one-time token is used. */
export const accountLink = (url: string, token: string): string => `${url.replace(/\/$/, '')}/setup?token=${token}`

/** A one-time token for the first account while there is no user, in the place of an earlier one; null once there is a user. */
export async function firstAccountToken(db: Db, at: number): Promise<string | null> {
  return db.transaction().execute(async tx => {
    if (!(await store.isEmpty(tx))) return null
    const token = secretToken()
    await store.putLink(tx, { token_hash: digest(token), user_id: null, created_at: new Date(at), expires_at: null })
    return token
  })
}

const CLOSED: SetupView = { open: false, kind: null, email: null, name: null }

/** What a one-time token is good for. Looking does not use it up. */
export async function viewLink(db: Db, token: string, at: number): Promise<SetupView> {
  const link = await store.linkOf(db, digest(token))
  if (!link || isOver(link, at)) return CLOSED
  if (link.user_id === null) return (await store.isEmpty(db)) ? { open: true, kind: 'first', email: null, name: null } : CLOSED
  return link.is_active ? { open: true, kind: 'invite', email: link.email, name: link.name } : CLOSED
}

/** Makes the first account, an owner's, and founds the company. The link is used up; of several who use it at once one gets in. */
export async function makeFirstAccount(
  db: Db,
  setup: Setup,
  visit: Visit,
  found: (tx: Db, company: Setup['company'], act: Act) => Promise<void>,
): Promise<Started> {
  const { act } = visit
  if ((await viewLink(db, setup.token, act.at)).kind !== 'first') throw new Fault('access.link_used_up')
  const { email, name } = setup
  const password_hash = await hashed(setup.password, [email, name, setup.company.name])
  return db.transaction().execute(async tx => {
    const link = await store.takeLink(tx, digest(setup.token))
    if (!link || link.user_id !== null || !(await store.isEmpty(tx))) throw new Fault('access.link_used_up')
    const user = await store.add(tx, { email, name, role: 'owner', password_hash, created_at: new Date(act.at) })
    if (!user) throw new Fault('access.email_taken', { email })
    const own: Act = { ...act, who: { kind: 'user', id: user.id, label: email } }
    await audit(tx, own, 'user.first', email, { role: 'owner' })
    await found(tx, setup.company, own)
    return { token: await startSession(tx, user, visit), userId: user.id }
  })
}

/** Invites a colleague. The token of their link is in the answer and nowhere else. */
export async function addUser(
  db: Db,
  { email, name, role }: NewUser,
  decider: Decider,
  act: Act,
): Promise<{ user: UserView; token: string }> {
  if (!mayGive(decider, role)) throw new Fault('access.above_your_role')
  return db.transaction().execute(async tx => {
    const row = await store.add(tx, { email, name, role, password_hash: null, created_at: new Date(act.at) })
    if (!row) throw new Fault('access.email_taken', { email })
    await audit(tx, act, 'user.invited', email, { role })
    return { user: viewOf(row), token: await newLink(tx, row.id, act.at) }
  })
}

/** A new link for someone whose invitation ran out or who lost their password. The password stays until the link is used. */
export async function renewLink(db: Db, id: number, decider: Decider, act: Act): Promise<{ user: UserView; token: string }> {
  return db.transaction().execute(async tx => {
    const row = await store.lockedById(tx, id)
    if (!row) throw new Fault('access.user_not_found', { user: id })
    if (!mayGive(decider, row.role as Role)) throw new Fault('access.above_your_role')
    await audit(tx, act, 'user.link_made', row.email)
    return { user: viewOf(row), token: await newLink(tx, id, act.at) }
  })
}

/** Gives the invited user the password and name they chose and signs them in. All their earlier sessions end. */
export async function acceptInvite(db: Db, { token, name, password }: AcceptInvite, visit: Visit): Promise<Started> {
  const { act } = visit
  const view = await viewLink(db, token, act.at)
  if (view.kind !== 'invite') throw new Fault('access.link_used_up')
  const password_hash = await hashed(password, [view.email ?? '', name])
  return db.transaction().execute(async tx => {
    const link = await store.takeLink(tx, digest(token))
    const user = link?.user_id ? await store.lockedById(tx, link.user_id) : undefined
    if (!link || isOver(link, act.at) || !user?.is_active) throw new Fault('access.link_used_up')
    await store.change(tx, user.id, { name, password_hash })
    await endSessionsOf(tx, user.id)
    const who = { kind: 'user', id: user.id, label: user.email } as const
    await audit(tx, { ...act, who }, user.password_hash ? 'password.changed' : 'user.joined', user.email)
    return { token: await startSession(tx, user, visit), userId: user.id }
  })
}

/** Changes role, name or whether someone may sign in. Who may no longer sign in is signed out everywhere. There is always an active owner. */
export async function changeUser(db: Db, id: number, change: UserChange, decider: Decider, act: Act): Promise<UserView> {
  return db.transaction().execute(async tx => {
    // Owners before the user: everybody locks in the same order.
    const owners = (await store.lockedOwners(tx)).map(owner => owner.id)
    const before = await store.lockedById(tx, id)
    if (!before) throw new Fault('access.user_not_found', { user: id })
    const role = change.role ?? (before.role as Role)
    const isActive = change.isActive ?? before.is_active
    if (!mayGive(decider, before.role as Role, role)) throw new Fault('access.above_your_role')
    if (!isOwnerLeft(owners, id, { role, isActive })) throw new Fault('access.last_owner')
    const isOwnStanding =
      decider !== 'command_line' && decider.id === id && (role !== before.role || isActive !== before.is_active)
    if (isOwnStanding) throw new Fault('access.not_yourself')
    const row = await store.change(tx, id, { role, name: change.name ?? before.name, is_active: isActive })
    if (!isActive) await endSessionsOf(tx, id)
    await audit(tx, act, 'user.changed', row.email, { before: standing(before), after: standing(row) })
    return viewOf(row)
  })
}

export async function listUsers(db: Db, after: number, limit: number): Promise<UserView[]> {
  return (await store.page(db, after, limit)).map(viewOf)
}

/** Who is signed in, for the web: their account and what it may. */
export async function sessionOf(db: Db, userId: number, company: Session['company']): Promise<Session> {
  const user = await store.byId(db, userId)
  if (!user) throw new Fault('access.signed_out')
  const role = user.role as Role
  return {
    user: { id: String(user.id), email: user.email, name: user.name, role },
    capabilities: [...capabilitiesOf(role)],
    company,
  }
}

/** The role by which a user decides about others. */
export async function deciderOf(db: Db, userId: number): Promise<Decider> {
  const user = await store.byId(db, userId)
  if (!user) throw new Fault('access.signed_out')
  return { id: user.id, role: user.role as Role }
}

/** For the command line, which knows colleagues by their address. */
export async function userByEmail(db: Db, email: string): Promise<UserView | null> {
  const row = await store.byEmail(db, email)
  return row ? viewOf(row) : null
}

async function newLink(db: Db, userId: number, at: number): Promise<string> {
  const token = secretToken()
  await store.putLink(db, {
    token_hash: digest(token),
    user_id: userId,
    created_at: new Date(at),
    expires_at: new Date(at + INVITE_MS_MAX),
  })
  return token
}

async function hashed(password: string, personal: string[]): Promise<string> {
  if (isGuessable(password, personal)) throw new Fault('access.password_guessable')
  return hashPassword(password)
}

const isOver = ({ expires_at }: { expires_at: Date | null }, at: number): boolean =>
  expires_at !== null && expires_at.getTime() <= at
const standing = ({ role, name, is_active }: store.UserRow) => ({ role, name, isActive: is_active })
const viewOf = (row: store.UserRow): UserView => ({
  id: String(row.id),
  email: row.email,
  name: row.name,
  role: row.role as Role,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  isActive: row.is_active,
  isInvited: row.password_hash === null,
})
