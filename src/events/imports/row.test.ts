import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Envelope } from '../contract.ts'
import { type Settled } from './cells.ts'
import { type Mapping } from './contract.ts'
import { detect } from './detect.ts'
import { type Conflict } from './fold.ts'
import { readerOf } from './kinds.ts'
import { OrdersFold } from './orders.ts'
import { readRows } from './read.ts'
import { type Reject } from './reject.ts'
import { harmless } from './rejects.ts'
import { type GoodRow } from './row.ts'
import { rowOf, shortOf } from './staged.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

/** Everything that a file comes to, read in small pieces. */
async function whole(
  text: string,
  changes: Partial<Mapping> = {},
): Promise<{ good: GoodRow[]; rejects: [number, string][]; events: Envelope[]; conflicts: [number, string][] }> {
  const found = detect(
    { encoding: 'utf-8', head: text, isWhole: true, pieces: [] },
    { currency: 'EUR', timeZone: 'Europe/Berlin' },
    'orders',
  )
  const mapping = { ...found.mapping, ...changes } as Settled
  const pieces = (async function* () {
    for (let at = 0; at < text.length; at += 37) yield { text: text.slice(at, at + 37), share: 1 }
  })()
  const good: GoodRow[] = []
  const rejects: Reject[] = []
  for await (const batch of readRows(pieces, 'orders', mapping, found.width, readerOf('orders', mapping, found.width, NOW))) {
    good.push(...batch.good.map(({ content }) => rowOf(content)))
    rejects.push(...batch.rejects)
  }
  const { events, conflicts } = folded(good, mapping.amountPer)
  return { good, rejects: rejects.map(({ row, code }) => [row, code]), events, conflicts }
}

function folded(rows: readonly GoodRow[], amountPer: 'order' | 'row' = 'order') {
  const events: Envelope[] = []
  const conflicts: Conflict[] = []
  const fold = new OrdersFold(
    amountPer,
    order => events.push(...order.envelopes()),
    conflict => conflicts.push(conflict),
  )
  const key = (row: GoodRow) => `${row.customer}\0${row.orderId}`
  for (const row of [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.row - b.row))) fold.add(row)
  fold.end()
  return { events, conflicts: conflicts.map(({ row, code }): [number, string] => [row, code]) }
}
const said = (events: readonly Envelope[]) => events.map(({ name, orderId, amount }) => [name, orderId, amount])

const SHOPIFY = `Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Country,Cancelled at,Refunded Amount,Id
#1001,Ann@Shop.test,paid,EUR,35.00,2025-10-07 09:50:26 +0200,2,Tea,10.00,'007,Ann,DE,,0.00,'111
#1001,Ann@Shop.test,,,,,1,Cup,15.00,CUP,,,,,
#1002,bob@shop.test,partially_refunded,EUR,20.00,2025-10-08 10:00:00 +0200,1,Tea,20.00,T,Bob,FR,,5.00,'112
#1003,bob@shop.test,voided,EUR,8.00,2025-10-09 10:00:00 +0200,1,Tea,8.00,T,Bob,FR,2025-10-10 10:00:00 +0200,0.00,'113
#1004,,paid,EUR,8.00,2025-10-09 10:00:00 +0200,1,Tea,8.00,T,,,,0.00,'114
#1004,,,,,,1,Cup,8.00,T,,,,,
`

describe('the rows of a file', () => {
  it('of Shopify make one order of its lines, with refunds, cancellations and who it was', async () => {
    const { events, rejects } = await whole(SHOPIFY)
    expect(events).toMatchObject([
      {
        name: 'Order Completed',
        orderId: '#1001',
        at: Date.parse('2025-10-07T07:50:26Z'),
        amount: 3500,
        currency: 'EUR',
        identities: [{ kind: 'email', value: 'ann@shop.test' }],
        traits: { email: 'ann@shop.test', name: 'Ann', country: 'DE' },
        lines: [
          { name: 'Tea', sku: '007', quantity: 2, price: 1000 },
          { name: 'Cup', sku: 'CUP', quantity: 1, price: 1500 },
        ],
      },
      { name: 'Order Completed', orderId: '#1002', amount: 2000 },
      { name: 'Order Refunded', orderId: '#1002', amount: 500 },
      { name: 'Order Completed', orderId: '#1003', amount: 800 },
      { name: 'Order Cancelled', orderId: '#1003', at: Date.parse('2025-10-10T08:00:00Z') },
    ])
    expect(rejects).toEqual([
      [6, 'customer_missing'],
      [7, 'continues_rejected'],
    ])
  })

  it('of invoices add quantity × price exactly, and a negative invoice is a refund', async () => {
    const { events } = await whole(
      'InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n1,A,3,2010-12-01 08:26,0.335,17850\n1,B,1,2010-12-01 08:26,0.004,17850\nC2,A,-3,2010-12-02 08:26,0.335,17850\n3,A,0,2010-12-03 08:26,5,17850\n',
    )
    expect(said(events)).toEqual([
      ['Order Completed', '1', 101],
      ['Order Completed', '3', 0],
      ['Order Refunded', 'C2', 101],
    ])
  })

  it('without an order id are orders of their own, also when they are the same', async () => {
    const text = 'customer,date,amount\na,2025-01-31,5\na,2025-01-31,5\na,2025-01-31,6\n'
    const { events } = await whole(text)
    expect(new Set(events.map(event => event.orderId)).size).toBe(3)
    expect(new Set(events.map(event => event.messageId)).size).toBe(3)
    expect((await whole(text)).events).toEqual(events)
    // A longer export of the same shop says the same of the same orders.
    expect((await whole(`${text}b,2025-02-01,1\na,2025-02-01,5\n`)).events).toEqual(expect.arrayContaining(events))
  })

  it('that repeat an order id say the same, or are listed', async () => {
    const { events, conflicts } = await whole(
      'order id,customer,date,amount\n1,a,2025-01-31,5\n1,a,2025-01-31,5\n1,a,2025-01-31,6\n1,a,2025-03-31,5\n1,b,2025-01-31,7\n',
    )
    expect(said(events)).toEqual([
      ['Order Completed', '1', 500],
      ['Order Completed', '1', 700],
    ])
    expect(conflicts).toEqual([
      [4, 'conflict_amount'],
      [5, 'conflict_date'],
    ])
  })

  it('keep currencies apart, with the decimals that each has', async () => {
    const { events, rejects } = await whole(
      'order id,customer,date,amount,currency\n1,a,2025-01-31,1234,JPY\n2,a,2025-01-31,12.34,eur\n3,a,2025-01-31,1.2345,KWD\n4,a,2025-01-31,1.00,XYZ\n',
    )
    expect(events.map(({ amount, currency }) => [amount, currency])).toEqual([
      [1234, 'JPY'],
      [1234, 'EUR'],
      [1235, 'KWD'],
    ])
    expect(rejects).toEqual([[5, 'currency_unknown']])
  })

  it('read signs of currencies beside the amounts', async () => {
    const { events } = await whole(
      'order id,customer,date,amount\n1,a,2025-01-31,"€1.234,50"\n2,a,2025-01-31,"£5,00"\n3,a,2025-01-31,"7,00 CHF"\n',
    )
    expect(events.map(({ amount, currency }) => [amount, currency])).toEqual([
      [123450, 'EUR'],
      [500, 'GBP'],
      [700, 'CHF'],
    ])
  })

  it.each([
    ['a,31.12.2025,1', 'date_other_format'],
    ['a,2025-02-30,1', 'date_impossible'],
    ['a,2030-01-01,1', 'date_future'],
    ['a,1969-12-30,1', 'date_too_old'],
    ['a,,1', 'date_missing'],
    ['a,soon,1', 'date_unreadable'],
    [',2025-01-31,1', 'customer_missing'],
    ['null,2025-01-31,1', 'customer_placeholder'],
    ['{{customer.id}},2025-01-31,1', 'customer_placeholder'],
    ['N/A,2025-01-31,1', 'customer_placeholder'],
    ['3.16254E+10,2025-01-31,1', 'number_shortened'],
    [`${'x'.repeat(300)},2025-01-31,1`, 'customer_too_long'],
    ['a,2025-01-31,', 'amount_missing'],
    ['a,2025-01-31,free', 'amount_unreadable'],
    ['a,2025-01-31,99999999999999999', 'amount_unreadable'],
    ['a,2025-01-31,999999999999999', 'amount_too_large'],
    ['a,2025-01-31', 'ragged'],
    ['a,2025-01-31,1,2', 'ragged'],
    ['a\0,2025-01-31,1', 'nul'],
    ['a\ufffd,2025-01-31,1', 'encoding'],
    ['"a,2025-01-31,1', 'quote'],
    [`a,2025-01-31,${'9'.repeat(1_000_000)}`, 'cell_too_long'],
    [`"${'a'.repeat(1_000_000)}",2025-01-31,1`, 'cell_too_long'],
  ])('are listed with their reason, and the rows around them go in (%#)', async (row, code) => {
    const { good, rejects } = await whole(`customer,date,amount\nbefore,2025-01-31,1.50\n${row}\nafter,2025-01-31,1.50\n`, {
      dateOrder: 'ymd',
      decimal: '.',
    })
    expect(rejects).toEqual([[3, code]])
    expect(good.map(({ customer }) => customer)).toEqual(['external:before', 'external:after'])
  })

  it('call a customer by number, email or phone, the email in small letters', async () => {
    const { good } = await whole(
      "customer id,email,phone,date,amount\n7, Ann@X.test ,,2025-01-31,1\n,b@x.test,,2025-01-31,1\n,,+49 171 1234567,2025-01-31,1\n0,guest@x.test,,2025-01-31,1\n'0042,,,2025-01-31,1\n",
    )
    expect(good.map(({ identities }) => identities.map(({ kind, value }) => `${kind}:${value}`))).toEqual([
      ['external:7', 'email:ann@x.test'],
      ['email:b@x.test'],
      ['phone:+491711234567'],
      ['email:guest@x.test'],
      ['external:0042'],
    ])
  })

  it('know orders that were never paid, and refunds of everything', async () => {
    const { events, rejects } = await whole(
      'order id,customer,date,amount,status\n1,a,2025-01-31,5,wc-completed\n2,a,2025-01-31,5,failed\n3,a,2025-01-31,5,Refunded\n4,a,2025-01-31,5,Storniert\n',
    )
    expect(said(events)).toEqual([
      ['Order Completed', '1', 500],
      ['Order Completed', '3', 500],
      ['Order Refunded', '3', 500],
      ['Order Completed', '4', 500],
      ['Order Cancelled', '4', undefined],
    ])
    expect(rejects).toEqual([[3, 'unpaid']])
  })

  it('read local times in the time zone of the company', async () => {
    const { good } = await whole('customer,date,amount\na,2025-01-31 12:00,1\na,2025-07-31 12:00,1\n')
    expect(good.map(({ at }) => new Date(at).toISOString())).toEqual(['2025-01-31T11:00:00.000Z', '2025-07-31T10:00:00.000Z'])
  })

  it('of a changed order have another message id, those of an unchanged one the same', async () => {
    const first = await whole('order id,customer,date,amount\n1,a,2025-01-31,5\n2,a,2025-01-31,5\n')
    const later = await whole('order id,customer,date,amount\n1,a,2025-01-31,5\n2,a,2025-01-31,6\n')
    expect(later.events.map(event => first.events.some(before => before.messageId === event.messageId))).toEqual([true, false])
  })

  it('come back from staging as they went in', () => {
    const text = fc.string({ maxLength: 20 })
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
    const row: fc.Arbitrary<GoodRow> = fc
      .record({
        row: fc.nat(),
        orderId: text,
        hasOrderId: fc.boolean(),
        at: fc.nat(),
        amount: maybe(fc.integer()),
        worth: maybe(fc.integer()),
        currency: fc.constantFrom('EUR', 'JPY'),
        status: fc.constantFrom('placed', 'cancelled', 'refunded'),
        cancelledAt: maybe(fc.nat()),
        refunded: maybe(fc.nat()),
        line: maybe(fc.record({ name: text, quantity: fc.integer() })),
        traits: fc.dictionary(fc.constantFrom('name', 'city'), text),
        identities: fc.array(fc.record({ kind: fc.constantFrom('external', 'email'), value: text }), {
          minLength: 1,
          maxLength: 2,
        }),
      })
      .map(made => ({
        ...made,
        customer: `${made.identities[0]?.kind}:${made.identities[0]?.value}`,
        traits: { ...made.traits },
      }))
    fc.assert(
      fc.property(row, made => {
        expect(rowOf(shortOf(made))).toEqual(made)
      }),
    )
  })

  it('that are staged twice count once', async () => {
    const { good } = await whole('customer,date,amount\na,2025-01-31,5\na,2025-01-31,5\nb,2025-01-31,1\n')
    expect(folded([...good, ...good])).toEqual(folded(good))
  })

  it.each([
    ['=1+1', "'=1+1"],
    [' @SUM(A1)', "' @SUM(A1)"],
    ['\t-cmd', "'\t-cmd"],
    ['＝1', "'＝1"],
    ['-12.50', '-12.50'],
    ['+4,5', '+4,5'],
    ['plain', 'plain'],
  ])('%j is harmless in a spreadsheet as %j', (cell, expected) => {
    expect(harmless(cell)).toBe(expected)
  })
})
