/** Why an event could not be used. Each has its sentence in messages/en/tracking.json under `reason.<code>`. */
export const REASONS = [
  'not_an_object',
  'no_type',
  'no_name',
  'no_identity',
  'placeholder_id',
  'bad_id',
  'unusable_text',
  'unusable_number',
  'unusable_key',
  'too_deep',
  'too_large',
  'batch_too_large',
  'batch_too_long',
  'bad_time',
  'time_too_early',
  'time_in_future',
  'no_order',
  'no_group',
  'bad_amount',
  'bad_currency',
  'refused_by_store',
] as const
export type Reason = (typeof REASONS)[number]

/** Trouble with one event. `field` is where, when that is one place. */
export type Trouble = { reason: Reason; field?: string }

export const isTrouble = (value: object): value is Trouble => 'reason' in value
