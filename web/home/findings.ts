import { type StageMapData, type StageOnMap } from '../lifecycle/map-data.ts'

/** One sentence about the period. `stage` is where to look; a finding without comparison counts moves only. */
export type Finding = {
  kind: 'newcomers' | 'grew' | 'shrank' | 'fading' | 'back' | 'quiet'
  count: number
  before: number | null
  stage: StageOnMap | null
}

const of = (data: StageMapData, want: (move: { from: string | null; to: string | null }) => boolean) =>
  data.moves.filter(want).reduce((sum, move) => sum + move.count, 0)

/** What is worth saying first: who came, who is fading, who came back, and the stage that changed most. */
export function findings(data: StageMapData): Finding[] {
  const fading = new Set(data.fading.map(stage => stage.id))
  const growing = new Set(data.growing.map(stage => stage.id))
  const found: Finding[] = []
  const newcomers = of(data, move => move.from === null)
  if (newcomers > 0) found.push({ kind: 'newcomers', count: newcomers, before: null, stage: null })
  const lost = of(data, move => move.from !== null && growing.has(move.from) && move.to !== null && fading.has(move.to))
  if (lost > 0) found.push({ kind: 'fading', count: lost, before: null, stage: data.fading[0] ?? null })
  const back = of(data, move => move.from !== null && fading.has(move.from) && move.to !== null && growing.has(move.to))
  if (back > 0) found.push({ kind: 'back', count: back, before: null, stage: null })
  const most = mostChanged([...data.growing, ...data.fading])
  if (most?.before)
    found.push({
      kind: most.count >= most.before.count ? 'grew' : 'shrank',
      count: most.count,
      before: most.before.count,
      stage: most,
    })
  return found.length > 0 ? found : [{ kind: 'quiet', count: 0, before: null, stage: null }]
}

/** By how many customers, not by how many per cent: from 2 to 6 is a large share of nothing. */
function mostChanged(stages: StageOnMap[]): StageOnMap | undefined {
  const changed = stages.filter(stage => stage.before && stage.before.count !== stage.count)
  return changed.toSorted((a, b) => Math.abs(b.count - (b.before?.count ?? 0)) - Math.abs(a.count - (a.before?.count ?? 0)))[0]
}
