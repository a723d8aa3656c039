import { Select, type SelectProps } from '@mantine/core'
import { COUNTRIES } from '../../src/company/contract.ts'

/** What the browser knows; the server has the last word. A name that it does not list stays choosable. */
const zones = Intl.supportedValuesOf('timeZone')
const currencies = Intl.supportedValuesOf('currency')
const names = new Intl.DisplayNames('en', { type: 'currency' })
const USUAL = ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'CAD', 'AUD', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'INR', 'BRL', 'CNY']

const sortedCurrencies = [...USUAL, ...currencies.filter(code => !USUAL.includes(code))].map(code => ({
  value: code,
  label: `${code} · ${names.of(code) ?? code}`,
}))

export function TimeZoneSelect(props: Omit<SelectProps, 'data'>) {
  const value = props.value as string | null | undefined
  const all = [...new Set([...(value ? [value] : []), 'UTC', ...zones])]
  return <Select searchable limit={60} data={all.map(zone => ({ value: zone, label: zone.replaceAll('_', ' ') }))} {...props} />
}

export function CurrencySelect(props: Omit<SelectProps, 'data'>) {
  return <Select searchable limit={60} data={sortedCurrencies} {...props} />
}

const regions = new Intl.DisplayNames('en', { type: 'region' })
const countries = COUNTRIES.map(code => ({ value: code, label: regions.of(code) ?? code })).sort((a, b) =>
  a.label < b.label ? -1 : 1,
)

export function CountrySelect(props: Omit<SelectProps, 'data'>) {
  return <Select searchable clearable limit={60} data={countries} {...props} />
}
