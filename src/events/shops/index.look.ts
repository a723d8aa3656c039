import { company } from '../../company/index.ts'
import { Fault } from '../../platform/fault.ts'
import { t } from '../../platform/messages.ts'
import { type Mapping, type OpenDelivery, type Preview, type PreviewEvent, type PreviewWish } from './contract.ts'
import { found, type Shops } from './index.ts'
import { deliveryView } from './index.view.ts'
import { elementsOf, envelopeOf } from './mapped.ts'
import { masked, type Sight } from './masked.ts'
import * as store from './store.ts'
import { parsed } from './understand.ts'
import { type Setting, Unclear } from './words.ts'

/** One delivery with its contents, as far as who asks may see them. */
export async function openedDelivery({ db }: Shops, shopId: number, id: number, sight: Sight): Promise<OpenDelivery> {
  const connection = await found(store.byId(db, shopId))
  const row = await store.one(db, shopId, id)
  if (row === null) throw new Fault('shop.delivery_not_found')
  const { body, isMasked } = shown(row.body, sight)
  return { ...deliveryView(connection.kind, row), body, isMasked }
}

function shown(body: Buffer | null, sight: Sight): { body: string | null; isMasked: boolean } {
  if (body === null) return { body: null, isMasked: false }
  const text = body.toString().toWellFormed()
  if (sight.contact && sight.money) return { body: text, isMasked: false }
  try {
    return { body: JSON.stringify(masked(JSON.parse(text), sight)), isMasked: true }
  } catch {
    // What has no shape that is known cannot be hidden in part.
    return { body: null, isMasked: true }
  }
}

/** More than anybody looks through; the count says how many there are. */
const SHOWN_MAX = 20

/** What a body would become by a mapping, without anything being taken in. */
export async function previewOf({ db, clock }: Shops, wish: PreviewWish, sight: Sight): Promise<Preview> {
  const text = wish.sample ?? (await keptBody(db, wish))
  const setting = { connectionId: 0, receivedAt: clock.now(), currency: (await company(db)).currency, takesTests: true, key: '' }
  try {
    const body = parsed(text)
    const elements = elementsOf(wish.mapping, body)
    const events = elements.slice(0, SHOWN_MAX).map(element => previewEvent(wish.mapping, body, element, setting))
    // One's own sample hides nothing that one has not pasted.
    return { events: wish.sample === undefined ? events.map(event => hidden(event, sight)) : events, total: elements.length }
  } catch (error) {
    if (error instanceof Unclear) return { events: [unclear(error)], total: 1 }
    throw error
  }
}

async function keptBody(db: Shops['db'], { shopId, deliveryId }: PreviewWish): Promise<string> {
  const row = shopId === undefined || deliveryId === undefined ? null : await store.one(db, Number(shopId), Number(deliveryId))
  if (row === null) throw new Fault('shop.delivery_not_found')
  if (row.body === null) throw new Fault('shop.body_forgotten')
  return row.body.toString()
}

const NOTHING: PreviewEvent = {
  name: null,
  at: null,
  identities: [],
  orderId: null,
  amount: null,
  lines: [],
  traits: {},
  properties: {},
  why: null,
  field: null,
}

function previewEvent(mapping: Mapping, body: unknown, element: unknown, setting: Setting): PreviewEvent {
  try {
    const envelope = envelopeOf(mapping, body, element, setting)
    if (envelope === null) return { ...NOTHING, why: t('shops:unused.left_out') }
    const { name, at, identities, orderId, amount, currency, lines = [], traits = {}, properties = {} } = envelope
    return {
      ...NOTHING,
      name,
      at: new Date(at).toISOString(),
      identities,
      orderId: orderId ?? null,
      amount: amount === undefined ? null : { amount, currency: currency ?? setting.currency },
      lines: lines.map(line => ({
        sku: line.sku ?? null,
        name: line.name ?? null,
        quantity: line.quantity,
        price: line.price ?? null,
      })),
      traits,
      properties,
    }
  } catch (error) {
    if (error instanceof Unclear) return unclear(error)
    throw error
  }
}

const unclear = ({ reason, field }: Unclear): PreviewEvent => ({ ...NOTHING, why: t(`shops:unclear.${reason}`), field })

function hidden(event: PreviewEvent, sight: Sight): PreviewEvent {
  const identities = event.identities.map(one =>
    sight.contact || (one.kind !== 'email' && one.kind !== 'phone') ? one : { ...one, value: '•••' },
  )
  return {
    ...event,
    identities,
    amount: sight.money ? event.amount : null,
    lines: sight.money ? event.lines : event.lines.map(line => ({ ...line, price: null })),
    traits: masked(event.traits, sight) as PreviewEvent['traits'],
    properties: masked(event.properties, sight) as PreviewEvent['properties'],
  }
}
