import { type Act, audit } from '../access/index.ts'
import { Fault } from '../platform/fault.ts'
import { type Db } from '../platform/postgres.ts'
import { COUNTRIES, type Company } from './contract.ts'
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
