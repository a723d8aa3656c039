import { z } from 'zod'

export const ROLES = ['owner', 'admin', 'marketing', 'analyst', 'sales', 'finance', 'purchasing', 'service', 'developer', 'privacy_officer', 'viewer'] as const
export const role = z.enum(ROLES)
export type Role = z.infer<typeof role>

/** What a route may ask for. A role is a set of these (roles.ts); a secret key carries its own set. */
export const CAPABILITIES = [
  'lifecycle:read',
  'customers:read',
  'customers:contact', // names, emails, phones unmasked
  'customers:money', // revenue and order values
  'imports:read',
  'imports:write',
  'company:read',
  'company:write',
  'users:manage',
  'keys:manage',
  'audit:read',
  'system:read', // health details, metrics
] as const
export const capability = z.enum(CAPABILITIES)
export type Capability = z.infer<typeof capability>

/** GET /api/session, also the answer of POST /api/session (sign in) and POST /api/setup (first account). */
export const session = z.object({
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), role }),
  capabilities: z.array(capability),
  company: z.object({ name: z.string(), timeZone: z.string(), currency: z.string() }),
})
export type Session = z.infer<typeof session>

export const signIn = z.object({ email: z.string().max(320), password: z.string().max(1000) })
/** POST /api/setup, with the one-time token of the printed link /setup?token=… */
export const setup = z.object({
  token: z.string().max(200),
  email: z.email().max(320),
  name: z.string().min(1).max(200),
  password: z.string().min(12).max(1000),
  company: z.object({ name: z.string().min(1).max(200), timeZone: z.string().max(60), currency: z.string().length(3) }),
})
export type Setup = z.infer<typeof setup>

export const userView = z.object({ id: z.string(), email: z.string(), name: z.string(), role, createdAt: z.iso.datetime(), lastSeenAt: z.iso.datetime().nullable(), isActive: z.boolean() })
export type UserView = z.infer<typeof userView>
export const keyView = z.object({ id: z.string(), kind: z.enum(['write', 'secret']), name: z.string(), shown: z.string(), createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime().nullable(), revokedAt: z.iso.datetime().nullable() })
export type KeyView = z.infer<typeof keyView>
export const auditEntry = z.object({ id: z.string(), at: z.iso.datetime(), who: z.string(), action: z.string(), subject: z.string(), detail: z.record(z.string(), z.unknown()), address: z.string().nullable(), requestId: z.string().nullable() })
export type AuditEntry = z.infer<typeof auditEntry>
