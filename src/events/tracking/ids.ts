import { type Limits } from './limits.ts'
import { type Trouble } from './reasons.ts'
import { type Bag } from './values.ts'

/** What programs write where they meant an id and had none. Taken for one, all of these people would become one customer. */
const PLACEHOLDERS = new Set([
  ...['null', 'undefined', 'nil', 'none', 'nan', 'void', 'true', 'false', '0', '[object object]', 'unknown', 'n/a', 'not set'],
  ...['id', 'email', 'user_id', 'userid', 'anonymous_id', 'anonymousid', 'distinct_id', 'distinctid', 'external_id'],
  ...['guest', 'anonymous', 'not_authenticated', 'not_set', '(not set)'],
])
/** A template that nobody filled in: {{id}}, ${id}, <%= id %>, %%id%%, *|ID|*, [[id]]. */
const TEMPLATE = /^\s*(\{\{.*\}\}|\{%.*%\}|\$\{.*\}|<%.*%>|%%.*%%|\*\|.*\|\*|\[\[.*\]\]|\{[a-z_. ]+\})\s*$/is

export const isPlaceholder = (text: string): boolean => PLACEHOLDERS.has(text.toLowerCase()) || TEMPLATE.test(text)

/** An id of an event: null when none was given (SDKs say null or '' before anybody is known), else the id or why it is none. */
export function idIn(event: Bag, field: string, { idCharsMax }: Pick<Limits, 'idCharsMax'>): string | null | Trouble {
  const given = event[field]
  if (given === undefined || given === null) return null
  if (typeof given !== 'string' && !Number.isSafeInteger(given)) return { reason: 'bad_id', field }
  const id = String(given).trim()
  if (id === '') return null
  if (isPlaceholder(id)) return { reason: 'placeholder_id', field }
  return id.length > idCharsMax ? { reason: 'bad_id', field } : id
}
