import { readdirSync, readFileSync } from 'node:fs'
import i18next from 'i18next'

const folder = new URL('../../messages/en/', import.meta.url)
const english = Object.fromEntries(
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
)

const catalogue = i18next.createInstance()
await catalogue.init({
  lng: 'en',
  resources: { en: english },
  ns: Object.keys(english),
  // Codes contain dots and are looked up whole.
  keySeparator: false,
  interpolation: { escapeValue: false },
})

/** The sentence for a key such as `faults:customer.not_found`, from `messages/en/<file>.json`. A key without a sentence comes back as it is. */
export const t = (key: string, params: Record<string, string | number> = {}): string => catalogue.t(key, params)
