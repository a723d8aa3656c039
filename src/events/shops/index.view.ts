import { pageOf } from '../../platform/http/index.ts'
import { t } from '../../platform/messages.ts'
import { type Delivery, RESULTS, type Result, type ShopKind, type ShopView } from './contract.ts'
import { found, type Shops } from './index.ts'
import { quietness } from './quiet.ts'
import * as store from './store.ts'
import { type Connection } from './store.ts'

const REFUSALS_SINCE_MS = 30 * 86_400_000

/** All connections, as they stand now. `base` is where this server is reached. Nothing is kept for it: it is counted when somebody looks. */
export async function shopViews(shops: Shops, base: string): Promise<ShopView[]> {
  return viewsOf(shops, base, await store.all(shops.db))
}

export async function shopView(shops: Shops, base: string, id: number): Promise<ShopView> {
  const [view] = await viewsOf(shops, base, [await found(store.byId(shops.db, id))])
  if (view === undefined) throw new Error('one connection gives one view')
  return view
}

async function viewsOf({ db, clock, vault }: Shops, base: string, rows: readonly Connection[]): Promise<ShopView[]> {
  const ids = rows.map(row => row.id)
  const now = clock.now()
  const [sums, times, refusals] = await Promise.all([
    store.sums(db, ids),
    store.latestTimes(db, ids),
    store.refusals(db, now - REFUSALS_SINCE_MS),
  ])
  const isLost = (row: Connection) => {
    if (row.secret === null) return false
    try {
      return vault.open(row.secret, row.address) === ''
    } catch {
      return true
    }
  }
  return rows.map(row => {
    const heard = times.get(row.id) ?? []
    const own = sums.filter(one => one.connection_id === row.id)
    const quiet = row.is_on && row.ended_at === null ? quietness(heard, now) : null
    return {
      id: String(row.id),
      kind: row.kind,
      name: row.name,
      address: `${base}/hooks/${row.address}`,
      sourceId: String(row.source_id),
      hasSecret: row.secret !== null,
      isSecretLost: isLost(row),
      proof: row.proof,
      mapping: row.mapping,
      takesTests: row.takes_tests,
      isOn: row.is_on,
      createdAt: row.created_at.toISOString(),
      lastAt: heard.length === 0 ? null : new Date(Math.max(...heard)).toISOString(),
      pingedAt: row.pinged_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      counts: countsOf(own),
      repeated: own.reduce((all, { again }) => all + again, 0),
      refused: refusals
        .filter(one => one.connection_id === row.id)
        .map(({ reason, times: n, last_at }) => ({
          reason,
          why: t(`shops:refused.${reason}`),
          times: n,
          lastAt: last_at.toISOString(),
        })),
      quiet: quiet && { since: new Date(quiet.since).toISOString(), usualMs: quiet.usualMs },
    }
  })
}

const countsOf = (sums: readonly store.Sums[]): ShopView['counts'] =>
  Object.fromEntries(RESULTS.map(result => [result, sums.find(one => one.result === result)?.n ?? 0])) as ShopView['counts']

/** What a connection was sent, newest first, without the contents. */
export async function deliveries(
  { db }: Shops,
  id: number,
  result: Result | null,
  before: number | null,
  limit: number,
): Promise<{ items: Delivery[]; next: string | null }> {
  const { kind } = await found(store.byId(db, id))
  const page = pageOf(await store.page(db, id, result, before, limit + 1), limit, row => [row.id])
  return { items: page.items.map(row => deliveryView(kind, row)), next: page.next }
}

export const deliveryView = (kind: ShopKind, row: store.DeliveryRow): Delivery => ({
  id: String(row.id),
  topic: row.topic === '' ? t(`shops:topic.${kind}`) : row.topic,
  result: row.result,
  reason: row.reason,
  why: row.reason === null ? null : t(`shops:${GROUP[row.result]}.${row.reason}`),
  field: row.field,
  events: row.events,
  times: row.times,
  receivedAt: row.received_at.toISOString(),
  lastAt: row.last_at.toISOString(),
  hasBody: row.has_body,
})

const GROUP: Record<Result, string> = {
  accepted: 'unused',
  not_used: 'unused',
  not_understood: 'unclear',
  test: 'unused',
  waiting: 'unused',
  held: 'unused',
}
