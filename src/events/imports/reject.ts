/** A row that cannot go in. `code` is a key `reason.<code>` of messages/en/imports.json. */
export type Reject = { row: number; code: RejectCode; params: Record<string, string | number>; cells: string[] }

export const REJECT_CODES = [
  'quote',
  'too_long',
  'cell_too_long',
  'ragged',
  'nul',
  'encoding',
  'customer_missing',
  'customer_placeholder',
  'customer_too_long',
  'email_invalid',
  'phone_unreadable',
  'number_shortened',
  'date_missing',
  'date_unreadable',
  'date_impossible',
  'date_other_format',
  'date_future',
  'date_too_old',
  'amount_missing',
  'amount_unreadable',
  'amount_too_large',
  'amount_not_whole',
  'currency_unknown',
  'quantity_unreadable',
  'price_unreadable',
  'refund_unreadable',
  'unpaid',
  'continues_rejected',
  'conflict_amount',
  'conflict_currency',
  'conflict_date',
  'person_missing',
  'yes_no_unreadable',
  'consent_status_missing',
  'consent_status_unknown',
  'purpose_unknown',
  'channel_unknown',
  'spend_channel_missing',
  'spend_too_long',
  'repeated',
  'not_json',
  'event_time_missing',
  'event_unusable',
] as const
export type RejectCode = (typeof REJECT_CODES)[number]

/** Why a row is refused, while it is being read. */
export class Refused {
  readonly code: RejectCode
  readonly params: Record<string, string | number>
  constructor(code: RejectCode, params: Record<string, string | number> = {}) {
    this.code = code
    this.params = params
  }
}

export const rejected = (row: number, { code, params }: Refused, cells: string[]): Reject => ({ row, code, params, cells })

export const isReject = (row: object): row is Reject => 'code' in row

export const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
