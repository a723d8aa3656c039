import { Tooltip } from '@mantine/core'
import { useId } from 'react'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'
import { type Move } from './map-data.ts'
import { type Box, type Ribbon, ribbons } from './ribbons.ts'
import { stageColor } from './stage-look.tsx'
import styles from './stage-map.module.css'

type Stage = ModelView['stages'][number]

/** Drawn for the eye; the table of moves says the same in words. */
export function Ribbons({ boxes, moves, names }: { boxes: Box[]; moves: Move[]; names: Map<string, Stage> }) {
  const id = useId()
  const drawn = ribbons(boxes, moves)
  const most = Math.max(1, ...drawn.map(ribbon => ribbon.count))
  const color = (stage: string | null) =>
    stage === null ? 'var(--mantine-color-dimmed)' : stageColor(names.get(stage)?.super ?? null)

  return (
    <svg className={styles.ribbons} aria-hidden="true" focusable="false">
      {/* Wide ones first, so that a narrow one is never hidden below. */}
      {drawn
        .toSorted((a, b) => b.width - a.width)
        .map(ribbon => (
          <g key={ribbon.key} className={styles.group}>
            <Gradient id={`${id}${ribbon.key}`} ribbon={ribbon} from={color(ribbon.from)} to={color(ribbon.to)} />
            <path
              className={styles.ribbon}
              d={ribbon.path}
              stroke={`url(#${CSS.escape(`${id}${ribbon.key}`)})`}
              strokeWidth={ribbon.width}
            />
            <path d={ribbon.head} style={{ fill: color(ribbon.to) }} />
            <Tooltip.Floating label={sentence(ribbon, names)}>
              <path className={styles.hit} d={ribbon.path} strokeWidth={Math.max(14, ribbon.width)} pointerEvents="stroke" />
            </Tooltip.Floating>
            {(ribbon.count >= most * 0.04 || drawn.length < 8) && (
              <text className={styles.count} x={ribbon.label.x} y={ribbon.label.y}>
                {ribbon.isNarrow ? format.compact(ribbon.count) : format.brief(ribbon.count)}
              </text>
            )}
          </g>
        ))}
    </svg>
  )
}

function Gradient({ id, ribbon, from, to }: { id: string; ribbon: Ribbon; from: string; to: string }) {
  const { start, end } = ribbon
  // A line without any width has no gradient: half a pixel is enough.
  return (
    <linearGradient id={id} gradientUnits="userSpaceOnUse" x1={start.x} y1={start.y} x2={end.x + 0.5} y2={end.y + 0.5}>
      <stop offset="0" style={{ stopColor: from }} />
      <stop offset="1" style={{ stopColor: to }} />
    </linearGradient>
  )
}

function sentence({ from, to, count }: Ribbon, names: Map<string, Stage>): string {
  const name = (id: string | null) => (id === null ? '' : (names.get(id)?.name ?? id))
  return from === null
    ? t('lifecycle-ui:move.new', { count, to: name(to) })
    : t('lifecycle-ui:move.sentence', { count, from: name(from), to: name(to) })
}
