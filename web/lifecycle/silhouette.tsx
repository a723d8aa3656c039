import { type ModelView, type PopulationOver } from '../../src/lifecycle/contract.ts'
import { type Day, daysBetween } from '../app/days.ts'
import { stageColor } from './stage-look.tsx'
import styles from './time-control.module.css'

const HEIGHT = 47

/** The whole history in the height of a thumb: the population by stage, stacked, behind the slider. */
export function Silhouette({
  model,
  history,
  first,
  last,
}: {
  model: ModelView
  history: PopulationOver
  first: Day
  last: Day
}) {
  const days = Math.max(1, daysBetween(first, last))
  const most = Math.max(1, ...history.points.map(point => point.total))
  const points = history.points.map(point => ({
    x: Math.min(1000, Math.max(0, (daysBetween(first, point.day) / days) * 1000)),
    counts: point.counts,
  }))
  const bases = points.map(() => 0)
  const layers = history.stages.map((stage, index) => {
    const below = points.map(({ x }, i) => `${x.toFixed(1)} ${y(bases[i] ?? 0)}`)
    for (const [i, { counts }] of points.entries()) bases[i] = (bases[i] ?? 0) + (counts[index] ?? 0)
    const above = points.map(({ x }, i) => `${x.toFixed(1)} ${y(bases[i] ?? 0)}`)
    return { stage, path: `M${above.join('L')}L${below.reverse().join('L')}Z` }
  })
  function y(count: number) {
    return (HEIGHT - (count / most) * (HEIGHT - 2)).toFixed(1)
  }
  if (points.length < 2) return null
  return (
    <svg
      className={styles.silhouette}
      viewBox={`0 0 1000 ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {layers.map(({ stage, path }) => (
        <path key={stage} d={path} style={{ fill: stageColor(model.stages.find(one => one.id === stage)?.super ?? null) }} />
      ))}
    </svg>
  )
}
