import { type Capability } from '../../src/access/contract.ts'
import {
  IconAlertTriangle,
  IconBuilding,
  IconCoins,
  IconCompanies,
  IconData,
  IconFile,
  IconHistory,
  IconHome,
  IconKey,
  IconList,
  IconLive,
  IconProducts,
  IconShield,
  IconShop,
  IconStages,
  IconTable,
  IconTeam,
  IconUsers,
} from './icons.ts'

/** Pages of one area: its tabs lead to them, and the list of pages names the area alone. */
export const DATA = '/settings/data'

/** What works today, and what one needs to be allowed to see it. `key` follows G on the keyboard. */
export const PAGES = [
  { to: '/', name: 'nav.home', group: null, icon: IconHome, needs: null, key: 'h' },
  { to: '/lifecycle', name: 'nav.lifecycle', group: null, icon: IconStages, needs: 'lifecycle:read', key: 'l' },
  { to: '/customers', name: 'nav.customers', group: null, icon: IconUsers, needs: 'customers:read', key: 'c' },
  { to: '/lists', name: 'nav.lists', group: null, icon: IconList, needs: 'customers:read', key: 'f' },
  { to: '/companies', name: 'companies-ui:title', group: null, icon: IconCompanies, needs: 'customers:read', key: 'b' },
  { to: '/settings/data', name: 'data-ui:title', group: 'nav.settings', icon: IconData, needs: 'imports:read', key: 'd' },
  { to: '/products', name: 'products-ui:title', group: null, icon: IconProducts, needs: 'products:read', key: 'p' },
  { to: '/spend', name: 'spend-ui:title', group: null, icon: IconCoins, needs: 'customers:money', key: 'm' },
  { to: '/imports', name: 'data-ui:tab.files', group: DATA, icon: IconFile, needs: 'imports:read', key: 'i' },
  { to: '/settings/shops', name: 'shops-ui:title', group: 'nav.settings', icon: IconShop, needs: 'imports:read', key: 's' },
  { to: '/settings/live', name: 'tracking-ui:title', group: DATA, icon: IconLive, needs: 'imports:read', key: 'e' },
  { to: '/settings/data/events', name: 'data-ui:tab.events', group: DATA, icon: IconTable, needs: 'imports:read', key: 'n' },
  { to: '/settings/data/rules', name: 'data-ui:tab.rules', group: DATA, icon: IconShield, needs: 'imports:read', key: 'r' },
  {
    to: '/settings/data/aside',
    name: 'data-ui:tab.aside',
    group: DATA,
    icon: IconAlertTriangle,
    needs: 'imports:read',
    key: 'x',
  },
  { to: '/settings/team', name: 'nav.team', group: 'nav.settings', icon: IconTeam, needs: 'users:manage', key: 't' },
  { to: '/settings/keys', name: 'nav.keys', group: 'nav.settings', icon: IconKey, needs: 'keys:manage', key: 'k' },
  { to: '/settings/company', name: 'nav.company', group: 'nav.settings', icon: IconBuilding, needs: 'company:read', key: 'o' },
  { to: '/settings/audit', name: 'nav.audit', group: 'nav.settings', icon: IconHistory, needs: 'audit:read', key: 'a' },
] as const

export const pagesFor = (may: (capability: Capability) => boolean) => PAGES.filter(page => !page.needs || may(page.needs))
