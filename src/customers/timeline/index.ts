import { eventsBefore, groupsOf, historiesOf, type Only, sourceNames, undoneSources } from '../../events/index.ts'
import { type History } from '../../platform/clickhouse.ts'
import { Fault } from '../../platform/fault.ts'
import { cursorTo, keysOf } from '../../platform/http/index.ts'
import { t } from '../../platform/messages.ts'
import { type Db } from '../../platform/postgres.ts'
import { type EventDetail, type TimelineKind, type TimelinePage, type ToldTraits } from '../contract.ts'
import { type Lens } from '../lens.ts'
import { notesAbout } from '../notes/store.ts'
import { isPersonal, type Sight } from '../sight.ts'
import { records } from '../store.ts'
import { itemOf, itemOfMove, itemOfNote, timelinePage } from '../view.ts'
import { namesOf } from './kinds.ts'
import { lastTold, lines } from './told.ts'

export type TimelineDeps = { db: Db; history: History; lens: Lens }
/** What of a customer's timeline is wanted. `text` is looked for in names and order numbers, and, where one may see it, in what events say. */
export type Wanted = { kind: TimelineKind | null; text: string; cursor: string | undefined }

const PAGE = 50
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const personasOf = async (db: Db, id: number) => [id, ...((await groupsOf(db, [id])).get(id) ?? [])]
const seesContent = (sight: Sight) => sight.contact && sight.money

/** A page of everything that happened to a customer, newest first. `mayRead`: whether whoever asks may read notes. */
export async function timelineOf(
  { db, history, lens }: TimelineDeps,
  id: number,
  { kind, text, cursor }: Wanted,
  sight: Sight,
  mayRead: boolean,
): Promise<TimelinePage> {
  const before = placeIn(cursor)
  const only = onlyOf(kind, text, sight)
  const personas = await personasOf(db, id)
  const [undone, moves, notes] = await Promise.all([
    undoneSources(db),
    kind === null || kind === 'move' ? lens.moves(id) : [],
    mayRead && (kind === null || kind === 'note') ? notesAbout(db, personas) : [],
  ])
  const events = only === null ? [] : await eventsBefore(history, personas, before, PAGE, undone, only)
  const names = await sourceNames(db, [...new Set(events.map(event => event.sourceId))])
  const last = events.length === PAGE ? events.at(-1) : undefined
  const items = events.map(event => itemOf(event, names.get(event.sourceId) ?? null, sight))
  const has = (...words: (string | null)[]) => words.some(word => word?.toLowerCase().includes(text.toLowerCase()))
  const others = [
    ...moves.filter(move => has(move.from, move.to)).map(itemOfMove),
    ...notes.filter(note => has(note.text, note.author)).map(itemOfNote),
  ]
  return {
    items: timelinePage(items, others, before?.at ?? null, last === undefined),
    next: last === undefined ? null : cursorTo(last.at, last.id),
  }
}

function placeIn(cursor: string | undefined): { at: number; id: string } | null {
  const keys = keysOf(cursor, 2)
  if (keys === null) return null
  const [at, id] = keys
  if (typeof at === 'number' && Number.isSafeInteger(at) && typeof id === 'string' && UUID.test(id)) return { at, id }
  throw new Fault('request.invalid', { detail: 'cursor: not one that a list of this kind has given' })
}

function onlyOf(kind: TimelineKind | null, text: string, sight: Sight): Only | null {
  const names = namesOf(kind)
  return names && { ...names, text, isInContent: seesContent(sight) }
}

/** One event of a customer as it was told. What events say may name anybody and any amount, so it is for those who see both. */
export async function eventOf({ db, history }: TimelineDeps, id: number, eventId: string, sight: Sight): Promise<EventDetail> {
  if (!seesContent(sight)) throw new Fault('access.forbidden')
  const [undone, personas] = await Promise.all([undoneSources(db), personasOf(db, id)])
  const [event] = UUID.test(eventId)
    ? await eventsBefore(history, personas, null, 1, undone, { like: '', unlike: '', text: '', isInContent: false, id: eventId })
    : []
  if (event === undefined) throw new Fault('customer.event_not_found')
  const names = await sourceNames(db, [event.sourceId])
  return {
    id: event.id,
    name: event.name,
    at: new Date(event.at).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
    source: names.get(event.sourceId) ?? null,
    properties: lines(event.properties),
    traits: lines(event.traits),
  }
}

/** Each trait of a customer with when and by whom it was last told, by the whole history. */
export async function traitsOf({ db, history }: TimelineDeps, id: number, sight: Sight): Promise<ToldTraits['items']> {
  const [rows, histories] = await Promise.all([records(db, [id]), historiesOf(db, history, [id])])
  const told = lastTold(histories.get(id) ?? [])
  const names = await sourceNames(db, [...new Set([...told.values()].map(one => one.sourceId))])
  return Object.entries(rows.get(id)?.traits ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      const by = told.get(name)
      const isHidden = !sight.contact && isPersonal(name)
      return {
        name,
        value: isHidden ? t('customers:hidden') : String(value),
        at: by === undefined ? null : new Date(by.at).toISOString(),
        source: by === undefined ? null : (names.get(by.sourceId) ?? null),
        isHidden,
      }
    })
}
