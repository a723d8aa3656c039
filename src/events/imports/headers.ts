import { FIELDS_OF, type Field, type FileKind } from './contract.ts'

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
  first_name: 'firstname givenname forename vorname prenom primernombre voornaam',
  last_name: 'lastname surname familyname nachname familienname nomdefamille apellido apellidos cognome achternaam',
  created_at:
    'createdat created createdate createddate datecreated createdutc customersince membersince signup signupdate signedup signedupat registered registeredat registrationdate dateregistered joined joinedat joindate dateadded firstseen accountcreated angelegt angelegtam erstelltam registriertam kundeseit inscritle datedinscription fechaalta fecharegistro dataregistrazione aangemaaktop',
  consent_email:
    'acceptsemailmarketing acceptsmarketing emailmarketingconsent emailmarketing emailconsent emailoptin emailsubscribed marketingconsent marketingoptin newsletteroptin newsletter optin subscribed',
  consent_sms: 'acceptssmsmarketing smsmarketingconsent smsmarketing smsconsent smsoptin smssubscribed',
  consent_whatsapp: 'acceptswhatsappmarketing whatsappconsent whatsappoptin',
  consented_at:
    'consentedat consentdate consenttime consenttimestamp consentgivenat optintime optinat optindate optintimestamp agreedat subscribedat',
  withdrawn_at: 'withdrawnat revokedat unsubtime unsubscribedat optouttime optoutat optoutdate',
  consent_ip: 'optinip consentip ipaddress ip',
  consent_status:
    'consentstatus consent consentgiven optin status state subscriptionstatus permission einwilligung statut estado stato',
  purpose: 'purpose consentpurpose purposeid category zweck finalite finalidad finalita scopo doel',
  consent_channel: 'channel consentchannel medium via kanal canal canale kanaal',
  consent_source: 'source consentsource origin form collectedvia collectedfrom method herkunft quelle formular',
  consent_proof: 'proof evidence consenttext text wording statement nachweis preuve prueba prova bewijs',
  day: 'day date reportdate reportday spenddate reportingstarts datum tag jour fecha giorno dag data',
  spend_channel:
    'channel marketingchannel platform adplatform network source utmsource publisher vendor medium kanal canal canale kanaal plattform quelle',
  campaign: 'campaign campaignname utmcampaign kampagne campagne campana campagna',
  line_price:
    'lineitemprice unitprice itemprice itemcost productprice priceperunit sellingprice price einzelpreis stuckpreis stueckpreis preis prixunitaire prixunitairettc prix preciounitario precio prezzounitario prezzo stuksprijs eenheidsprijs prijs',
}

/** What only some kinds of file call by a name that elsewhere means something else. */
const ONLY_IN: Partial<Record<FileKind, Partial<Record<Field, string>>>> = {
  spend: {
    amount:
      'spend adspend amountspent spent cost costs totalcost totalspend amount investment budget kosten ausgaben werbekosten cout depense depenses gasto coste costo spesa uitgaven',
  },
  customers: { customer_id: 'id recordid leadid personid' },
  consent: { consented_at: 'at date datetime time timestamp when recordedat createdat updatedat datum zeitpunkt fecha data' },
}

type Meaning = { field: Field; rank: number }
const MEANINGS = new Map<FileKind, Map<string, Meaning[]>>()
for (const [kind, fields] of Object.entries(FIELDS_OF) as [FileKind, readonly Field[]][]) {
  const meanings = new Map<string, Meaning[]>()
  for (const field of fields) {
    const own = ONLY_IN[kind]?.[field]
    // What spend is called replaces what an order's worth is called; other names of a kind's own come after the usual ones.
    const names = field === 'amount' && own ? own : [NAMES[field], own].filter(Boolean).join(' ')
    for (const [rank, name] of names.split(' ').entries()) meanings.set(name, [...(meanings.get(name) ?? []), { field, rank }])
  }
  MEANINGS.set(kind, meanings)
}

/** `Amount spent (EUR)` is called as `Amount spent`. */
const named = (name: string): string => squashed(name.replace(/\s*\([A-Z]{3}\)\s*$/, ''))

/** The columns that may have a meaning in a kind of file, the surest first. */
export function candidates(header: readonly string[], kind: FileKind): Map<Field, number[]> {
  const meanings = MEANINGS.get(kind)
  const found = header.flatMap((name, column) => (meanings?.get(named(name)) ?? []).map(meaning => ({ ...meaning, column })))
  found.sort((a, b) => a.rank - b.rank || a.column - b.column)
  const byField = new Map<Field, number[]>()
  for (const { field, column } of found) byField.set(field, [...(byField.get(field) ?? []), column])
  return byField
}

export const isKnownHeader = (name: string): boolean => [...MEANINGS.values()].some(meanings => meanings.has(named(name)))
