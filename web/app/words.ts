import i18next from 'i18next'
import type accessUi from '../../messages/en/access-ui.json'
import type companiesUi from '../../messages/en/companies-ui.json'
import type companyUi from '../../messages/en/company-ui.json'
import type customersUi from '../../messages/en/customers-ui.json'
import type dataUi from '../../messages/en/data-ui.json'
import type home from '../../messages/en/home.json'
import type importUi from '../../messages/en/import-ui.json'
import type lifecycleUi from '../../messages/en/lifecycle-ui.json'
import type mergingUi from '../../messages/en/merging-ui.json'
import type ordersUi from '../../messages/en/orders-ui.json'
import type productsUi from '../../messages/en/products-ui.json'
import type shopsUi from '../../messages/en/shops-ui.json'
import type spendUi from '../../messages/en/spend-ui.json'
import type trackingUi from '../../messages/en/tracking-ui.json'
import type web from '../../messages/en/web.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'web'
    keySeparator: false
    returnNull: false
    resources: {
      web: typeof web
      home: typeof home
      'access-ui': typeof accessUi
      'companies-ui': typeof companiesUi
      'company-ui': typeof companyUi
      'customers-ui': typeof customersUi
      'data-ui': typeof dataUi
      'import-ui': typeof importUi
      'lifecycle-ui': typeof lifecycleUi
      'merging-ui': typeof mergingUi
      'orders-ui': typeof ordersUi
      'products-ui': typeof productsUi
      'spend-ui': typeof spendUi
      'shops-ui': typeof shopsUi
      'tracking-ui': typeof trackingUi
    }
  }
}

/** The namespaces that the web shows; the rest of `messages/` is said by the server. */
const files = import.meta.glob<Record<string, string>>(
  ['../../messages/en/web.json', '../../messages/en/home.json', '../../messages/en/*-ui.json'],
  { eager: true, import: 'default' },
)
const english = Object.fromEntries(Object.entries(files).map(([path, words]) => [path.replace(/^.*\/|\.json$/g, ''), words]))

const catalogue = i18next.createInstance()
// With the words at hand `init` is done when it returns.
catalogue.init({
  lng: 'en',
  resources: { en: english },
  ns: Object.keys(english),
  defaultNS: 'web',
  keySeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
})

/** The sentence for a key such as `home:title`; every key is checked against messages/en when compiling. */
export const t = catalogue.t
