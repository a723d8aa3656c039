import { type LogEvent, type OrderLine } from '../events/contract.ts'
import { type ProductField } from './contract.ts'

/** What was said of one field, and when it was so. */
export type Word = readonly [value: unknown, at: number]
/** Field by field, so that each can have its latest word. */
export type Words = Partial<Record<ProductField, Word>>

/** A field that keeps its value is kept anew with a later time once a day of its events, and not with every event. */
const RETOLD_MS = 86_400_000
const ADDRESS_CHARS_MAX = 2_000

/** What a batch of events says of products, by their numbers: of each field the latest word. */
export function wordsIn(events: Iterable<LogEvent>): Map<string, Words> {
  const said = new Map<string, Words>()
  for (const event of events) {
    if (event.lines.length === 0) continue
    const addresses = addressesIn(event)
    for (const line of event.lines) {
      if (line.sku === undefined) continue
      const words = wordsOf(line, event, addresses.get(line.sku))
      said.set(line.sku, latest(said.get(line.sku) ?? {}, words, 0) ?? said.get(line.sku) ?? {})
    }
  }
  return said
}

type Addresses = { url?: unknown; imageUrl?: unknown }

function wordsOf(line: OrderLine, { at, currency }: LogEvent, addresses: Addresses = {}): Words {
  const words: Words = {}
  for (const field of ['name', 'category', 'brand'] as const) if (line[field] !== undefined) words[field] = [line[field], at]
  // A piece for nothing says what a gift costs, and not the product.
  if (line.price !== undefined && line.price > 0 && currency !== '') words.price = [{ amount: line.price, currency }, at]
  for (const field of ['url', 'imageUrl'] as const) {
    const address = addressIn(addresses[field])
    if (address !== null) words[field] = [address, at]
  }
  return words
}

/** Where the products of an event can be seen, as it says beside their lines. */
function addressesIn({ properties, lines }: LogEvent): Map<string, Addresses> {
  const found = new Map<string, Addresses>()
  const [only, ...others] = lines
  const keep = ({ url, image_url, imageUrl }: Record<string, unknown>, numbers: readonly unknown[]) => {
    if (url === undefined && image_url === undefined && imageUrl === undefined) return
    for (const number of numbers)
      if (typeof number === 'string' || typeof number === 'number')
        found.set(String(number).trim(), { url, imageUrl: image_url ?? imageUrl })
  }
  if (Array.isArray(properties.products)) {
    for (const bag of properties.products as unknown[]) {
      if (typeof bag !== 'object' || bag === null) continue
      const told = bag as Record<string, unknown>
      keep(told, [told.sku, told.product_id, told.productId])
    }
  } else if (only !== undefined && others.length === 0) keep(properties, [only.sku])
  return found
}

/** Only what a browser may be sent to: an address in an event is a stranger's word. */
export function addressIn(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > ADDRESS_CHARS_MAX || !/^https?:\/\//i.test(value.trim())) return null
  return URL.canParse(value.trim()) ? value.trim() : null
}

/** `before` with what is later in `said`; null when that changes nothing worth keeping. Which of the two was heard first plays no part. */
export function latest(before: Words, said: Words, retoldMs = RETOLD_MS): Words | null {
  const words: Words = { ...before }
  let isNew = false
  for (const [field, word] of Object.entries(said) as [ProductField, Word][]) {
    const known = before[field]
    if (known !== undefined && !isLater(word, known, retoldMs)) continue
    words[field] = word
    isNew = true
  }
  return isNew ? words : null
}

function isLater([value, at]: Word, [known, knownAt]: Word, retoldMs: number): boolean {
  const [text, knownText] = [JSON.stringify(value), JSON.stringify(known)]
  if (text === knownText) return at > knownAt + retoldMs
  // Two values at one instant: the one that sorts last, so that it does not matter which came in first.
  return at > knownAt || (at === knownAt && text > knownText)
}
