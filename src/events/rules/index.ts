import { type Act, audit } from '../../access/index.ts'
import { type Clock } from '../../platform/clock.ts'
import { Fault } from '../../platform/fault.ts'
import { type Db } from '../../platform/postgres.ts'
import { type Vault } from '../../platform/vault.ts'
import { personalProperties } from '../catalogue/store.ts'
import { type Envelope } from '../contract.ts'
import { accept } from '../index.ts'
import { addAtDoor } from '../sources/store.ts'
import { type NewRule, RULES_MAX, type RuleView, type Suggestion } from './contract.ts'
import { applyToEnvelope, type Compiled, compiled, type Rule, type Tools } from './rules.ts'
import * as store from './store.ts'
import { suggestionsFrom } from './suggest.ts'

export { addHits } from './store.ts'

/** How old the rules may be that a door goes by: a change is in force everywhere after so long. */
const FRESH_MS = 2_000

/** The rules in force, as a door applies them. */
export type InForce = { compiled: Compiled; tools: Tools; list: readonly Rule[]; blockedHits: ReadonlyMap<string, number> }

/** The rules of an installation as this process knows them. Without a database nobody knows them, and nothing comes in. */
export class Rulebook {
  readonly #db: Db
  readonly #clock: Clock
  readonly #tools: Tools
  #known: { at: number; inForce: Promise<InForce> } | null = null
  #made: { of: string; compiled: Compiled } | null = null

  constructor(db: Db, clock: Clock, vault: Pick<Vault, 'hash'>) {
    this.#db = db
    this.#clock = clock
    this.#tools = { hash: text => vault.hash(text, 'property') }
  }

  current(): Promise<InForce> {
    const now = this.#clock.now()
    if (this.#known !== null && Math.abs(now - this.#known.at) < FRESH_MS) return this.#known.inForce
    const inForce = this.#read()
    const known = { at: now, inForce }
    this.#known = known
    inForce.catch(() => {
      if (this.#known === known) this.#known = null
    })
    return inForce
  }

  /** As they are this moment, with their counts: for people, who have just seen something happen. */
  now(): Promise<InForce> {
    return this.#read()
  }

  /** Rules were changed in this process: the next to ask gets the new ones. */
  forget(): void {
    this.#known = null
  }

  async #read(): Promise<InForce> {
    const rows = await store.all(this.#db)
    const list = rows.map(({ id, event, path, action }) => ({ id, event, path, action }))
    const of = JSON.stringify(list)
    if (this.#made?.of !== of) this.#made = { of, compiled: compiled(list) }
    const blocked = rows.filter(row => row.action === 'block')
    return {
      compiled: this.#made.compiled,
      tools: this.#tools,
      list,
      blockedHits: new Map(blocked.map(row => [row.event ?? '', row.hits])),
    }
  }

  /** What a front door with envelopes of its own (files, shops) may hand in, and how many a rule refused, by rule. `null` as key: nobody was left whom it is about. */
  async pass(envelopes: readonly Envelope[]): Promise<{ envelopes: Envelope[]; refused: Map<number | null, number> }> {
    const { compiled, tools } = await this.current()
    const refused = new Map<number | null, number>()
    const refuse = (by: number | null) => refused.set(by, (refused.get(by) ?? 0) + 1)
    const kept = envelopes.flatMap(envelope => {
      const ruled = applyToEnvelope(compiled, envelope, tools)
      if ('blockedBy' in ruled) refuse(ruled.blockedBy)
      else if (ruled.event === null) refuse(null)
      else return [ruled.event]
      return []
    })
    return { envelopes: kept, refused }
  }
}

/**
 * Takes in what files and shops say, as the rules let it. Answers how many envelopes they left.
 * An envelope that a rule leaves without anybody it could be about counts as blocked.
 */
export async function acceptByRules(
  tx: Db,
  rulebook: Pick<Rulebook, 'pass'>,
  sourceId: number,
  envelopes: readonly Envelope[],
  receivedAt: number,
): Promise<number> {
  const { envelopes: passed, refused } = await rulebook.pass(envelopes)
  await accept(tx, sourceId, passed, receivedAt)
  if (refused.size > 0) {
    await addAtDoor(tx, [{ sourceId, quarantined: 0, blocked: envelopes.length - passed.length, at: receivedAt }])
    await store.addHits(
      tx,
      [...refused].flatMap(([id, n]) => (id === null ? [] : [{ id, n, at: receivedAt }])),
    )
  }
  return passed.length
}

export const rules = async (db: Db): Promise<RuleView[]> => (await store.all(db)).map(viewOf)

/** Makes a rule, in place of the one for the same event and path. What is in the log already stays as it is. */
export async function putRule(db: Db, rulebook: Rulebook, wanted: NewRule, act: Act): Promise<RuleView> {
  const row = await db.transaction().execute(async tx => {
    const before = await store.sameAs(tx, wanted)
    if (before === undefined && (await store.all(tx)).length >= RULES_MAX)
      throw new Fault('data.too_many_rules', { max: RULES_MAX })
    const row = await store.put(tx, wanted, act.who.label, new Date(act.at))
    if (before?.action !== wanted.action)
      await audit(tx, act, 'data.rule_made', subjectOf(wanted), { ...wanted, ...(before && { before: before.action }) })
    return row
  })
  rulebook.forget()
  return viewOf(row)
}

/** Ends a rule: from now on such values come in as they are. `data.rule_not_found` when there is none. */
export async function removeRule(db: Db, rulebook: Rulebook, id: number, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    const row = await store.held(tx, id)
    if (row === undefined) throw new Fault('data.rule_not_found', { id })
    await store.remove(tx, id)
    const { event, path, action, hits } = row
    await audit(tx, act, 'data.rule_removed', subjectOf({ event, path }), { event, path, action, ...(hits > 0 && { hits }) })
  })
  rulebook.forget()
}

/** Rules that would be worth making, from what arrived so far. */
export async function suggestions(db: Db, rulebook: Rulebook): Promise<Suggestion[]> {
  const [{ compiled }, dismissed, rows] = await Promise.all([rulebook.current(), store.dismissed(db), personalProperties(db)])
  const sightings = rows.map(({ event, path, property }) => ({
    event,
    path,
    seen: property?.n ?? 0,
    personal: property?.personal ?? {},
    shape: property?.shape ?? '',
  }))
  return suggestionsFrom(sightings, compiled, dismissed)
}

/** Somebody has looked: no rule is needed there. Safe to repeat. */
export async function dismissSuggestion(db: Db, events: readonly string[], path: string, act: Act): Promise<void> {
  await db.transaction().execute(async tx => {
    await store.dismiss(tx, events, path)
    await audit(tx, act, 'data.suggestion_dismissed', path, { events })
  })
}

const subjectOf = ({ event, path }: { event: string | null; path: string | null }): string =>
  [event, path].filter(part => part !== null).join(': ')

const viewOf = (row: store.RuleRow): RuleView => ({
  id: String(row.id),
  event: row.event,
  path: row.path,
  action: row.action,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  hits: row.hits,
  lastHitAt: row.last_hit_at?.toISOString() ?? null,
})
