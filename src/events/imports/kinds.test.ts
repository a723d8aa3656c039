import { describe, expect, it } from 'vitest'
import { type Envelope } from '../contract.ts'
import { type Settled } from './cells.ts'
import { type FileKind, type Mapping } from './contract.ts'
import { detect } from './detect.ts'
import { foldOf, readerOf } from './kinds.ts'
import { previewOf, questionsOf, sentenceOf } from './preview.ts'
import { readRows } from './read.ts'
import { type Reject } from './reject.ts'
import { type StagedRow } from './staged.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const USUAL = { currency: 'EUR', timeZone: 'Europe/Berlin' }
const seen = (text: string, asked?: FileKind) =>
  detect({ encoding: 'utf-8', head: text, isWhole: true, pieces: [] }, USUAL, asked)

/** Everything that a file comes to. */
async function whole(text: string, answers: Partial<Mapping> = {}, asked?: FileKind) {
  const { kind, mapping: found, width, rows } = seen(text, asked)
  const mapping = { ...found, ...answers } as Settled
  const pieces = (async function* () {
    for (let at = 0; at < text.length; at += 41) yield { text: text.slice(at, at + 41), share: 1 }
  })()
  const good: StagedRow[] = []
  const rejects: Reject[] = []
  for await (const batch of readRows(pieces, kind, mapping, width, readerOf(kind, mapping, width, NOW))) {
    good.push(...batch.good)
    rejects.push(...batch.rejects)
  }
  const fold = foldOf(kind, mapping, NOW)
  const place = ({ first, second }: StagedRow) => `${first}\0${second}`
  for (const row of good.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a.row - b.row)))
    fold.add(row.content)
  fold.end()
  const events = fold.takeEvents().map(({ envelope }) => envelope)
  const conflicts = fold.takeConflicts()
  return {
    kind,
    mapping,
    rows,
    events,
    made: fold.made,
    rejects: [...rejects, ...conflicts].map(reject => [reject.row, sentenceOf(reject)]),
  }
}
const said = ({ name, at, traits, properties }: Envelope) => ({ name, at: new Date(at).toISOString(), ...traits, ...properties })

describe('exports of other programs', () => {
  it.each<[string, FileKind, string, Mapping['columns']]>([
    [
      "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags\n'7011,Ann,Bee,ann@bee.test,yes,Bee Ltd,1 Way,,York,YOR,GB,YO1,,+441904000000,no,120.50,3,,no,vip\n",
      'customers',
      'shopify_customers',
      {
        customer_id: 0,
        email: 3,
        first_name: 1,
        last_name: 2,
        consent_email: 4,
        consent_sms: 14,
        phone: 13,
        country: 10,
        city: 8,
      },
    ],
    [
      'First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt\nAnn,Bee,ann@bee.test,yes,,,,York,,,United Kingdom,GB,YO1,,no,0.00,0,,,no\n',
      'customers',
      'shopify_customers',
      { email: 2, first_name: 0, last_name: 1, consent_email: 3, consent_sms: 14, phone: 13, country: 11, city: 7 },
    ],
    [
      'Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code,Billing Phone,Shipping Phone,Role\nAnn Bee,ann,2025-10-01,2024-02-03 10:00:00,ann@bee.test,2,30,15,GB,York,,YO1,,,customer\n',
      'customers',
      'woocommerce_customers',
      { email: 4, name: 0, created_at: 3, country: 8, city: 9, phone: 12 },
    ],
    [
      'id,Email,Name,Phone,Description,Created (UTC),Default Card,Card Number,Card Last 4,Card Type,Card Country,Currency,Delinquent,Total Spend\ncus_1,ann@bee.test,Ann Bee,,,2024-02-03 10:00,,,,,,eur,false,0\n',
      'customers',
      'stripe_customers',
      { customer_id: 0, email: 1, name: 2, phone: 3, created_at: 5, country: 10 },
    ],
    [
      'Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Create Date,Lifecycle Stage\n101,Ann,Bee,ann@bee.test,,Sam,New,2024-02-03 10:00,Lead\n',
      'customers',
      'hubspot_contacts',
      { customer_id: 0, first_name: 1, last_name: 2, email: 3, phone: 4, created_at: 7 },
    ],
    [
      'Lead ID,FirstName,LastName,Email,Phone,Company,LeadSource,Status,OwnerId\n00Q1,Ann,Bee,ann@bee.test,,Bee Ltd,Web,Open,0051\n',
      'customers',
      'salesforce_leads',
      { customer_id: 0, first_name: 1, last_name: 2, email: 3, phone: 4 },
    ],
    [
      'Lead Source,First Name,Last Name,Email,Phone,Lead Status,Owner Alias,Created Date\nWeb,Ann,Bee,ann@bee.test,,Open,sam,2024-02-03\n',
      'customers',
      'salesforce_leads',
      { first_name: 1, last_name: 2, email: 3, phone: 4, created_at: 7 },
    ],
    [
      '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES\nann@bee.test,Ann,Bee,2,"2024-02-03 10:00:00",10.0.0.1,"2024-02-03 10:01:00",10.0.0.1,,,,,,GB,,"2024-02-03 10:01:00",1,a1,\n',
      'customers',
      'mailchimp',
      { email: 0, first_name: 1, last_name: 2, consented_at: 4, consent_ip: 5, country: 13 },
    ],
    [
      'Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n2025-10-01 10:00:00,17,€30.00,completed,Ann Bee,new,1× Tea,1,,30,Direct\n',
      'orders',
      'woocommerce',
      { ordered_at: 0, order_id: 1, amount: 9, status: 3, name: 4 },
    ],
    [
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Fee,Is Link,Mode,Payment Source Type,Status,Taxes On Fee,Application Fee,Application ID\nch_1,2025-10-01 10:00,3000,0,eur,true,3000,0,eur,100,,Live,card,Paid,0,,\n',
      'orders',
      'stripe',
      { order_id: 0, ordered_at: 1, amount: 2, refunded_amount: 3, currency: 4, status: 13 },
    ],
  ])('are recognised (%#)', (text, kind, recognised, columns) => {
    const found = seen(text)
    expect({ kind: found.kind, recognised: found.recognised, columns: found.mapping.columns }).toEqual({
      kind,
      recognised,
      columns,
    })
  })

  it('of Stripe have to say whether 3000 is thirty or three thousand, and are read so', async () => {
    const text =
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Customer Email,Status\nch_1,2025-10-01 10:00,3000,0,eur,ann@bee.test,Paid\n'
    const { kind, mapping, rows } = seen(text)
    expect(questionsOf(kind, mapping, rows)).toEqual([
      {
        about: 'amountUnit',
        sample: '3000',
        options: [
          { value: 'major', reading: '€3,000.00' },
          { value: 'minor', reading: '€30.00' },
        ],
        missing: [],
      },
    ])
    expect((await whole(text, { amountUnit: 'minor' })).events.map(({ amount }) => amount)).toEqual([3000])
    expect((await whole(text, { amountUnit: 'major' })).events.map(({ amount }) => amount)).toEqual([300_000])
    const decided = seen(text.replace('3000', '30.00')).mapping
    expect(decided.amountUnit).toBeUndefined()
  })
})

describe('what a file is about', () => {
  it.each<[FileKind, string]>([
    ['customers', 'email,first_name,last_name,birthday\na@b.test,Ann,Bee,1980-01-01\n'],
    ['customers', 'Email,Phone Number,First Name,Accepts Marketing\na@b.test,+4917612345678,Ann,true\n'],
    ['customers', 'Kunden-Nr.;Vorname;Nachname;E-Mail;Kunde seit\n1;Ann;Bee;a@b.test;01.02.2024\n'],
    ['orders', 'customer,date,amount\na,2025-01-31,10\n'],
    ['orders', 'email,date\na@b.test,2025-01-31\n'],
    ['orders', 'email,order id,created at\na@b.test,17,2025-01-31\n'],
    ['spend', 'date,channel,cost\n2025-01-31,search,12.50\n'],
    ['spend', 'Day,Campaign name,Amount spent (EUR)\n2025-01-31,Spring,12.50\n'],
    ['consent', 'email,purpose,channel,status,date\na@b.test,marketing,email,granted,2025-01-31\n'],
    ['events', '{"type":"track","event":"Signed Up","userId":"u1","timestamp":"2025-01-31T10:00:00Z"}\n'],
  ])('is found out: %s', (kind, text) => expect(seen(text).kind).toBe(kind))

  it('is what the person says, where they say so', () => {
    const found = seen('email,date\na@b.test,2025-01-31\n', 'customers')
    expect([found.kind, found.mapping.columns]).toEqual(['customers', { email: 0 }])
    expect(questionsOf(found.kind, found.mapping, found.rows)).toEqual([])
  })
})

describe('customers', () => {
  const FILE = `id,email,first name,last name,phone,customer since,lead score,zip,note,newsletter
7,Ann@Bee.test,Ann,Bee,+44 1904 123456,2024-02-03,12,01234,secret,yes
7,ann@bee.test,,Beeton,,2024-02-01,,,,
8,cy@dee.test,Cy,,,,9,12345,,no
,,Nobody,,,,,,,
9,eve@fox.test,Eve,,,,1,,,perhaps
`
  it('are told once each, with joined names, the earliest date and what the later row says', async () => {
    const { kind, mapping, events, made, rejects } = await whole(FILE, { consents: false })
    expect(kind).toBe('customers')
    expect(mapping.traits).toEqual([
      { column: 6, name: 'lead_score', isNumber: true },
      { column: 7, name: 'zip' },
    ])
    expect(events.map(said)).toEqual([
      { name: 'Customer Created', at: '2024-01-31T23:00:00.000Z' },
      {
        name: 'Ann Beeton',
        at: '2026-11-22T12:00:00.000Z',
        email: 'ann@bee.test',
        firstName: 'Ann',
        lastName: 'Beeton',
        phone: '+441904123456',
        lead_score: 12,
        zip: '01234',
      },
      expect.objectContaining({ email: 'cy@dee.test', lead_score: 9, zip: '12345' }),
      expect.objectContaining({ email: 'eve@fox.test' }),
    ])
    expect(events[1]?.identities).toEqual([
      { kind: 'external', value: '7' },
      { kind: 'email', value: 'ann@bee.test' },
    ])
    expect(made).toMatchObject({ customers: 3, entries: 3, consents: 0 })
    expect(rejects).toEqual([[5, 'There is no customer number, email address or phone number.']])
  })

  it('have their consent taken only when a person says so', async () => {
    const { kind, mapping, rows } = seen(FILE)
    expect(questionsOf(kind, mapping, rows).map(({ about }) => about)).toEqual(['consents'])
    const { events, rejects } = await whole(FILE, { consents: true })
    expect(events.filter(({ name }) => name.startsWith('Consent')).map(said)).toEqual([
      { name: 'Consent Granted', at: '2026-11-22T12:00:00.000Z', purpose: 'marketing', channel: 'email' },
      { name: 'Consent Denied', at: '2026-11-22T12:00:00.000Z', purpose: 'marketing', channel: 'email' },
    ])
    expect(rejects[1]).toEqual([6, '“perhaps” says neither yes nor no.'])
  })

  it('of Mailchimp bring the time and address of their consent as its proof', async () => {
    const text =
      'Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,UNSUB_TIME,LEID,EUID\nann@bee.test,Ann,Bee,2024-02-03 10:00:00,10.0.0.1,,1,a\ncy@dee.test,Cy,Dee,2024-02-03 10:00:00,,2025-01-01 09:00:00,2,b\nno@time.test,No,Time,,,,3,c\n'
    const { events } = await whole(text, { consents: true })
    expect(events.filter(({ name }) => name.startsWith('Consent')).map(said)).toEqual([
      { name: 'Consent Granted', at: '2024-02-03T10:00:00.000Z', purpose: 'marketing', channel: 'email', proof: 'IP 10.0.0.1' },
      { name: 'Consent Granted', at: '2024-02-03T10:00:00.000Z', purpose: 'marketing', channel: 'email' },
      { name: 'Consent Withdrawn', at: '2025-01-01T09:00:00.000Z', purpose: 'marketing', channel: 'email' },
    ])
  })
})

describe('events', () => {
  const line = (event: object) => JSON.stringify(event)
  it('are read as SDKs send them, by the time they happened, and each line that cannot be used is told why', async () => {
    const order = { order_id: 'o1', total: 12.5, currency: 'EUR', products: [{ sku: 'tea', quantity: 2, price: 6.25 }] }
    const text = [
      line({
        type: 'track',
        event: 'Signed Up',
        userId: 'u1',
        messageId: 'm1',
        timestamp: '2025-01-31T10:00:00Z',
        sentAt: '2025-02-01T00:00:00Z',
      }),
      line({
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        messageId: 'm2',
        timestamp: '2025-01-30T10:00:00Z',
        properties: order,
      }),
      line({
        type: 'identify',
        userId: 'u1',
        traits: { email: 'A@b.test', plan: 'pro' },
        messageId: 'm3',
        timestamp: '2025-01-31T11:00:00Z',
      }),
      line({ type: 'track', event: 'Signed Up', userId: 'u1', messageId: 'm1', timestamp: '2025-01-31T10:00:00Z' }),
      '{"type":"track",',
      line({ type: 'track', event: 'No time', userId: 'u1' }),
      line({ type: 'track', event: 'Nobody', timestamp: '2025-01-31T10:00:00Z' }),
      line({
        type: 'track',
        event: 'Long',
        userId: 'u1',
        timestamp: '2025-01-31T10:00:00Z',
        properties: { x: 'x'.repeat(40_000) },
      }),
      '"text"',
      '',
    ].join('\n')
    const { kind, events, made, rejects } = await whole(text)
    expect(kind).toBe('events')
    expect(events.map(({ name, at, messageId }) => [name, new Date(at).toISOString(), messageId])).toEqual([
      ['Order Completed', '2025-01-30T10:00:00.000Z', 'track:m2'],
      ['Signed Up', '2025-01-31T10:00:00.000Z', 'track:m1'],
      ['Identified', '2025-01-31T11:00:00.000Z', 'track:m3'],
    ])
    expect(events[2]?.identities).toContainEqual({ kind: 'email', value: 'a@b.test' })
    expect(made).toMatchObject({ entries: 3, orders: 1, customers: 1, totals: new Map([['EUR', 1250]]) })
    expect(rejects).toEqual([
      [5, 'This line is not JSON: each line has to be one event.'],
      [6, 'The event has no timestamp, and nobody knows when it happened.'],
      [7, 'It says neither a userId nor an anonymousId, so it is about nobody.'],
      [8, 'It is larger than one event may be.'],
      [9, 'This is not an object but a single value or a list.'],
      [4, 'The same stands in line 1 already.'],
    ])
  })

  it('that never end are given up line by line, in bounded memory', async () => {
    const good = line({ type: 'track', event: 'E', userId: 'u', timestamp: '2025-01-31T10:00:00Z' })
    const { events, rejects } = await whole(`${good}\n${'x'.repeat(1_500_000)}\n${good.replace('"u"', '"v"')}\n`)
    expect([events.length, rejects.map(([row]) => row)]).toEqual([2, [2]])
  })
})

describe('spend', () => {
  it('is summed by day, channel, campaign and currency, exactly', async () => {
    const { events, made, rejects } = await whole(
      'Day,Channel,Campaign,Cost,Currency\n2025-01-31,Search,Spring,0.10,EUR\n2025-01-31,Search,Spring,0.20,EUR\n2025-01-31 23:30,Search,,1,USD\n2025-01-31,,x,1,EUR\n2025-01-31,Social,x,much,EUR\n',
    )
    expect(
      events.map(({ amount, currency, properties }) => [
        properties?.day,
        properties?.channel,
        properties?.campaign,
        amount,
        currency,
      ]),
    ).toEqual([
      ['2025-01-31', 'Search', '', 100, 'USD'],
      ['2025-01-31', 'Search', 'Spring', 30, 'EUR'],
    ])
    expect(made).toMatchObject({
      entries: 2,
      customers: 0,
      totals: new Map([
        ['USD', 100],
        ['EUR', 30],
      ]),
    })
    expect(rejects.map(([row]) => row)).toEqual([5, 6])
  })

  it('without a channel asks for one, and takes the one that the person names', async () => {
    const text = 'Day,Campaign name,Amount spent (USD)\n2025-01-31,Spring,12.50\n'
    const { kind, mapping, rows } = seen(text)
    expect([mapping.currency, questionsOf(kind, mapping, rows)]).toMatchObject([
      'USD',
      [{ about: 'columns', missing: ['spend_channel'] }],
    ])
    const { events } = await whole(text, { spendChannel: 'Meta' })
    expect(events[0]).toMatchObject({ amount: 1250, currency: 'USD', properties: { channel: 'Meta', campaign: 'Spring' } })
  })
})

describe('consent', () => {
  it('is told with purpose, channel, time and proof; what it does not say clearly is left out', async () => {
    const { events, rejects, made } = await whole(
      `email,purpose,channel,status,when,source,proof
a@b.test,newsletter,E-Mail,opt-in,2025-01-31 10:00,checkout,"I want news"
a@b.test,marketing,sms,no,2025-01-31 10:00,,
a@b.test,marketing,email,unsubscribed,2025-02-01 10:00,,
a@b.test,marketing,email,unsubscribed,2025-02-01 10:00,,
b@b.test,gambling,email,yes,2025-01-31,,
b@b.test,marketing,pigeon,yes,2025-01-31,,
b@b.test,marketing,email,perhaps,2025-01-31,,
b@b.test,marketing,email,yes,,,
`,
    )
    expect(events.map(said)).toEqual([
      {
        name: 'Consent Granted',
        at: '2025-01-31T09:00:00.000Z',
        purpose: 'marketing',
        channel: 'email',
        source: 'checkout',
        proof: 'I want news',
      },
      { name: 'Consent Withdrawn', at: '2025-02-01T09:00:00.000Z', purpose: 'marketing', channel: 'email' },
      { name: 'Consent Denied', at: '2025-01-31T09:00:00.000Z', purpose: 'marketing', channel: 'sms' },
    ])
    expect(made).toMatchObject({ entries: 3, consents: 3, customers: 1 })
    expect(rejects.map(([row]) => row)).toEqual([6, 7, 8, 9, 5])
  })
})

describe('orders without amounts', () => {
  const FILE = 'email,order id,date\na@b.test,1,2025-01-31\n'
  it('go in only when the person says that there are none', async () => {
    const { kind, mapping, rows } = seen(FILE)
    expect(questionsOf(kind, mapping, rows)).toMatchObject([
      { about: 'columns', missing: ['amount'], options: [{ value: 'noAmount' }] },
    ])
    const { events, made } = await whole(FILE, { noAmount: true, decimal: '.' })
    expect(events).toMatchObject([{ name: 'Order Completed', orderId: '1' }])
    expect([events[0]?.amount, made.orders, made.totals]).toEqual([undefined, 1, new Map()])
  })
})

it('every kind shows what its first rows say', () => {
  const facts = (text: string, answers: Partial<Mapping> = {}) => {
    const { kind, mapping, ...found } = seen(text)
    return previewOf(kind, { ...mapping, ...answers }, found, NOW)[0]?.facts?.map(({ name, value }) => `${name}: ${value}`)
  }
  expect(facts('email,first name,newsletter\na@b.test,Ann,yes\n', { consents: true })).toEqual([
    'Customer: a@b.test',
    'Name: Ann',
    'Customer since: ',
    'What is known: ',
    'Consent: yes to marketing by email',
  ])
  expect(facts('date,channel,cost\n2025-01-31,Search,12.50\n')).toEqual([
    'Day: 2025-01-31',
    'Channel: Search',
    'Campaign: ',
    'Amount: €12.50',
  ])
})
