import { NOTHING, UNCLEAR } from '../orders/index.ts'
import { type CompiledModel, OUT } from './compile.ts'
import { type FactEvent, type FactFold, type Facts } from './facts.ts'

/**
 * Where a customer stands, what that was folded from, and when it changes by itself.
 * `heardUntil` is the last instant at which an event or the clock was folded in; `upcomingAt` that of an event dated later than the fold went.
 */
export type Standing = {
  stage: string
  since: number
  nextChangeAt: number | null
  heardUntil: number
  upcomingAt: number | null
  facts: Facts
}

/** One change of stage: at most one per customer and instant. `to` is never outside; `from` is outside at the first. */
export type Move = { at: number; from: string; to: string; because: 'event' | 'clock'; facts: Facts }

export type Advance = { standing: Standing | null; moves: Move[] }

/** Hears of a move when it happens: stages by their numbers, and the facts that decided it, which change with the next event. */
export type OnMove = (at: number, from: number, to: number, because: Move['because'], facts: FactFold) => void

/**
 * The one fold, walking through one customer's events and the time between them: used live, in explanations and in replays.
 * `begin`, then `hear` every event in the order of `inTime`, then `end`; and again for the next customer. An event makes nothing anew.
 */
export class Walk {
  readonly facts: FactFold
  readonly #model: CompiledModel
  readonly #onMove: OnMove
  #until = 0
  #stage = OUT
  #since = 0
  #next = Number.POSITIVE_INFINITY
  #heardUntil = 0
  #upcomingAt = Number.POSITIVE_INFINITY
  /** The instant whose events are being told, and whether they changed anything; NaN between instants. */
  #now = Number.NaN
  #isChanged = false

  constructor(model: CompiledModel, onMove: OnMove) {
    this.#model = model
    this.#onMove = onMove
    this.facts = model.facts()
  }

  begin(standing: Standing | null, until: number): void {
    this.#until = until
    this.#now = Number.NaN
    if (standing === null) this.facts.clear()
    else {
      this.facts.load(standing.facts)
      this.#model.refresh(this.facts)
    }
    this.#stage = standing === null ? OUT : this.#model.numberOf(standing.stage)
    this.#since = standing?.since ?? 0
    this.#next = standing?.nextChangeAt ?? Number.POSITIVE_INFINITY
    this.#heardUntil = standing?.heardUntil ?? 0
    this.#upcomingAt = standing?.upcomingAt ?? Number.POSITIVE_INFINITY
  }

  /** False: the event cannot be understood from the standing alone. Nothing that this walk says is to be used then. */
  hear(event: FactEvent): boolean {
    const { at } = event
    if (at > this.#until) {
      if (at < this.#upcomingAt) this.#upcomingAt = at
      return true
    }
    if (at !== this.#now) {
      this.#settle()
      this.#letTimePass(at - 1)
      this.#now = at
      this.#isChanged = false
    }
    const effect = this.facts.hear(event)
    if (effect !== NOTHING) this.#isChanged = true
    return effect !== UNCLEAR
  }

  /** Lets the rest of the time pass. */
  end(): void {
    this.#settle()
    this.#letTimePass(this.#until)
  }

  /** Where that led; null: there is no such customer. */
  get standing(): Standing | null {
    if (this.#stage === OUT && this.#upcomingAt === Number.POSITIVE_INFINITY) return null
    return {
      stage: this.#model.nameOf(this.#stage),
      since: this.#since,
      nextChangeAt: finite(this.#next),
      heardUntil: this.#heardUntil,
      upcomingAt: finite(this.#upcomingAt),
      facts: this.facts.facts,
    }
  }

  /** All events of one instant are told: where do they lead? Nowhere new, if no condition could tell the difference. */
  #settle(): void {
    const at = this.#now
    if (Number.isNaN(at)) return
    this.#now = Number.NaN
    if (this.#isChanged) this.#model.refresh(this.facts)
    if (this.#isChanged || this.#next <= at || this.#model.isAskingBefore || this.#stage === OUT) this.#standAt(at, 'event')
    else this.#heardUntil = at
  }

  #letTimePass(end: number): void {
    while (this.#next <= end) this.#standAt(this.#next, 'clock')
  }

  #standAt(at: number, because: Move['because']): void {
    const from = this.#stage
    const to = this.#model.stageAt(this.facts, at, from)
    if (to !== from) {
      this.#stage = to
      this.#since = at
      this.#onMove(at, from, to, because, this.facts)
    }
    this.#next = this.#model.nextChange(this.facts, at, to)
    this.#heardUntil = at
  }
}

const finite = (at: number): number | null => (at === Number.POSITIVE_INFINITY ? null : at)

const walks = new WeakMap<CompiledModel, { walk: Walk; moves: Move[] }>()

/** Walking is never interrupted, so one walk serves all customers of a model. */
function walkOf(model: CompiledModel): { walk: Walk; moves: Move[] } {
  const known = walks.get(model)
  if (known !== undefined) return known
  const moves: Move[] = []
  const walk = new Walk(model, (at, from, to, because, facts) =>
    moves.push({ at, from: model.nameOf(from), to: model.nameOf(to), because, facts: facts.facts }),
  )
  const made = { walk, moves }
  walks.set(model, made)
  return made
}

/**
 * Tells a customer's events, in the order of `inTime`, and the passing of time up to `until`, and says where that leads.
 * It continues from `standing` (null: from nothing). Null instead of an answer: the events cannot be understood from the standing alone
 * (an instant that it has passed already, or another word on an old order); begin again from null with the whole history.
 * Events after `until` have not happened yet: the standing keeps the first of them as `upcomingAt`.
 */
export function advance(
  compiled: CompiledModel,
  standing: Standing | null,
  events: readonly FactEvent[],
  until: number,
): Advance | null {
  const first = events[0]
  if (standing !== null && first !== undefined && first.at <= standing.heardUntil) return null
  if (standing !== null && standing.upcomingAt !== null && standing.upcomingAt <= until) return null
  const { walk, moves } = walkOf(compiled)
  moves.length = 0
  walk.begin(standing, until)
  for (const event of events) if (!walk.hear(event)) return null
  walk.end()
  return { standing: walk.standing, moves: [...moves] }
}

/** When a standing has to be looked at again if nothing is heard. */
export const wakesAt = (standing: Standing): number | null => earliest(standing.nextChangeAt, standing.upcomingAt)

const earliest = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b))
