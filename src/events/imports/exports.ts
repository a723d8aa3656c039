import { type Field, type FileKind } from './contract.ts'

/** An export that is known by its headers; its columns mean exactly this, and nothing is looked up by synonym. */
type KnownExport = {
  id: ExportId
  kind: FileKind
  needs: readonly string[]
  columns: Partial<Record<Field, readonly string[]>>
  /** Columns that are kept as traits, by the trait's name; a name with # is a number. */
  traits?: Readonly<Record<string, string>>
  timeZone?: string
  /** Whether its amounts are whole units or the smallest differs from account to account. */
  isUnitOpen?: boolean
}

export type ExportId =
  | 'shopify'
  | 'woocommerce'
  | 'stripe'
  | 'online_retail'
  | 'shopify_customers'
  | 'woocommerce_customers'
  | 'stripe_customers'
  | 'hubspot_contacts'
  | 'salesforce_leads'
  | 'mailchimp'

const KNOWN: readonly KnownExport[] = [
  {
    id: 'shopify',
    kind: 'orders',
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
    kind: 'orders',
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
    kind: 'orders',
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
    isUnitOpen: true,
  },
  {
    id: 'online_retail',
    kind: 'orders',
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
  {
    // Both ages: the newer has a Customer ID and calls the address the default one.
    id: 'shopify_customers',
    kind: 'customers',
    needs: ['First Name', 'Last Name', 'Email', 'Accepts Email Marketing', 'Total Spent', 'Total Orders'],
    columns: {
      customer_id: ['Customer ID'],
      email: ['Email'],
      first_name: ['First Name'],
      last_name: ['Last Name'],
      phone: ['Phone', 'Default Address Phone'],
      country: ['Default Address Country Code', 'Country Code', 'Country'],
      city: ['Default Address City', 'City'],
      consent_email: ['Accepts Email Marketing'],
      consent_sms: ['Accepts SMS Marketing'],
      consent_whatsapp: ['Accepts WhatsApp Marketing'],
    },
    traits: {
      company: 'Default Address Company|Company',
      zip: 'Default Address Zip|Zip',
      province: 'Default Address Province Code|Province Code',
      tags: 'Tags',
      'shopify_total_spent#': 'Total Spent',
      'shopify_total_orders#': 'Total Orders',
    },
  },
  {
    id: 'woocommerce_customers',
    kind: 'customers',
    needs: ['Name', 'Username', 'Last Active', 'Email', 'Orders', 'Total Spend', 'AOV'],
    columns: {
      email: ['Email'],
      name: ['Name'],
      phone: ['Billing Phone', 'Shipping Phone'],
      country: ['Country / Region'],
      city: ['City'],
      created_at: ['Sign Up'],
    },
    traits: { username: 'Username', region: 'Region', zip: 'Postal Code', role: 'Role' },
  },
  {
    id: 'stripe_customers',
    kind: 'customers',
    needs: ['id', 'Email', 'Name', 'Created (UTC)', 'Delinquent'],
    columns: {
      customer_id: ['id'],
      email: ['Email'],
      name: ['Name'],
      phone: ['Phone'],
      created_at: ['Created (UTC)'],
      country: ['Card Country'],
    },
    traits: { delinquent: 'Delinquent', stripe_currency: 'Currency' },
    timeZone: 'UTC',
  },
  {
    id: 'hubspot_contacts',
    kind: 'customers',
    needs: ['Record ID', 'Email', 'Contact owner'],
    columns: {
      customer_id: ['Record ID'],
      email: ['Email'],
      first_name: ['First Name'],
      last_name: ['Last Name'],
      phone: ['Phone Number', 'Mobile Phone Number'],
      country: ['Country/Region'],
      city: ['City'],
      created_at: ['Create Date'],
    },
    traits: {
      lead_status: 'Lead Status',
      lifecycle_stage: 'Lifecycle Stage',
      owner: 'Contact owner',
      company: 'Company Name|Associated Company|Primary Company',
      title: 'Job Title',
    },
  },
  {
    // What a report shows depends on its maker; these stand in all of them.
    id: 'salesforce_leads',
    kind: 'customers',
    needs: ['Email', 'Lead ID|Lead Source', 'Status|Lead Status', 'OwnerId|Owner Alias|Lead Owner'],
    columns: {
      customer_id: ['Lead ID'],
      email: ['Email'],
      first_name: ['FirstName', 'First Name'],
      last_name: ['LastName', 'Last Name'],
      phone: ['Phone'],
      country: ['Country'],
      city: ['City'],
      created_at: ['Created Date', 'CreatedDate'],
    },
    traits: {
      lead_source: 'LeadSource|Lead Source',
      lead_status: 'Status|Lead Status',
      company: 'Company|Company / Account',
      owner: 'Owner Alias|OwnerId|Lead Owner',
      title: 'Title',
    },
  },
  {
    id: 'mailchimp',
    kind: 'customers',
    needs: ['Email Address', 'OPTIN_TIME', 'LEID', 'EUID'],
    columns: {
      email: ['Email Address'],
      first_name: ['First Name', 'FNAME'],
      last_name: ['Last Name', 'LNAME'],
      phone: ['Phone Number', 'PHONE'],
      country: ['CC'],
      consented_at: ['OPTIN_TIME'],
      consent_ip: ['OPTIN_IP'],
      withdrawn_at: ['UNSUB_TIME'],
    },
    traits: { 'member_rating#': 'MEMBER_RATING', region: 'REGION', time_zone: 'TIMEZONE', tags: 'TAGS' },
    // Mailchimp writes its times so.
    timeZone: 'UTC',
  },
]

export type FoundExport = {
  id: ExportId
  kind: FileKind
  columns: Partial<Record<Field, number>>
  traits: { column: number; name: string; isNumber?: boolean }[]
  timeZone: string | null
  isUnitOpen: boolean
}

/** The known export whose headers these are, with its columns. */
export function knownExport(header: readonly string[]): FoundExport | null {
  const index = new Map(header.map((name, i) => [name.trim(), i] as const).reverse())
  const columnOf = (names: readonly string[]) => index.get(names.find(name => index.has(name)) ?? '')
  const known = KNOWN.find(({ needs }) => needs.every(names => columnOf(names.split('|')) !== undefined))
  if (!known) return null
  const columns: Partial<Record<Field, number>> = {}
  for (const [field, names] of Object.entries(known.columns) as [Field, readonly string[]][]) {
    const column = columnOf(names)
    if (column !== undefined) columns[field] = column
  }
  const traits = Object.entries(known.traits ?? {}).flatMap(([name, names]) => {
    const column = columnOf(names.split('|'))
    if (column === undefined) return []
    return [{ column, name: name.replace('#', ''), ...(name.endsWith('#') && { isNumber: true }) }]
  })
  return {
    id: known.id,
    kind: known.kind,
    columns,
    traits,
    timeZone: known.timeZone ?? null,
    isUnitOpen: known.isUnitOpen ?? false,
  }
}
