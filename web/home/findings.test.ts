import { expect, test } from 'vitest'
import { type ModelView, type MovesBetween } from '../../src/lifecycle/contract.ts'
import { mapData } from '../lifecycle/map-data.ts'
import { findings } from './findings.ts'

const stage = (id: string, superStage: ModelView['stages'][number]['super']) => ({ id, name: id, super: superStage, rule: '' })
const model: ModelView = {
  id: 'm',
  name: 'Model',
  description: '',
  version: 1,
  isPrimary: true,
  span: null,
  parameters: [],
  stages: [stage('new', 'conversion'), stage('regular', 'retention'), stage('late', 'at_risk')],
}
const flows = (moves: MovesBetween['moves'], ends: Record<string, number>): MovesBetween => ({
  from: '',
  to: '',
  model: 'm',
  version: 1,
  moves,
  stages: model.stages.map(({ id }) => ({ id, start: 0, entries: 0, exits: 0, end: ends[id] ?? 0 })),
})
const population = (counts: Record<string, number>) => ({
  total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  unassigned: 0,
  stages: model.stages.map(({ id }) => ({ id, count: counts[id] ?? 0 })),
})

test('says who came, who fades, who came back, and what changed most', () => {
  const now = { new: 10, regular: 40, late: 5 }
  const moves = flows(
    [
      { from: null, to: 'new', count: 12 },
      { from: 'regular', to: 'late', count: 7 },
      { from: 'late', to: 'regular', count: 3 },
    ],
    now,
  )
  const found = findings(mapData(model, population(now), moves, flows([], { new: 9, regular: 10, late: 2 })))
  expect(found.map(({ kind, count, before }) => [kind, count, before])).toEqual([
    ['newcomers', 12, null],
    ['fading', 7, null],
    ['back', 3, null],
    ['grew', 40, 10],
  ])
})

test('without moves and without a comparison it says that nobody moved', () => {
  expect(findings(mapData(model, population({ new: 1 }), flows([], {}), undefined))).toMatchObject([{ kind: 'quiet' }])
})
