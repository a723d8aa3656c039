import { type LogEvent } from '../events/contract.ts'

export type Traits = LogEvent['traits']

/** Later words replace earlier ones, trait by trait; an empty word replaces nothing. */
export function foldTraits(start: Traits, events: readonly Pick<LogEvent, 'traits'>[]): Traits {
  const traits = { ...start }
  for (const event of events)
    for (const [name, value] of Object.entries(event.traits)) if (value !== null && value !== '') traits[name] = value
  return traits
}

const text = (value: Traits[string] | undefined): string | null =>
  value === undefined || value === null || value === '' ? null : String(value)

/** The name that Segment's reserved traits give: `name`, else first and last name. */
export function nameOf(traits: Traits): string | null {
  const parts = [text(traits.firstName ?? traits.first_name), text(traits.lastName ?? traits.last_name)].filter(
    part => part !== null,
  )
  return text(traits.name) ?? (parts.length > 0 ? parts.join(' ') : null)
}

/** What was told with a secret key or a file; only where that is silent, what a public page claims. */
export const emailOf = (traits: Traits): string | null => text(traits.email) ?? text(traits.claimed_email)
