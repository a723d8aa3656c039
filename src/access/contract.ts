import { z } from 'zod'

export const ROLES = [
  'owner',
  'admin',
  'marketing',
  'analyst',
  'sales',
  'finance',
  'purchasing',
  'service',
  'developer',
  'privacy_officer',
  'viewer',
] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

/** What a route may ask for. A role is a set of these (roles.ts); a secret key has the set of its role, less what only a person may do. */
export const CAPABILITIES = [
  'lifecycle:read',
  'lifecycle:write', // which models are live
  'customers:read',
  'customers:contact', // names, emails, phones unmasked
  'customers:money', // revenue and order values
  'customers:export', // many at once, as a file
  'customers:write', // what colleagues note, correct and join
  'products:read',
  'products:write', // categories, names, prices
  'products:cost', // what products cost the company
  'imports:read',
  'imports:write',
  'rules:write', // what is denied, hashed or blocked at the door
  'company:read',
  'company:write',
  'users:manage',
  'keys:manage',
  'audit:read',
  'system:read', // health details, metrics
] as const
export const capability = z.enum(CAPABILITIES)
export type Capability = z.infer<typeof capability>

const id = z.string().regex(/^\d{1,15}$/)
export const idParams = z.object({ id })
export const listQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const email = z.email().max(320)
const personName = z.string().trim().min(1).max(200)
const newPassword = z.string().min(12).max(1000)
const companyFields = z.object({
  name: z.string().trim().min(1).max(200),
  timeZone: z.string().max(60),
  currency: z.string().length(3),
})

/** GET /api/session, also the answer of POST /api/session (sign in), POST /api/setup (first account) and POST /api/invites/accept. */
export const session = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), role }),
  capabilities: z.array(capability),
  company: z.object({ name: z.string(), timeZone: z.string(), currency: z.string(), country: z.string().nullish() }),
})
export type Session = z.infer<typeof session>

export const signIn = z.object({ email: z.string().max(320), password: z.string().max(1000) })
/** PUT /api/session/password: ends every other session of this user. */
export const passwordChange = z.object({ current: z.string().max(1000), password: newPassword })

/**
 * GET /api/setup?token= : what the one-time link /setup?token=… is good for.
 * `first`: POST /api/setup. `invite` (an invited colleague, or one who needs a new password): POST /api/invites/accept;
 * `email` and `name` are then known. `open: false`: the link is used up, replaced or too old, and `kind` is null.
 */
export const setupView = z.object({
  open: z.boolean(),
  kind: z.enum(['first', 'invite']).nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
})
export type SetupView = z.infer<typeof setupView>
/** POST /api/setup, with the one-time token of the printed link /setup?token=… */
export const setup = z.object({
  token: z.string().max(200),
  email,
  name: personName,
  password: newPassword,
  company: companyFields,
})
export type Setup = z.infer<typeof setup>
/** POST /api/invites/accept */
export const acceptInvite = z.object({ token: z.string().max(200), name: personName, password: newPassword })
export type AcceptInvite = z.infer<typeof acceptInvite>

export const userView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime().nullable(),
  isActive: z.boolean(),
  /** Invited, and has not yet chosen a password. */
  isInvited: z.boolean(),
})
export type UserView = z.infer<typeof userView>
export const userPage = z.object({ items: z.array(userView), next: z.string().nullable() })
export const newUser = z.object({ email, name: personName, role })
export type NewUser = z.infer<typeof newUser>
export const userChange = z.object({ role: role.optional(), name: personName.optional(), isActive: z.boolean().optional() })
export type UserChange = z.infer<typeof userChange>
/** POST /api/users and POST /api/users/:id/link (a new link for an invitation or a forgotten password). The link is shown once. */
export const userLink = z.object({ user: userView, link: z.string() })

/** GET /api/sessions: one's own. */
export const sessionView = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  isThis: z.boolean(),
})
export type SessionView = z.infer<typeof sessionView>
export const sessionPage = z.object({ items: z.array(sessionView), next: z.string().nullable() })

export const KEY_KINDS = ['write', 'secret'] as const
export const keyView = z.object({
  id: z.string(),
  kind: z.enum(KEY_KINDS),
  name: z.string(),
  /** A write key has no role: it may only hand in events. */
  role: role.nullable(),
  /** Its beginning and last four characters. */
  shown: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
})
export type KeyView = z.infer<typeof keyView>
export const keyPage = z.object({ items: z.array(keyView), next: z.string().nullable() })
export const newKey = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('write'), name: personName }),
  z.object({ kind: z.literal('secret'), name: personName, role }),
])
export type NewKey = z.infer<typeof newKey>
/** POST /api/keys: `key` is the whole key, shown this once. */
export const createdKey = keyView.extend({ key: z.string() })
export type CreatedKey = z.infer<typeof createdKey>

export const auditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  who: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
})
export type AuditEntry = z.infer<typeof auditEntry>
export const auditPage = z.object({ items: z.array(auditEntry), next: z.string().nullable() })
