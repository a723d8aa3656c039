import { t } from './messages.ts'

/**
 * Every expected trouble and the HTTP status it answers with. The sentence for the person stands in
 * `messages/en/faults.json` under the same code; what only the log may know goes into `cause`.
 */
export const FAULTS = {
  'request.invalid': 400,
  'request.too_large': 413,
  'request.media_type': 415,
  'request.not_found': 404,
  'request.too_many': 429,
  'access.signed_out': 401,
  'access.forbidden': 403,
  'access.wrong_credentials': 401,
  'access.wrong_password': 400,
  'access.key_refused': 401,
  'access.cross_site': 403,
  'access.link_used_up': 410,
  'access.email_taken': 409,
  'access.last_owner': 409,
  'access.above_your_role': 403,
  'access.password_guessable': 400,
  'access.not_yourself': 409,
  'access.user_not_found': 404,
  'access.session_not_found': 404,
  'access.key_not_found': 404,
  'company.time_zone_unknown': 400,
  'company.country_unknown': 400,
  'company.currency_unknown': 400,
  'company.rates_unreadable': 400,
  'product.not_found': 404,
  'product.file_unreadable': 400,
  'product.file_too_large': 413,
  'config.invalid': 400,
  'customer.not_found': 404,
  'customer.company_not_found': 404,
  'customer.field_hidden': 403,
  'customer.event_not_found': 404,
  'customer.list_not_found': 404,
  'customer.list_name_taken': 409,
  'customer.view_not_found': 404,
  'customer.note_not_found': 404,
  'customer.bulk_not_found': 404,
  'customer.bulk_nobody': 409,
  'customer.bulk_busy': 409,
  'customer.file_gone': 410,
  'customer.join_self': 409,
  'customer.join_busy': 409,
  'customer.merge_not_found': 404,
  'import.not_found': 404,
  'import.wrong_state': 409,
  'import.undo_first': 409,
  'import.open_questions': 409,
  'import.file_gone': 409,
  'import.empty': 400,
  'import.header_only': 400,
  'import.not_a_table': 400,
  'import.too_large': 413,
  'import.cut_off': 400,
  'import.gzip_damaged': 400,
  'import.no_file': 400,
  'import.no_column': 400,
  'import.rejects_gone': 410,
  'job.stuck': 500,
  'job.failed': 500,
  'import.failed': 422,
  'import.unreadable': 400,
  'tracking.overloaded': 503,
  'tracking.not_json': 400,
  'tracking.not_found': 404,
  'tracking.cut': 409,
  'tracking.still_unusable': 422,
  'tracking.blocked': 409,
  'data.source_not_found': 404,
  'data.event_not_found': 404,
  'data.rule_not_found': 404,
  'data.too_many_rules': 409,
  'shop.not_found': 404,
  'shop.refused': 401,
  'shop.ended': 410,
  'shop.overloaded': 503,
  'shop.delivery_not_found': 404,
  'shop.body_forgotten': 409,
  'secret.cannot_open': 500,
  'lifecycle.model_not_found': 404,
  'lifecycle.model_invalid': 400,
  'lifecycle.model_busy': 409,
  'lifecycle.model_not_on': 409,
  'lifecycle.model_is_primary': 409,
  'lifecycle.model_not_live': 409,
  'lifecycle.date_invalid': 400,
  'data.in_use': 500,
  'engine.failed': 500,
  'engine.folder_closed': 500,
  'engine.no_os_user': 500,
  'engine.not_for_this_machine': 500,
  'engine.orphan': 500,
  'schema.newer': 500,
  'schema.changed': 500,
  'schema.failed': 500,
  'server.recovering': 503,
  'server.internal': 500,
  'server.port_taken': 500,
  'web.not_built': 503,
} as const satisfies Record<string, number>

export type FaultCode = keyof typeof FAULTS

/** Trouble that a caller may be told about. `params` fill the sentence of the code. */
export class Fault extends Error {
  override name = 'Fault'
  readonly code: FaultCode
  readonly params: Record<string, string | number>

  constructor(code: FaultCode, params: Record<string, string | number> = {}, options?: ErrorOptions) {
    super(t(`faults:${code}`, params), options)
    this.code = code
    this.params = params
  }

  get status(): number {
    return FAULTS[this.code]
  }
}
