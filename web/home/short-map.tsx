import { Text } from '@mantine/core'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { type Day } from '../app/days.ts'
import { Delta } from '../app/delta.tsx'
import * as format from '../app/format.ts'
import { type StageMapData } from '../lifecycle/map-data.ts'
import { StageCustomers } from '../lifecycle/stage-customers.tsx'
import { isFading, StageGlyph, stageColor } from '../lifecycle/stage-look.tsx'
import styles from './short-map.module.css'

/** The stage map in one line: a bed in which every stage has the width of its customers. */
export function ShortMap({
  data,
  model,
  at,
  isCompared,
}: {
  data: StageMapData
  model: ModelView
  at: Day
  isCompared: boolean
}) {
  const stages = [...data.growing, ...data.fading]
  return (
    <div>
      <div className={styles.bed} aria-hidden="true">
        {stages
          .filter(stage => stage.count > 0)
          .map(stage => (
            <span key={stage.id} style={{ flexGrow: stage.count, background: stageColor(stage.super) }} />
          ))}
      </div>
      <ol className={styles.stages}>
        {stages.map(stage => (
          <li key={stage.id}>
            <StageCustomers stage={stage.id} model={model} at={at} className={styles.stage}>
              <span className={styles.name}>
                <StageGlyph stage={stage.super} size={19} />
                {stage.name}
              </span>
              <span className={styles.count}>{format.number(stage.count)}</span>
              <span className={styles.under}>
                <Text span size="xs" c="dimmed" className="numbers">
                  {format.percent(stage.share)}
                </Text>
                {isCompared && (
                  <Delta now={stage.count} before={stage.before?.count} good={isFading(stage.super) ? 'down' : 'up'} />
                )}
              </span>
            </StageCustomers>
          </li>
        ))}
      </ol>
    </div>
  )
}
