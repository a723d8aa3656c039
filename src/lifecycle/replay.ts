import { ORDER_EVENTS, TRAIT_SET } from '../events/index.ts'
import { refundIdOf } from '../orders/index.ts'
import { type History } from '../platform/clickhouse.ts'
import { NativeReader, type Texts } from '../platform/native.ts'
import { type OnMove, Walk } from './advance.ts'
import { type CompiledModel } from './compile.ts'
import { type FactEvent } from './facts.ts'
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

/**
 * The fold over many customers, read in their order: the same walk as everywhere, told from columns. `isWanted` says whose histories are read
 * (those who were joined are not: what is told of them lies apart); `onEnd` hears of each when their events are told up to `until`.
 * Returns how many events were told.
 */
export async function replay(
  history: History,
  compiled: CompiledModel,
  part: Part,
  until: number,
  isWanted: (customerId: number) => boolean,
  onMove: (customerId: number, ...move: Parameters<OnMove>) => void,
  onEnd: (customerId: number, walk: Walk) => void | Promise<void>,
): Promise<number> {
  let customerId = Number.NaN
  let isHeard = false
  let told = 0
  const walk = new Walk(compiled, (...move) => onMove(customerId, ...move))
  const end = async () => {
    if (!isHeard) return
    walk.end()
    const busy = onEnd(customerId, walk)
    if (busy !== undefined) await busy
  }
  const { sql, params, names } = orderedRead(compiled.model, part)
  const event: FactEvent = {
    id: '',
    name: '',
    at: 0,
    receivedAt: 0,
    orderId: '',
    amount: null,
    currency: '',
    refundId: '',
    identifies: false,
  }
  const reader = new NativeReader()
  for await (const piece of history.stream(sql, params, 'Native')) {
    reader.push(piece)
    for (let block = reader.next(); block !== null; block = reader.next()) {
      if (block.rows === 0) continue
      const [customers, at, codes, identified, orderIds, amounts, currencies, properties] = block.columns as Columns
      for (let i = 0; i < block.rows; i++) {
        const id = customers[i] as number
        if (id !== customerId) {
          await end()
          customerId = id
          isHeard = isWanted(id)
          if (isHeard) walk.begin(null, until)
        }
        if (!isHeard) continue
        const code = codes[i] as number
        event.name = code === 0 ? '' : (names[code - 1] as string)
        event.at = at[i] as number
        event.identifies = identified[i] === 1
        event.orderId = orderIds.isEmpty(i) ? '' : orderIds.text(i)
        const amount = amounts[i] as number
        event.amount = Number.isNaN(amount) ? null : amount
        event.currency = currencies.word(i)
        if (properties.isEmpty(i)) {
          event.refundId = ''
          event.properties = NONE
        } else {
          const said = JSON.parse(properties.text(i)) as Record<string, unknown>
          event.properties = said
          event.refundId = event.name === ORDER_EVENTS.refunded ? refundIdOf(said) : ''
        }
        if (!walk.hear(event)) throw new Error('A whole history is always understood.')
        told++
      }
    }
  }
  await end()
  return told
}

const NONE: Record<string, unknown> = {}
