import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { type SavedView, type ViewState, viewState } from './contract.ts'
import { changeView, insertView, keepDefaultToOwner, removeView, setDefault, type ViewRow, viewsFor } from './store.ts'

/** Who asks for views: a colleague, or a program (null), which has none of its own. */
export type Looker = { userId: number | null; isInCharge: boolean }

/** One's own views and those that are shared, by name. */
export const viewsOf = async (db: Db, looker: Looker): Promise<SavedView[]> =>
  (await viewsFor(db, looker.userId, null)).map(row => viewOf(row, looker))

async function existing(db: Db, id: number, looker: Looker): Promise<SavedView> {
  const [row] = await viewsFor(db, looker.userId, id)
  if (row === undefined) throw new Fault('customer.view_not_found')
  return viewOf(row, looker)
}

const viewOf = (row: ViewRow, { userId, isInCharge }: Looker): SavedView => {
  const isOwn = row.user_id === userId
  // What an older program kept and we do not understand any more is left out rather than refused.
  const state = viewState.safeParse(row.state)
  return {
    id: String(row.id),
    name: row.name,
    state: state.success ? state.data : {},
    isShared: row.is_shared,
    isOwn,
    mayChange: isOwn || (row.is_shared && isInCharge),
    isDefault: row.is_default,
    author: row.author,
  }
}

export async function saveView(
  db: Db,
  { name, state, isShared }: { name: string; state: ViewState; isShared: boolean },
  looker: Looker,
  at: number,
): Promise<SavedView> {
  if (looker.userId === null) throw new Fault('access.forbidden')
  return existing(db, await insertView(db, { userId: looker.userId, name, state, isShared, at: new Date(at) }), looker)
}

export async function alterView(
  db: Db,
  id: number,
  change: { name?: string | undefined; state?: ViewState | undefined; isShared?: boolean | undefined },
  looker: Looker,
  at: number,
): Promise<SavedView> {
  if (!(await existing(db, id, looker)).mayChange) throw new Fault('access.forbidden')
  await db.transaction().execute(async tx => {
    await changeView(tx, id, { ...change, at: new Date(at) })
    if (change.isShared === false) await keepDefaultToOwner(tx, id)
  })
  return existing(db, id, looker)
}

export async function forgetView(db: Db, id: number, looker: Looker): Promise<void> {
  if (!(await existing(db, id, looker)).mayChange) throw new Fault('access.forbidden')
  await removeView(db, id)
}

/** With what the list opens for whoever asks. */
export async function openWith(db: Db, id: number | null, looker: Looker): Promise<void> {
  if (looker.userId === null) throw new Fault('access.forbidden')
  if (id !== null) await existing(db, id, looker)
  await setDefault(db, looker.userId, id)
}
