import { CAPABILITIES, type Capability, ROLES, type Role } from './contract.ts'

const EVERYTHING: readonly Capability[] = CAPABILITIES

/** What each department's people come for, and no more: contact details and money are apart, because most work needs neither. */
const ROLE_MAY: Record<Role, readonly Capability[]> = {
  owner: EVERYTHING,
  // As an owner, but owners are made and unmade by owners only (users/rules.ts).
  admin: EVERYTHING,
  // Plans and addresses people, brings in the data for it.
  marketing: [
    'lifecycle:read',
    'lifecycle:write',
    'customers:read',
    'customers:contact',
    'customers:money',
    'customers:write',
    'customers:export',
    'products:read',
    'products:write',
    'imports:read',
    'imports:write',
    'company:read',
  ],
  // Works with behaviour and money, and does not need to know whose it is.
  analyst: [
    'lifecycle:read',
    'customers:read',
    'customers:money',
    'customers:export',
    'products:read',
    'products:cost',
    'imports:read',
    'company:read',
  ],
  sales: [
    'lifecycle:read',
    'customers:read',
    'customers:contact',
    'customers:money',
    'customers:write',
    'customers:export',
    'products:read',
    'company:read',
  ],
  finance: [
    'lifecycle:read',
    'customers:read',
    'customers:money',
    'customers:export',
    'products:read',
    'products:write',
    'products:cost',
    'imports:read',
    'company:read',
  ],
  // How many will buy, not who; and what it costs.
  purchasing: ['lifecycle:read', 'products:read', 'products:write', 'products:cost', 'company:read'],
  service: [
    'lifecycle:read',
    'customers:read',
    'customers:contact',
    'customers:money',
    'customers:write',
    'products:read',
    'company:read',
  ],
  // Connects systems and looks after keys; sees that data arrives, not whose it is.
  developer: [
    'lifecycle:read',
    'customers:read',
    'products:read',
    'imports:read',
    'imports:write',
    'company:read',
    'keys:manage',
    'rules:write',
    'system:read',
  ],
  // Answers a person's request for everything that is held about them, and can show who looked.
  privacy_officer: [
    'lifecycle:read',
    'customers:read',
    'customers:contact',
    'customers:money',
    'customers:write',
    'customers:export',
    'imports:read',
    'rules:write',
    'company:read',
    'audit:read',
  ],
  viewer: ['lifecycle:read', 'customers:read', 'products:read', 'company:read'],
}

// A key that could make users or keys would outlive its own revocation.
const PEOPLE_ONLY: ReadonlySet<Capability> = new Set(['users:manage', 'keys:manage'])

export type Capabilities = ReadonlySet<Capability>
const OF_USER = new Map<Role, Capabilities>(ROLES.map(role => [role, new Set(ROLE_MAY[role])]))
const OF_KEY = new Map<Role, Capabilities>(
  ROLES.map(role => [role, new Set(ROLE_MAY[role].filter(capability => !PEOPLE_ONLY.has(capability)))]),
)
const NONE: Capabilities = new Set()

export const capabilitiesOf = (role: Role): Capabilities => OF_USER.get(role) ?? NONE
/** A secret key's: those of its role, less what only a person may do. A write key has no role and none of these. */
export const capabilitiesOfKey = (role: Role | null): Capabilities => (role && OF_KEY.get(role)) ?? NONE
