import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodingOf, kindOf } from './bytes.ts'
import { FIELDS, type Field } from './contract.ts'
import { detect } from './detect.ts'
import { questionsOf } from './preview.ts'

const USUAL = { currency: 'EUR', timeZone: 'Europe/Berlin' }
const seen = (head: string) => detect({ encoding: 'utf-8', head, isWhole: true, pieces: [] }, USUAL)
const columnsOf = (head: string) => seen(head).mapping.columns
const asked = (head: string) => {
  const { kind, mapping, rows } = seen(head)
  return questionsOf(kind, mapping, rows).map(question => question.about)
}

describe('detection', () => {
  it.each([
    ['Order ID,Customer email,Order date,Total,Currency', { order_id: 0, email: 1, ordered_at: 2, amount: 3, currency: 4 }],
    [
      'Bestellnummer;Kunden-Nr.;Bestelldatum;Gesamtbetrag;Währung',
      { order_id: 0, customer_id: 1, ordered_at: 2, amount: 3, currency: 4 },
    ],
    [
      'Numéro de commande;Courriel;Date de commande;Montant TTC;Pays',
      { order_id: 0, email: 1, ordered_at: 2, amount: 3, country: 4 },
    ],
    ['Número de pedido;Cliente;Fecha;Importe;Ciudad', { order_id: 0, customer_id: 1, ordered_at: 2, amount: 3, city: 4 }],
    ['Numero ordine;Cliente;Data ordine;Importo;Città', { order_id: 0, customer_id: 1, ordered_at: 2, amount: 3, city: 4 }],
    [
      'Bestelnummer;Klantnummer;Besteldatum;Totaalbedrag;Plaats',
      { order_id: 0, customer_id: 1, ordered_at: 2, amount: 3, city: 4 },
    ],
  ])('knows the columns of %s', (header, columns) => {
    const mark = header.includes(';') ? ';' : ','
    expect(
      columnsOf(`${header}\n${['A1', 'email' in columns ? 'a@b.de' : 'K-17', '2025-01-31', '"12,50"', 'EUR'].join(mark)}\n`),
    ).toEqual(columns)
  })

  it.each([
    ['a,b,c', ','],
    ['a;b;c', ';'],
    ['a\tb\tc', '\t'],
    ['a|b|c', '|'],
    ['a   b c', ' '],
  ])('finds the delimiter of %j', (line, delimiter) => {
    expect(seen(`${line}\n${line.replace('a', '1').replace('b', '2')}\n`).mapping.delimiter).toBe(delimiter)
  })

  it('is not misled by decimal commas, nor by Excel’s hint about the delimiter', () => {
    const found = seen('sep=;\ncustomer;date;amount\n1;2025-01-31;12,50\n2;2025-01-31;3,00\n')
    expect(found.mapping).toMatchObject({ delimiter: ';', decimal: ',', columns: { customer_id: 0, ordered_at: 1, amount: 2 } })
  })

  it('asks, and does not guess, when day and month or point and comma could be either', () => {
    expect(asked('customer,date,amount\na,03/04/2025,10.50\n')).toEqual(['dateOrder'])
    expect(asked('customer,date,amount\na,03.04.2025,10.50\n')).toEqual(['dateOrder'])
    expect(asked('customer,date,amount\na,2025-04-03,"1,234"\n')).toEqual(['decimal'])
    expect(asked('customer,date,amount\na,05/05/2025,10\n')).toEqual(['dateOrder'])
  })

  it('takes one telling value as the answer, and two that contradict each other as a question', () => {
    expect(seen('customer,date,amount\na,03/04/2025,"1,234"\nb,13/04/2025,"1,234.50"\n').mapping).toMatchObject({
      dateOrder: 'dmy',
      decimal: '.',
    })
    expect(seen('customer,date,amount\na,03/04/2025,1\nb,04/13/2025,1\n').mapping).toMatchObject({ dateOrder: 'mdy' })
    expect(asked('customer,date,amount\na,13/04/2025,"1,5"\nb,04/13/2025,1.5\n')).toEqual(['dateOrder', 'decimal'])
  })

  it('asks for what it cannot find', () => {
    const { kind, mapping, rows } = seen('foo,bar\nx,y\n')
    expect(questionsOf(kind, mapping, rows)).toEqual([
      { about: 'columns', sample: null, options: [], missing: ['customer_id', 'ordered_at', 'amount'] },
    ])
  })

  it('does not believe a header whose column says something else', () => {
    expect(columnsOf('customer,date,amount,created_at\n1,soon,many,2025-01-31\n2,later,few,2025-01-31\n')).toEqual({
      customer_id: 0,
      ordered_at: 3,
    })
  })

  it('reads a customer column full of addresses as email', () => {
    expect(columnsOf('customer,date,amount\na@b.de,2025-01-31,1\n')).toEqual({ email: 0, ordered_at: 1, amount: 2 })
  })

  it('recognises Shopify’s export by its headers, wherever they stand', () => {
    const header =
      'Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing City,Billing Country,Cancelled at,Refunded Amount,Id,Phone'
    const found = seen(
      `${header}\n#1001,a@b.de,paid,,EUR,10.00,0.00,0.00,10.00,2025-10-07 09:50:26 +0200,1,Tea,10.00,T,Ann,Ulm,DE,,0.00,'123,\n`,
    )
    expect(found.recognised).toBe('shopify')
    const names = Object.fromEntries(
      FIELDS.flatMap((field: Field) =>
        found.mapping.columns[field] === undefined ? [] : [[field, header.split(',')[found.mapping.columns[field]]]],
      ),
    )
    expect(names).toEqual({
      order_id: 'Name',
      email: 'Email',
      name: 'Billing Name',
      phone: 'Phone',
      country: 'Billing Country',
      city: 'Billing City',
      ordered_at: 'Created at',
      amount: 'Total',
      currency: 'Currency',
      status: 'Financial Status',
      cancelled_at: 'Cancelled at',
      refunded_amount: 'Refunded Amount',
      line_sku: 'Lineitem sku',
      line_name: 'Lineitem name',
      line_quantity: 'Lineitem quantity',
      line_price: 'Lineitem price',
    })
  })

  it('asks who the customer is in WooCommerce’s report, which has names alone', () => {
    const report =
      'Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n2025-10-07 09:50:26,12,€10.00,completed,Ann Lee,new,1× Tea,1,,10.00,Direct\n'
    expect(seen(report).recognised).toBe('woocommerce')
    expect(asked(report)).toEqual(['columns'])
  })

  it('reads Stripe’s times as the UTC that the header says they are', () => {
    const found = seen(
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer Email\nch_1,2025-10-07 09:50:26,10.00,0.00,eur,Paid,a@b.de\n',
    )
    expect(found).toMatchObject({ recognised: 'stripe', mapping: { timeZone: 'UTC', columns: { email: 6, refunded_amount: 3 } } })
  })

  it('tells a total repeated on every line from parts to be added', () => {
    const lines = (amounts: string[]) =>
      `order id,customer,date,product,amount\n${amounts.map((amount, i) => `${1 + Math.floor(i / 2)},a,2025-01-31,p${i},${amount}`).join('\n')}\n`
    expect(seen(lines(['5.00', '5.00', '7.00', '7.00'])).mapping.amountPer).toBe('order')
    expect(seen(lines(['5.00', '6.00', '7.00', '8.00'])).mapping.amountPer).toBe('row')
    expect(seen('order id,customer,date,amount\n1,a,2025-01-31,5\n1,a,2025-01-31,6\n').mapping.amountPer).toBeUndefined()
  })

  it('takes the currency from the sign beside the amounts', () => {
    expect(seen('customer,date,amount\na,2025-01-31,£5.00\n').mapping.currency).toBe('GBP')
    expect(seen('customer,date,amount\na,2025-01-31,"5,00 zł"\n').mapping.currency).toBe('PLN')
  })

  const shared = '../shared/data/'
  it.skipIf(!existsSync(shared)).each([
    ['cdnow_sample.txt', { customer_id: 0, ordered_at: 2, line_quantity: 3, amount: 4 }],
    [
      'online_retail_lines_to_2011-08-31.csv.gz',
      { order_id: 0, line_sku: 1, line_quantity: 2, ordered_at: 3, line_price: 4, customer_id: 5 },
    ],
    [
      'online_retail_invoices_to_2011-08-31.csv',
      { order_id: 0, customer_id: 1, ordered_at: 2, line_quantity: 4, amount: 5, country: 6 },
    ],
    ['groceryElog.csv', { customer_id: 0, ordered_at: 1 }],
  ])('knows the columns of %s', (file, columns) => {
    const bytes = readFileSync(shared + file)
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().slice(0, 200_000)
    expect(seen(text).mapping.columns).toEqual(columns)
  })
})

describe('bytes', () => {
  const euro = 'Café;10 €;é\n'
  it.each([
    [Buffer.from(euro), 'utf-8'],
    [Buffer.from(`\ufeff${euro}`), 'utf-8'],
    [Buffer.from('Café;10\n', 'latin1'), 'latin1'],
    [Buffer.from(`\ufeff${euro}`, 'utf16le'), 'utf-16le'],
    [Buffer.from('customer;date;amount\n', 'utf16le'), 'utf-16le'],
    [Buffer.from('customer;date;amount\n', 'utf16le').swap16(), 'utf-16be'],
    [Buffer.from('plain'), 'utf-8'],
    [Buffer.from('é').subarray(0, 1), 'utf-8'],
  ])('are in the encoding that their content shows (%#)', (bytes, encoding) => {
    expect(encodingOf(bytes)).toBe(encoding)
  })

  it('are Latin-1 when only a piece from further in shows it', () => {
    expect(encodingOf(Buffer.from('a;b\n'), [Buffer.from('é;b\n', 'latin1')])).toBe('latin1')
  })

  it.each([
    ['', 'empty'],
    ['504b03041400060008', 'zip'],
    ['255044462d312e37', 'pdf'],
    ['89504e470d0a1a0a', 'image'],
    ['1f8b080000000000', 'gzip'],
    ['d0cf11e0a1b11ae1', 'xls'],
    ['0001020304050607', 'binary'],
    [Buffer.from('PK,customer\n1,2').toString('hex'), 'text'],
    [Buffer.from('a,b\n1,\0\n').toString('hex'), 'text'],
    [
      Buffer.from('504b030414000600080000002100xl/workbook.xml'.slice(0, 28), 'hex').toString('hex') +
        Buffer.from('[Content_Types].xml').toString('hex'),
      'xlsx',
    ],
  ])('%s… are known by their beginning as %s', (hex, kind) => {
    expect(kindOf(Buffer.from(hex, 'hex'))).toBe(kind)
  })
})
