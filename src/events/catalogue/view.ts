import { type Action } from '../rules/contract.ts'
import { shapeOf } from '../rules/personal.ts'
import { actionOn, type Compiled } from '../rules/rules.ts'
import { type EventDetail, type EventView } from './contract.ts'
import { type Properties, type Property } from './properties.ts'

export type Row = {
  id: number
  name: string
  description: string
  owner: string
  is_verified: boolean
  observed: number
  unlisted: number
  properties: Properties
  n: number
  n30: number
  first_at: Date | null
  last_at: Date | null
  source_ids: number[] | null
  day: number[] | null
  day_n: number[] | null
}
export type Seeing = {
  /** Of every blocked name, how often it came all the same. */
  rules: { blockedHits: ReadonlyMap<string, number> }
  sources: ReadonlyMap<number, string>
  now: number
}

export function viewOf(row: Row, { rules, sources, now }: Seeing): EventView {
  const today = Math.floor(now / 86_400_000)
  const days = Array<number>(30).fill(0)
  row.day?.forEach((day, i) => {
    const place = day - today + 29
    if (place >= 0 && place < 30) days[place] = row.day_n?.[i] ?? 0
  })
  const blocked = rules.blockedHits.get(row.name)
  return {
    id: String(row.id),
    name: row.name === '' ? null : row.name,
    description: row.description,
    owner: row.owner,
    isVerified: row.is_verified,
    isBlocked: blocked !== undefined,
    blocked: blocked ?? 0,
    events: row.n,
    events30Days: row.n30,
    days,
    firstAt: row.first_at?.toISOString() ?? null,
    lastAt: row.last_at?.toISOString() ?? null,
    sources: (row.source_ids ?? []).map(id => ({ id: String(id), name: sources.get(id) ?? '' })),
  }
}

export function detailOf(row: Row, seeing: Seeing, rules: Compiled, mayContact: boolean): EventDetail {
  const properties = Object.entries(row.properties)
    .map(([path, property]) => propertyOf(path, property, row.observed, actionOn(rules, row.name, path), mayContact))
    .sort((a, b) => b.share - a.share || (a.path < b.path ? -1 : 1))
  return { ...viewOf(row, seeing), observed: row.observed, unlisted: row.unlisted, properties }
}

function propertyOf(path: string, property: Property, observed: number, action: Action, mayContact: boolean) {
  const known = property.examples ?? []
  const shapes = known.length > 0 ? [...new Set(known.map(shapeOf))] : property.shape === undefined ? [] : [property.shape]
  const isShape = !mayContact || known.length === 0
  return {
    path,
    types: (Object.entries(property.types) as [EventDetail['properties'][number]['types'][number]['type'], number][])
      .map(([type, count]) => ({ type, count }))
      .sort((a, b) => b.count - a.count),
    share: observed === 0 ? 0 : Math.min(1, property.n / observed),
    examples: isShape ? shapes : known,
    isShape,
    personal: Object.keys(property.personal ?? {}) as EventDetail['properties'][number]['personal'],
    action,
  }
}
