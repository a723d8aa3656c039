import { type ModelView, type MovesBetween, type PopulationAt, type SuperStage } from '../../src/lifecycle/contract.ts'
import { isFading } from './stage-look.tsx'

/** A stage with everything that the map says about it. What is undefined is not known yet, or not compared. */
export type StageOnMap = {
  id: string
  name: string
  super: SuperStage
  rule: string
  count: number
  share: number
  entries: number | undefined
  exits: number | undefined
  before: { count: number; entries: number; exits: number } | undefined
}

export type Move = { from: string | null; to: string | null; count: number }

export type StageMapData = {
  total: number
  totalBefore: number | undefined
  unassigned: number
  growing: StageOnMap[]
  fading: StageOnMap[]
  moves: Move[]
}

type Counts = Pick<PopulationAt, 'total' | 'unassigned'> & { stages: { id: string; count: number }[] }

export function mapData(
  model: ModelView,
  population: Counts,
  moves: MovesBetween | undefined,
  earlier: MovesBetween | undefined,
): StageMapData {
  const flow = new Map(moves?.stages.map(stage => [stage.id, stage]))
  const compared = new Map(earlier?.stages.map(stage => [stage.id, stage]))
  const counted = new Map(population.stages.map(stage => [stage.id, stage.count]))
  const stages = model.stages.map(({ id, name, super: superStage, rule }): StageOnMap => {
    const count = counted.get(id) ?? 0
    const then = compared.get(id)
    return {
      id,
      name,
      super: superStage,
      rule,
      count,
      share: population.total ? count / population.total : 0,
      entries: flow.get(id)?.entries,
      exits: flow.get(id)?.exits,
      before: then && { count: then.end, entries: then.entries, exits: then.exits },
    }
  })
  return {
    total: population.total,
    totalBefore: earlier?.stages.reduce((sum, stage) => sum + stage.end, 0),
    unassigned: population.unassigned,
    growing: stages.filter(stage => !isFading(stage.super)),
    fading: stages.filter(stage => isFading(stage.super)),
    moves: moves?.moves.filter(move => move.count > 0) ?? [],
  }
}
