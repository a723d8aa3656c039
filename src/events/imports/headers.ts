import { type Field } from './contract.ts'

/** A header without case, accents, spaces and signs: `Kunden-Nr.` → `kundennr`. */
export const squashed = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

// What each column is called in English, German, French, Spanish, Italian and Dutch, the surest name first.
const NAMES: Record<Field, string> = {
  customer_id:
    'customerid customernumber customerno customernr custid customercode customerref clientid userid memberid buyerid shopperid householdid contactid accountid customer cust client buyer user member kundennummer kundennr kundenid kdnr kunde idclient clientnumber numeroclient noclient codeclient refclient idcliente codigocliente numerocliente nocliente codicecliente cliente klantnummer klantnr klantid klant',
  email:
    'email emailaddress customeremail billingemail emailbilling contactemail useremail buyeremail mail emailadresse mailadresse kundenemail adresseemail adressemail courriel mailclient emailclient correoelectronico correo emailcliente indirizzoemail emailadres',
  name: 'customername fullname billingname clientname buyername name kundenname nomclient nomduclient nom nombrecliente nombre nomecliente nome klantnaam naam',
  phone:
    'phone phonenumber telephone tel mobile mobilephone billingphone phonebilling customerphone telefon telefonnummer handy handynummer mobil numerodetelephone telefono movil cellulare telefoon telefoonnummer',
  country:
    'country countrycode billingcountry countrybilling shippingcountry countryregion land staat pays codepays pais paese nazione',
  city: 'city town billingcity citybilling shippingcity stadt ort ville ciudad citta stad plaats woonplaats',
  order_id:
    'orderid ordernumber orderno ordernr ordername orderref orderreference invoiceno invoiceid invoicenumber invoicenr transactionid transactionno receiptid receiptno basketid saleid checkoutid order invoice transaction receipt bestellnummer bestellnr bestellid auftragsnummer auftragsnr rechnungsnummer rechnungsnr belegnummer belegnr bestellung auftrag numerocommande numerodecommande nocommande idcommande refcommande commande numerofacture nofacture facture numeropedido numerodepedido idpedido pedido numerofactura factura numeroordine idordine ordine numerofattura fattura bestelnummer ordernummer factuurnummer bestelling',
  ordered_at:
    'orderedat orderdate dateordered ordertime ordertimestamp orderdatetime createdat datecreated created createddate createddateutc createdutc invoicedate transactiondate transactiontimestamp transactiontime purchasedate purchasedat purchasetime dateofpurchase saledate salesdate placedat processedat paidat datepaid completedat eventtime date datetime timestamp time day bestelldatum bestelltam bestelltag auftragsdatum rechnungsdatum kaufdatum belegdatum datum datecommande datedecommande dateachat datedachat datefacture fechapedido fechadepedido fechacompra fechadecompra fechafactura fecha dataordine datadordine dataacquisto datafattura data besteldatum orderdatum aankoopdatum factuurdatum',
  amount:
    'ordertotal totalamount ordertotalamount orderamount ordervalue grandtotal totalprice totalpaid total revenue amount amountpaid paymentamount netsales nettotal salesvalue salesamount sales spend spent turnover value dollars sum gesamtbetrag gesamtsumme gesamtpreis bestellwert bestellsumme rechnungsbetrag bruttobetrag bruttosumme warenwert umsatz gesamt summe betrag montanttotal montantttc totalttc montantcommande montant totalcommande prixtotal importetotal totalpedido importe monto montototal valor importototale importo totaleordine totale totaalbedrag bestelbedrag totaal bedrag omzet',
  currency: 'currency currencycode ordercurrency wahrung waehrung devise monnaie moneda divisa valuta',
  status:
    'orderstatus status financialstatus paymentstatus bestellstatus auftragsstatus zahlungsstatus statut statutcommande estado estadopedido stato statoordine bestelstatus',
  cancelled_at:
    'cancelledat canceledat cancelledon cancelleddate cancellationdate datecancelled storniertam stornodatum dateannulation annulele fechacancelacion dataannullamento geannuleerdop',
  refunded_amount:
    'refundedamount amountrefunded refundamount refundtotal totalrefunded orderrefund refunds refund refunded erstattungsbetrag erstattung gutschrift montantrembourse remboursement importereembolsado reembolso importorimborsato rimborso terugbetaald terugbetaling',
  line_sku:
    'lineitemsku sku stockcode productcode itemcode productsku itemsku articlenumber articleno productid itemid variantid ean upc artikelnummer artikelnr artikelid referenceproduit refproduit codeproduit codeproducto codigoproducto codiceprodotto productcodes',
  line_name:
    'lineitemname productname itemname producttitle product item title description article artikelname artikelbezeichnung produktname produkt artikel bezeichnung nomproduit nomduproduit produit libelle nombreproducto producto articulo nomeprodotto prodotto articolo productnaam',
  line_quantity:
    'lineitemquantity quantity qty quantityordered units pieces count itemquantity menge anzahl stuck stueck stuckzahl quantite qte nombrearticles cantidad unidades quantita aantal',
  line_price:
    'lineitemprice unitprice itemprice itemcost productprice priceperunit sellingprice price einzelpreis stuckpreis stueckpreis preis prixunitaire prixunitairettc prix preciounitario precio prezzounitario prezzo stuksprijs eenheidsprijs prijs',
}

/** For each squashed header the fields it may mean, with its rank among their names. */
const MEANINGS = new Map<string, { field: Field; rank: number }[]>()
for (const [field, names] of Object.entries(NAMES) as [Field, string][])
  for (const [rank, name] of names.split(' ').entries()) MEANINGS.set(name, [...(MEANINGS.get(name) ?? []), { field, rank }])

/** The columns that may have a meaning, the surest first. */
export function candidates(header: readonly string[]): Map<Field, number[]> {
  const found = header.flatMap((name, column) => (MEANINGS.get(squashed(name)) ?? []).map(meaning => ({ ...meaning, column })))
  found.sort((a, b) => a.rank - b.rank || a.column - b.column)
  const byField = new Map<Field, number[]>()
  for (const { field, column } of found) byField.set(field, [...(byField.get(field) ?? []), column])
  return byField
}

export const isKnownHeader = (name: string): boolean => MEANINGS.has(squashed(name))

/** An export that is known by its headers; its columns mean exactly this, and nothing is looked up by synonym. */
type KnownExport = {
  id: 'shopify' | 'woocommerce' | 'stripe' | 'online_retail'
  needs: readonly string[]
  columns: Partial<Record<Field, readonly string[]>>
  timeZone?: string
}

const KNOWN: readonly KnownExport[] = [
  {
    id: 'shopify',
    needs: ['Name', 'Financial Status', 'Created at', 'Lineitem name'],
    columns: {
      order_id: ['Name'],
      email: ['Email'],
      name: ['Billing Name', 'Shipping Name'],
      phone: ['Phone', 'Billing Phone', 'Shipping Phone'],
      country: ['Billing Country', 'Shipping Country'],
      city: ['Billing City', 'Shipping City'],
      ordered_at: ['Created at'],
      amount: ['Total'],
      currency: ['Currency'],
      status: ['Financial Status'],
      cancelled_at: ['Cancelled at'],
      refunded_amount: ['Refunded Amount'],
      line_sku: ['Lineitem sku'],
      line_name: ['Lineitem name'],
      line_quantity: ['Lineitem quantity'],
      line_price: ['Lineitem price'],
    },
  },
  {
    // It has no email and no customer number: the person decides whether names may stand for customers.
    id: 'woocommerce',
    needs: ['Order #', 'N. Revenue (formatted)', 'Status'],
    columns: {
      ordered_at: ['Date'],
      order_id: ['Order #'],
      amount: ['Net Sales', 'N. Revenue (formatted)'],
      status: ['Status'],
      name: ['Customer'],
      customer_id: ['Customer ID'],
      email: ['Email'],
    },
  },
  {
    id: 'stripe',
    needs: ['id', 'Created date (UTC)', 'Amount', 'Amount Refunded', 'Currency'],
    columns: {
      order_id: ['id'],
      ordered_at: ['Created date (UTC)'],
      amount: ['Amount'],
      refunded_amount: ['Amount Refunded'],
      currency: ['Currency'],
      status: ['Status'],
      customer_id: ['Customer ID'],
      email: ['Customer Email'],
      name: ['Customer Name'],
      phone: ['Customer Phone'],
    },
    timeZone: 'UTC',
  },
  {
    id: 'online_retail',
    needs: ['InvoiceNo', 'StockCode', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'],
    columns: {
      order_id: ['InvoiceNo'],
      line_sku: ['StockCode'],
      line_name: ['Description'],
      line_quantity: ['Quantity'],
      ordered_at: ['InvoiceDate'],
      line_price: ['UnitPrice'],
      customer_id: ['CustomerID'],
      country: ['Country'],
    },
  },
]

/** The known export whose headers these are, with its columns. */
export function knownExport(
  header: readonly string[],
): { id: KnownExport['id']; columns: Partial<Record<Field, number>>; timeZone: string | null } | null {
  const index = new Map(header.map((name, i) => [name.trim(), i] as const).reverse())
  const known = KNOWN.find(({ needs }) => needs.every(name => index.has(name)))
  if (!known) return null
  const columns: Partial<Record<Field, number>> = {}
  for (const [field, names] of Object.entries(known.columns) as [Field, readonly string[]][]) {
    const name = names.find(candidate => index.has(candidate))
    const column = name === undefined ? undefined : index.get(name)
    if (column !== undefined) columns[field] = column
  }
  return { id: known.id, columns, timeZone: known.timeZone ?? null }
}
