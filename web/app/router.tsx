import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { sessionQuery } from '../access/session.ts'
import { type CustomersSearch, customersSearch } from '../customers/list-state.ts'
import { Trouble } from './ask.ts'
import { Lost, PageTrouble, PageWaiting } from './page-states.tsx'
import { type PeriodSearch, periodSearch } from './period.ts'
import { queries } from './queries.ts'
import { Shell } from './shell.tsx'

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
/** Numbers in addresses come parsed; ids and searches are words all the same. */
const word = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : text(value))

/** Yes and no come parsed too. */
const flag = (value: unknown): string | undefined => (typeof value === 'boolean' ? String(value) : text(value))

/** Only what is there: `exact` searches stay short in the address bar. */
function given<T extends Record<string, string | undefined>>(search: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string }
}

const root = createRootRoute({ component: Outlet, notFoundComponent: Lost })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>) => given({ next: text(search.next) }),
  component: lazyRouteComponent(() => import('../access/sign-in.tsx'), 'SignIn'),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search: Record<string, unknown>) => given({ token: word(search.token) }),
  component: lazyRouteComponent(() => import('../access/setup.tsx'), 'Setup'),
})

/** Everything behind the door: needs a session, and keeps the chosen period from page to page. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  validateSearch: (search: Record<string, unknown>): PeriodSearch => periodSearch(search),
  search: { middlewares: [retainSearchParams(['period', 'from', 'to', 'compare'])] },
  beforeLoad: async ({ location }) => {
    await queries.ensureQueryData(sessionQuery).catch((error: unknown) => {
      if (error instanceof Trouble && error.status === 401) throw redirect({ to: '/sign-in', search: { next: location.href } })
      throw error
    })
  },
  component: Shell,
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('../home/home.tsx'), 'Home'),
})

export type LifecycleSearch = { model?: string; step?: 'day' | 'week' | 'month'; about?: string }
const lifecycle = createRoute({
  getParentRoute: () => inside,
  path: '/lifecycle',
  validateSearch: (search: Record<string, unknown>): LifecycleSearch => ({
    ...given({ model: word(search.model), about: word(search.about) }),
    ...(search.step === 'day' || search.step === 'week' || search.step === 'month' ? { step: search.step } : {}),
  }),
  component: lazyRouteComponent(() => import('../lifecycle/lifecycle.tsx'), 'Lifecycle'),
})

const lifecycleModels = createRoute({
  getParentRoute: () => inside,
  path: '/lifecycle/models',
  component: lazyRouteComponent(() => import('../lifecycle/models.tsx'), 'Models'),
})

const customers = createRoute({
  getParentRoute: () => inside,
  path: '/customers',
  validateSearch: (search: Record<string, unknown>): CustomersSearch => customersSearch(search),
  component: lazyRouteComponent(() => import('../customers/customers.tsx'), 'Customers'),
})
const lists = createRoute({
  getParentRoute: () => inside,
  path: '/lists',
  component: lazyRouteComponent(() => import('../customers/lists.tsx'), 'Lists'),
})

const customer = createRoute({
  getParentRoute: () => inside,
  path: '/customers/$customerId',
  validateSearch: (search: Record<string, unknown>) => given({ at: text(search.at), model: word(search.model) }),
  component: lazyRouteComponent(() => import('../customers/customer.tsx'), 'Customer'),
})

const companies = createRoute({
  getParentRoute: () => inside,
  path: '/companies',
  validateSearch: (search: Record<string, unknown>) => given({ search: word(search.search) }),
  component: lazyRouteComponent(() => import('../companies/companies.tsx'), 'Companies'),
})
const oneCompany = createRoute({
  getParentRoute: () => inside,
  path: '/companies/$companyId',
  component: lazyRouteComponent(() => import('../companies/company.tsx'), 'Company'),
})

const products = createRoute({
  getParentRoute: () => inside,
  path: '/products',
  validateSearch: (search: Record<string, unknown>) =>
    given({ search: word(search.search), category: word(search.category), active: flag(search.active) }),
  component: lazyRouteComponent(() => import('../products/products.tsx'), 'Products'),
})

const spend = createRoute({
  getParentRoute: () => inside,
  path: '/spend',
  component: lazyRouteComponent(() => import('../spend/spend.tsx'), 'Spend'),
})

const imports = createRoute({
  getParentRoute: () => inside,
  path: '/imports',
  component: lazyRouteComponent(() => import('../imports/imports.tsx'), 'Imports'),
})
const oneImport = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$importId',
  component: lazyRouteComponent(() => import('../imports/import.tsx'), 'Import'),
})

const data = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data',
  component: lazyRouteComponent(() => import('../data/sources.tsx'), 'Sources'),
})
const dataSource = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data/sources/$sourceId',
  component: lazyRouteComponent(() => import('../data/source.tsx'), 'Source'),
})
const dataEvents = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data/events',
  validateSearch: (search: Record<string, unknown>) => given({ search: word(search.search) }),
  component: lazyRouteComponent(() => import('../data/events.tsx'), 'Events'),
})
const dataEvent = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data/events/$eventId',
  component: lazyRouteComponent(() => import('../data/event.tsx'), 'EventPage'),
})
const dataRules = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data/rules',
  component: lazyRouteComponent(() => import('../data/rules.tsx'), 'Rules'),
})
const dataAside = createRoute({
  getParentRoute: () => inside,
  path: '/settings/data/aside',
  component: lazyRouteComponent(() => import('../data/aside.tsx'), 'Aside'),
})
const shops = createRoute({
  getParentRoute: () => inside,
  path: '/settings/shops',
  component: lazyRouteComponent(() => import('../shops/shops.tsx'), 'Shops'),
})
const shop = createRoute({
  getParentRoute: () => inside,
  path: '/settings/shops/$shopId',
  component: lazyRouteComponent(() => import('../shops/shop.tsx'), 'Shop'),
})
const live = createRoute({
  getParentRoute: () => inside,
  path: '/settings/live',
  component: lazyRouteComponent(() => import('../tracking/live.tsx'), 'LiveEvents'),
})
const team = createRoute({
  getParentRoute: () => inside,
  path: '/settings/team',
  component: lazyRouteComponent(() => import('../access/team.tsx'), 'Team'),
})
const keys = createRoute({
  getParentRoute: () => inside,
  path: '/settings/keys',
  component: lazyRouteComponent(() => import('../access/keys.tsx'), 'Keys'),
})
const company = createRoute({
  getParentRoute: () => inside,
  path: '/settings/company',
  component: lazyRouteComponent(() => import('../company/company.tsx'), 'CompanyPage'),
})
const audit = createRoute({
  getParentRoute: () => inside,
  path: '/settings/audit',
  component: lazyRouteComponent(() => import('../access/audit.tsx'), 'Audit'),
})
const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('../access/account.tsx'), 'Account'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    inside.addChildren([
      home,
      lifecycle,
      lifecycleModels,
      customers,
      lists,
      customer,
      companies,
      oneCompany,
      products,
      spend,
      imports,
      oneImport,
      data,
      dataSource,
      dataEvents,
      dataEvent,
      dataRules,
      dataAside,
      shops,
      shop,
      live,
      team,
      keys,
      company,
      audit,
      account,
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PageWaiting,
  defaultErrorComponent: PageTrouble,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
