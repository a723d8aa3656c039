import { type Capability } from '../../src/access/contract.ts'
import {
  IconBuilding,
  IconCompanies,
  IconFile,
  IconHistory,
  IconHome,
  IconKey,
  IconLive,
  IconStages,
  IconTeam,
  IconUsers,
} from './icons.ts'

/** What works today, and what one needs to be allowed to see it. `key` follows G on the keyboard. */
export const PAGES = [
  { to: '/', name: 'nav.home', group: null, icon: IconHome, needs: null, key: 'h' },
  { to: '/lifecycle', name: 'nav.lifecycle', group: null, icon: IconStages, needs: 'lifecycle:read', key: 'l' },
  { to: '/customers', name: 'nav.customers', group: null, icon: IconUsers, needs: 'customers:read', key: 'c' },
  { to: '/companies', name: 'companies-ui:title', group: null, icon: IconCompanies, needs: 'customers:read', key: 'b' },
  { to: '/imports', name: 'nav.imports', group: 'nav.settings', icon: IconFile, needs: 'imports:read', key: 'i' },
  { to: '/settings/live', name: 'tracking-ui:title', group: 'nav.settings', icon: IconLive, needs: 'imports:read', key: 'e' },
  { to: '/settings/team', name: 'nav.team', group: 'nav.settings', icon: IconTeam, needs: 'users:manage', key: 't' },
  { to: '/settings/keys', name: 'nav.keys', group: 'nav.settings', icon: IconKey, needs: 'keys:manage', key: 'k' },
  { to: '/settings/company', name: 'nav.company', group: 'nav.settings', icon: IconBuilding, needs: 'company:read', key: 'o' },
  { to: '/settings/audit', name: 'nav.audit', group: 'nav.settings', icon: IconHistory, needs: 'audit:read', key: 'a' },
] as const

export const pagesFor = (may: (capability: Capability) => boolean) => PAGES.filter(page => !page.needs || may(page.needs))
