import { moneyInWords } from '../../company/contract.ts'
import { t } from '../../platform/messages.ts'
import { type Envelope } from '../contract.ts'
import { type Agreed } from './agreed.ts'
import { type ConsentRow } from './consents.ts'
import { type FileKind, type ImportView } from './contract.ts'
import { type CustomerRow, withName } from './customers.ts'
import { type SpendRow } from './spend.ts'

type Facts = NonNullable<ImportView['preview'][number]['facts']>
type Name =
  | 'customer'
  | 'name'
  | 'since'
  | 'known'
  | 'consent'
  | 'event'
  | 'at'
  | 'day'
  | 'channel'
  | 'campaign'
  | 'amount'
  | 'proof'

const VALUE_CHARS_MAX = 300

/** What a row that can go in says, in words: for whoever looks whether it has been understood. */
export function factsOf(kind: Exclude<FileKind, 'orders'>, content: string, timeZone: string): Facts {
  const row: unknown = JSON.parse(content)
  switch (kind) {
    case 'customers':
      return customerFacts(row as CustomerRow, timeZone)
    case 'events':
      return eventFacts((row as { envelope: Envelope }).envelope, timeZone)
    case 'spend':
      return spendFacts(row as SpendRow)
    case 'consent':
      return consentFacts(row as ConsentRow, timeZone)
  }
}

const facts = (told: Partial<Record<Name, string>>): Facts =>
  (Object.entries(told) as [Name, string][]).map(([name, value]) => ({
    name: t(`imports:fact.${name}`),
    value: value.length > VALUE_CHARS_MAX ? `${value.slice(0, VALUE_CHARS_MAX)}…` : value,
  }))

/** With its time, unless it is midnight: dates without a time come as the beginning of their day. */
function instant(at: number, timeZone: string): string {
  const time = new Date(at).toLocaleTimeString('en-GB', { timeZone })
  return new Date(at).toLocaleString('en', { dateStyle: 'medium', ...(time !== '00:00:00' && { timeStyle: 'short' }), timeZone })
}

const called = (identities: Envelope['identities']): string => identities.map(({ value }) => value).join(' · ')

const inWords = ({ purpose, channel, status }: Agreed): string =>
  t(`imports:agreed.${status}`, { purpose: t(`consent:purpose.${purpose}`), channel: t(`consent:channel.${channel}`) })

const NAMED = new Set(['email', 'name', 'firstName', 'lastName'])

function customerFacts({ identities, createdAt, traits, agreed }: CustomerRow, timeZone: string): Facts {
  return facts({
    customer: called(identities),
    name: String(withName(traits).name ?? ''),
    since: createdAt === null ? '' : instant(createdAt, timeZone),
    known: Object.entries(traits)
      .filter(([name]) => !NAMED.has(name))
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
    consent: agreed.map(inWords).join(' · '),
  })
}

const eventFacts = ({ identities, name, at, amount, currency }: Envelope, timeZone: string): Facts =>
  facts({
    customer: called(identities),
    event: name,
    at: instant(at, timeZone),
    amount: amount === undefined || currency === undefined ? '' : moneyInWords({ amount, currency }, 'en'),
  })

const spendFacts = ({ day, channel, campaign, amount, currency }: SpendRow): Facts =>
  facts({ day, channel, campaign, amount: moneyInWords({ amount, currency }, 'en') })

const consentFacts = ({ identities, agreed }: ConsentRow, timeZone: string): Facts =>
  facts({
    customer: called(identities),
    consent: inWords(agreed),
    at: instant(agreed.at, timeZone),
    proof: [agreed.saidIn, agreed.proof].filter(Boolean).join(' · '),
  })
