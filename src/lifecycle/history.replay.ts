import { ORDER_EVENTS, TRAIT_SET } from '../events/index.ts'
import { refundIdOf } from '../orders/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { NativeReader, type Texts } from '../platform/native.ts'
import { type Move, Walk } from './advance.ts'
import { type CompiledModel } from './compile.ts'
import { type FactEvent, type FactFold } from './facts.ts'
import { type Model } from './model.ts'

const NAMES = [...Object.values(ORDER_EVENTS), TRAIT_SET]

/** Customers after one id and up to another one; without the events of undone sources. */
export type Part = { after: number; upTo: number; undone: readonly number[] }

/** What the fold needs of every event, in the order of customers and time. Names that mean nothing to the model are not told, nor properties. */
export function orderedRead(
  model: Model,
  { after, upTo, undone }: Part,
): { sql: string; params: Record<string, number | readonly (string | number)[]>; names: string[] } {
  const facts = (model.facts ?? []).flatMap(({ of, take }) => (typeof of === 'object' ? [{ of, take }] : []))
  const names = [...new Set([...NAMES, ...facts.flatMap(({ of }) => of.events)])]
  if (names.length > 254) throw new RangeError('A model asks for more events than can be told apart.')
  const asked = facts.filter(({ of, take }) => of.where !== undefined || JSON.stringify(take).includes('"property"'))
  const saying = [ORDER_EVENTS.refunded, ...asked.flatMap(({ of }) => of.events)].map(name => names.indexOf(name) + 1)
  // Of two events at one instant only the latest value of something needs to know which is later.
  const isOrderAsked = facts.some(({ take }) => typeof take === 'object' && 'latest' in take)
  return {
    names,
    sql: `select toFloat64(customer_id), toFloat64(toUnixTimestamp64Milli(event.at)),
        cast(transform(name, {names:Array(String)}, {codes:Array(UInt8)}, toUInt8(0)), 'UInt8') as code, toUInt8(identified),
        if(code between 1 and ${Object.values(ORDER_EVENTS).length}, order_id, ''), ifNull(toFloat64(amount), nan), if(isNull(amount), '', cast(currency, 'String')),
        if(has({saying:Array(UInt8)}, code), properties, '')
      from event where customer_id > {after:UInt64} and customer_id <= {upTo:UInt64}${undone.length === 0 ? '' : ' and not has({undone:Array(UInt32)}, source_id)'}
      order by customer_id, event.at${isOrderAsked ? ', toString(id)' : ''}`,
    params: { names, codes: names.map((_, i) => i + 1), saying, after, upTo, ...(undone.length > 0 && { undone }) },
  }
}

type Columns = [Float64Array, Float64Array, Uint8Array, Uint8Array, Texts, Float64Array, Texts, Texts]

/** What a replay tells as it goes. Nothing of it may be kept beyond the call, except what is made from it. */
export type Audience = {
  /** Whose histories are read. Those who were joined are not: what is told of them lies apart. */
  isWanted: (customerId: number) => boolean
  move: (customerId: number, at: number, from: number, to: number, because: Move['because'], facts: FactFold) => void
  /** All events of a customer are told up to `until`. */
  end: (customerId: number, walk: Walk) => void
  /** After some thousand events: the time to write. */
  pause?: () => Promise<void>
}

/** The fold over many customers, read in their order: the same walk as everywhere, told from columns. Returns how many events were told. */
export async function replay(
  history: History,
  compiled: CompiledModel,
  part: Part,
  until: number,
  audience: Audience,
): Promise<number> {
  const { sql, params, names } = orderedRead(compiled.model, part)
  const teller = new Teller(compiled, names, until, audience)
  const reader = new NativeReader()
  for await (const piece of history.stream(sql, params, 'Native')) {
    reader.push(piece)
    for (let block = reader.next(); block !== null; block = reader.next()) {
      if (block.rows > 0) teller.tell(block.rows, block.columns as Columns)
      await audience.pause?.()
    }
  }
  reader.end()
  teller.end()
  await audience.pause?.()
  return teller.told
}

const NONE: Record<string, unknown> = {}

class Teller {
  told = 0
  readonly #walk: Walk
  readonly #names: readonly string[]
  readonly #until: number
  readonly #audience: Audience
  readonly #event: FactEvent = {
    id: '',
    name: '',
    at: 0,
    receivedAt: 0,
    orderId: '',
    amount: null,
    currency: '',
    refundId: '',
    identifies: false,
    properties: NONE,
  }
  #customerId = -1
  #isHeard = false

  constructor(compiled: CompiledModel, names: readonly string[], until: number, audience: Audience) {
    this.#names = ['', ...names]
    this.#until = until
    this.#audience = audience
    this.#walk = new Walk(compiled, (at, from, to, because, facts) =>
      audience.move(this.#customerId, at, from, to, because, facts),
    )
  }

  tell(rows: number, [customers, at, codes, identified, orderIds, amounts, currencies, properties]: Columns): void {
    const [walk, event, names] = [this.#walk, this.#event, this.#names]
    let [customerId, isHeard] = [this.#customerId, this.#isHeard]
    for (let i = 0; i < rows; i++) {
      const id = customers[i] as number
      if (id !== customerId) {
        this.end()
        customerId = id
        isHeard = this.#begin(id)
      }
      if (!isHeard) continue
      this.told++
      event.name = names[codes[i] as number] as string
      event.at = at[i] as number
      event.identifies = identified[i] === 1
      event.orderId = orderIds.isEmpty(i) ? '' : orderIds.text(i)
      const amount = amounts[i] as number
      event.amount = Number.isNaN(amount) ? null : amount
      event.currency = currencies.word(i)
      if (!properties.isEmpty(i)) this.#say(properties.text(i))
      if (!walk.hear(event)) throw new Error('A whole history is always understood.')
      if (event.properties !== NONE) {
        event.properties = NONE
        event.refundId = ''
      }
    }
  }

  end(): void {
    if (!this.#isHeard) return
    this.#isHeard = false
    this.#walk.end()
    this.#audience.end(this.#customerId, this.#walk)
  }

  #begin(id: number): boolean {
    this.#customerId = id
    this.#isHeard = this.#audience.isWanted(id)
    if (this.#isHeard) this.#walk.begin(null, this.#until)
    return this.#isHeard
  }

  #say(text: string): void {
    const said = JSON.parse(text) as Record<string, unknown>
    this.#event.properties = said
    this.#event.refundId = this.#event.name === ORDER_EVENTS.refunded ? refundIdOf(said) : ''
  }
}
