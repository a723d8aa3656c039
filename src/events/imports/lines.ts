import { type OnRecord } from './records.ts'

/** Beyond this a line is not waited for. No event may be a thirtieth as long. */
export const LINE_CHARS_MAX = 1_000_000
const SHOWN_CHARS_MAX = 4_000

/** Cuts text into lines, handed in piece by piece; each is a record of one cell. */
export class LineReader {
  readonly #onRecord: OnRecord
  #rest = ''
  #row = 0
  #isSkipping = false

  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord
  }

  push(text: string): void {
    if (!text.includes('\n')) this.#rest += text
    else {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) this.#line(line)
    }
    if (this.#rest.length <= LINE_CHARS_MAX) return
    if (!this.#isSkipping) this.#tooLong(this.#rest)
    this.#isSkipping = true
    this.#rest = ''
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
  }

  #line(line: string): void {
    if (this.#isSkipping) {
      this.#isSkipping = false
      return
    }
    if (line.length > LINE_CHARS_MAX) this.#tooLong(line)
    else {
      this.#row++
      this.#onRecord([line.trim()], this.#row, null)
    }
  }

  #tooLong(line: string): void {
    this.#row++
    this.#onRecord([line.slice(0, SHOWN_CHARS_MAX)], this.#row, 'too_long')
  }
}

/** By these an event is known. */
const OF_EVENTS = ['type', 'event', 'userId', 'anonymousId', 'messageId']

/** Whether a text holds events, one JSON object a line: the first line is one, whole. */
export function isJsonLines(head: string): boolean {
  const first = head
    .replace(/^\ufeff/, '')
    .split('\n')
    .find(line => line.trim() !== '')
    ?.trim()
  if (!first?.startsWith('{') || !first.endsWith('}')) return false
  try {
    const object = JSON.parse(first) as object
    return OF_EVENTS.some(part => part in object)
  } catch {
    return false
  }
}
