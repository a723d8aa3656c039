import { type MovesBetween, type PopulationAt, type PopulationOver } from './contract.ts'
import { type Model, OUTSIDE, UNASSIGNED } from './model.ts'

type Flow = { from: string; to: string; before: number; within: number }
type DayFlow = { day: string; from: string; to: string; count: number }

/** Stages as the map shows them. */
export const shownStages = (model: Model): Model['stages'] => [...model.stages].sort((a, b) => a.shown - b.shown)

/** Who stands where after these moves: whoever came, less whoever left. */
function after(moves: Iterable<{ from: string; to: string; count: number }>): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (stage: string, n: number) => stage !== OUTSIDE && counts.set(stage, (counts.get(stage) ?? 0) + n)
  for (const { from, to, count } of moves) {
    add(to, count)
    add(from, -count)
  }
  return counts
}

export function populationOf(model: Model, flows: readonly Flow[], at: number): PopulationAt {
  const counts = after(flows.map(flow => ({ from: flow.from, to: flow.to, count: flow.before })))
  const stages = shownStages(model).map(({ id, name, super: superStage }) => ({
    id,
    name,
    super: superStage,
    count: counts.get(id) ?? 0,
  }))
  const unassigned = counts.get(UNASSIGNED) ?? 0
  const total = stages.reduce((sum, stage) => sum + stage.count, unassigned)
  return { at: new Date(at).toISOString(), model: model.id, version: model.version, total, stages, unassigned }
}

/** `days` ascend; each has the instant at which it ends. Flows dated on or before a day count in it. */
export function populationsOver(
  model: Model,
  by: PopulationOver['by'],
  flows: readonly DayFlow[],
  days: readonly { day: string; at: number }[],
): PopulationOver {
  const stages = shownStages(model).map(stage => stage.id)
  const sorted = [...flows].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
  const running = new Map<string, number>()
  let i = 0
  const points = days.map(({ day, at }) => {
    const upToHere: DayFlow[] = []
    for (let flow = sorted[i]; flow !== undefined && flow.day <= day; flow = sorted[++i]) upToHere.push(flow)
    for (const [stage, n] of after(upToHere)) running.set(stage, (running.get(stage) ?? 0) + n)
    const counts = stages.map(stage => running.get(stage) ?? 0)
    const unassigned = running.get(UNASSIGNED) ?? 0
    return { day, at: new Date(at).toISOString(), counts, unassigned, total: counts.reduce((sum, n) => sum + n, unassigned) }
  })
  return { model: model.id, version: model.version, by, stages, points }
}

/** Moves after `start` and up to `end`, with the balance of every stage: end = start + entries − exits. */
export function movesOver(model: Model, flows: readonly Flow[], start: number, end: number): MovesBetween {
  const standing = after(flows.map(flow => ({ from: flow.from, to: flow.to, count: flow.before })))
  const within = flows.filter(flow => flow.within !== 0)
  const sum = (side: 'from' | 'to', stage: string) =>
    within.filter(flow => flow[side] === stage).reduce((total, flow) => total + flow.within, 0)
  const ids = [...shownStages(model).map(stage => stage.id), UNASSIGNED]
  const named = (stage: string) => (stage === OUTSIDE ? null : stage)
  return {
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    model: model.id,
    version: model.version,
    moves: within.map(flow => ({ from: named(flow.from), to: named(flow.to), count: flow.within })),
    stages: ids.map(id => {
      const [before, entries, exits] = [standing.get(id) ?? 0, sum('to', id), sum('from', id)]
      return { id, start: before, entries, exits, end: before + entries - exits }
    }),
  }
}
