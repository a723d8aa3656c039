import { type Act, audit } from '../access/index.ts'
import { startOfDay } from '../platform/calendar.ts'
import { Fault } from '../platform/fault.ts'
import { t } from '../platform/messages.ts'
import { type Db } from '../platform/postgres.ts'
import { COUNTRIES, type Company, type Rate, type Rates, type ReadRates } from './contract.ts'
import { decimalIn, ratesIn } from './rates.ts'
import * as store from './store.ts'
import { currencyNamed, timeZoneNamed } from './time-and-money.ts'

/** The company. Before it is founded: without a name, in UTC, with euros, so that the command line can work without an account. */
export async function company(db: Db): Promise<Company> {
  const row = await store.read(db)
  return row
    ? { name: row.name, timeZone: row.time_zone, currency: row.currency, country: row.country }
    : { name: '', timeZone: 'UTC', currency: 'EUR', country: null }
}

/** Enters the company, in the transaction that makes the first account. */
export async function foundCompany(tx: Db, wanted: Company, act: Act): Promise<void> {
  const checked = check(wanted)
  await save(tx, checked, act)
  await audit(tx, act, 'company.founded', checked.name, checked)
}

/** Changes the company's settings. Days of reports are cut anew from now on; amounts that are there keep their currency. */
export async function changeCompany(db: Db, wanted: Company, act: Act): Promise<Company> {
  const checked = check(wanted)
  await db.transaction().execute(async tx => {
    const before = await company(tx)
    await save(tx, checked, act)
    await audit(tx, act, 'company.changed', checked.name, { before, after: checked })
  })
  return checked
}

const save = (db: Db, { name, timeZone, currency, country }: Company, act: Act) =>
  store.write(db, { name, time_zone: timeZone, currency, country: country ?? null }, new Date(act.at))

function check({ name, ...wanted }: Company): Company {
  const timeZone = timeZoneNamed(wanted.timeZone)
  if (timeZone === null) throw new Fault('company.time_zone_unknown', { timeZone: wanted.timeZone })
  const currency = currencyNamed(wanted.currency)
  if (currency === null) throw new Fault('company.currency_unknown', { currency: wanted.currency })
  const country = wanted.country?.toUpperCase() ?? null
  if (country !== null && !COUNTRIES.includes(country)) throw new Fault('company.country_unknown', { country })
  return { name, timeZone, currency, country }
}

// What other currencies are worth

/** The dated rates to the company's currency of today, ready for `convert`. Rates that were given for another currency of the company are kept, and not among them. */
export async function companyRates(db: Db): Promise<Rates> {
  const { currency: base, timeZone } = await company(db)
  const items = (await store.rates(db, base)).map(({ currency, day, rate }) => ({
    currency,
    day,
    rate: decimalIn(rate) ?? rate,
    from: new Date(startOfDay(day, timeZone)).toISOString(),
  }))
  return { base, items }
}

/** What pasted lines say; nothing is kept. */
export async function readPastedRates(db: Db, text: string): Promise<ReadRates> {
  const { currency: base } = await company(db)
  const { items, rejects } = ratesIn(text, base, code => currencyNamed(code) !== null)
  return { items, rejects: rejects.map(({ line, text, code }) => ({ line, text, reason: t(`company:rates.${code}`) })) }
}

const NAMED_IN_AUDIT = 100

/** Keeps rates, in place of those of the same currency and day. All of them or none. Safe to repeat. No stage depends on them. */
export async function giveRates(db: Db, wanted: readonly Rate[], act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const { currency: base } = await company(tx)
    const checked = new Map(wanted.map(one => [`${one.currency} ${one.day}`, checkedRate(one, base)]))
    await store.writeRates(tx, base, [...checked.values()], new Date(act.at))
    await audit(tx, act, 'company.rates_given', base, {
      count: checked.size,
      rates: [...checked.values()].slice(0, NAMED_IN_AUDIT),
    })
  })
}

/** Takes a rate back; nothing happens when there is none. Amounts of its days are then worth what the rate before says. */
export async function dropRate(db: Db, { currency, day }: Pick<Rate, 'currency' | 'day'>, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const { currency: base } = await company(tx)
    const rate = await store.removeRate(tx, base, currency, day)
    if (rate !== null) await audit(tx, act, 'company.rate_removed', base, { currency, day, rate })
  })
}

function checkedRate({ currency, day, rate }: Rate, base: string): Rate {
  const refuse = (detail: string) => new Fault('company.rates_unreadable', { detail: `${currency} ${day}: ${detail}` })
  if (currencyNamed(currency) === null) throw refuse(t('company:rates.currency'))
  if (currency === base) throw refuse(t('company:rates.own_currency'))
  const decimal = decimalIn(rate)
  if (decimal === null) throw refuse(t('company:rates.rate'))
  return { currency, day, rate: decimal }
}
