import { Text } from '@mantine/core'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { type Day } from '../app/days.ts'
import { t } from '../app/words.ts'
import { type StageMapData } from './map-data.ts'
import { type Box } from './ribbons.ts'
import { Ribbons } from './ribbons.tsx'
import styles from './stage-map.module.css'
import { StageTile } from './stage-tile.tsx'

/** Narrower than this the tiles stand below each other, and the moves are in the table only. */
const RIBBONS_FROM_PX = 900

type Props = {
  model: ModelView
  map: StageMapData
  at: Day
  period: string
  isCompared: boolean
  isPeeking: boolean
  isQuiet: boolean
}

/** The signature view: the growing stages in their order, the fading ones below, and between them everybody who moved. */
export function StageMap({ model, map, at, period, isCompared, isPeeking, isQuiet }: Props) {
  const bed = useRef<HTMLDivElement>(null)
  const { ref, width } = useElementSize<HTMLDivElement>()
  const boxes = useBoxes(bed, width, map)
  const hasRibbons = width >= RIBBONS_FROM_PX
  const names = new Map(model.stages.map(stage => [stage.id, stage]))
  const tile = { at, period, isCompared, isPeeking, model, moves: map.moves }

  return (
    <div
      className={styles.map}
      ref={useMergedRef(ref, bed)}
      data-quiet={isQuiet || undefined}
      data-above={rises(map) || undefined}
      style={{ '--columns': Math.max(3, map.growing.length) } as React.CSSProperties}
    >
      {hasRibbons && !isPeeking && <Ribbons boxes={boxes} moves={map.moves} names={names} />}
      <ol className={styles.growing} aria-label={t('lifecycle-ui:map.growing')}>
        {map.growing.map((stage, column) => (
          <li key={stage.id} data-stage={stage.id} data-row={0} data-column={column}>
            <StageTile stage={stage} {...tile} />
          </li>
        ))}
      </ol>
      <div className={styles.below}>
        <div className={styles.legend}>
          {hasRibbons && (
            <>
              <Text size="sm" fw={600} className="display">
                {t('lifecycle-ui:map.legend.title')}
              </Text>
              <Text size="xs" c="dimmed" mt={4}>
                {t('lifecycle-ui:map.legend.text')}
              </Text>
            </>
          )}
          {map.unassigned > 0 && (
            <Text size="xs" c="dimmed" mt={8}>
              {t('lifecycle-ui:map.unassigned', { count: map.unassigned })}
            </Text>
          )}
        </div>
        <ol className={styles.fading} aria-label={t('lifecycle-ui:map.fading')}>
          {map.fading.map((stage, column) => (
            <li key={stage.id} data-stage={stage.id} data-row={1} data-column={column}>
              <StageTile stage={stage} {...tile} isWide />
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}

/** Whether a ribbon runs above the first row: new customers, or a way back along it. */
function rises({ growing, moves }: StageMapData): boolean {
  const place = new Map(growing.map((stage, i) => [stage.id, i]))
  return moves.some(({ from, to }) => {
    const start = from === null ? null : place.get(from)
    const end = to === null ? undefined : place.get(to)
    return end !== undefined && start !== undefined && (start === null || end - start !== 1)
  })
}

function useBoxes(bed: RefObject<HTMLDivElement | null>, width: number, map: StageMapData): Box[] {
  const [boxes, measured] = useState<Box[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the width or what stands on the tiles changes
  useLayoutEffect(() => {
    if (!bed.current) return
    const origin = bed.current.getBoundingClientRect()
    measured(
      [...bed.current.querySelectorAll<HTMLElement>('[data-stage]')].map(element => {
        const { left, top, width, height } = element.getBoundingClientRect()
        const { stage = '', row, column } = element.dataset
        return {
          id: stage,
          row: Number(row),
          column: Number(column),
          left: left - origin.left,
          top: top - origin.top,
          width,
          height,
        }
      }),
    )
  }, [width, map])
  return boxes
}
