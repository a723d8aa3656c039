import { ActionIcon, Divider, Group, List, Popover, Stack, Text } from '@mantine/core'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay } from '../access/session.ts'
import { type Day } from '../app/days.ts'
import { Defined } from '../app/defined.tsx'
import { Delta } from '../app/delta.tsx'
import * as format from '../app/format.ts'
import { IconDots } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { type Move, type StageOnMap } from './map-data.ts'
import { StageCustomers } from './stage-customers.tsx'
import { isFading, StageGlyph, stageColor } from './stage-look.tsx'
import styles from './stage-map.module.css'

type Props = {
  stage: StageOnMap
  model: ModelView
  moves: Move[]
  at: Day
  period: string
  isCompared: boolean
  isPeeking: boolean
  isWide?: boolean
}

export function StageTile({ stage, model, moves, at, period, isCompared, isPeeking }: Props) {
  const good = isFading(stage.super) ? 'down' : 'up'
  return (
    <article
      className={styles.tile}
      style={{ '--stage': stageColor(stage.super) } as React.CSSProperties}
      data-none={stage.count === 0 || undefined}
      aria-label={stage.name}
    >
      <Group gap={7} wrap="nowrap" align="center" mb={8}>
        <StageGlyph stage={stage.super} />
        <StageCustomers
          stage={stage.id}
          model={model}
          at={at}
          className={styles.open}
          label={t('lifecycle-ui:tile.open', { stage: stage.name, count: stage.count, day: format.day(at) })}
        >
          {stage.name}
        </StageCustomers>
        <About stage={stage} model={model} moves={moves} at={at} period={period} />
      </Group>
      <Group gap={8} align="baseline" wrap="wrap">
        <span className={styles.count_big}>{format.number(stage.count)}</span>
        <Text span size="sm" c="dimmed" className="numbers">
          {format.percent(stage.share)}
        </Text>
      </Group>
      {isCompared && (
        <div className={styles.delta}>
          {isPeeking ? null : <Delta now={stage.count} before={stage.before?.count} good={good} className={styles.above ?? ''} />}
        </div>
      )}
      <div className={styles.bar} aria-hidden="true">
        <span style={{ width: `${stage.share * 100}%` }} />
      </div>
      <div className={styles.flows}>
        {(['entries', 'exits'] as const).map(flow => (
          <span key={flow} className={styles.above}>
            <b>{stage[flow] === undefined || isPeeking ? '–' : format.number(stage[flow])}</b>{' '}
            <Defined
              term={t(`lifecycle-ui:tile.${flow}`)}
              about={stage.name}
              means={t(`lifecycle-ui:define.${flow}`)}
              formula={t(`lifecycle-ui:define.${flow}.formula`)}
              period={period}
            />
          </span>
        ))}
      </div>
    </article>
  )
}

/** The rule in words, the parameters that are in force, and the balance that must hold. */
function About({ stage, model, moves, at, period }: Pick<Props, 'stage' | 'model' | 'moves' | 'at' | 'period'>) {
  const name = (id: string | null) =>
    id === null ? t('lifecycle-ui:outside') : (model.stages.find(one => one.id === id)?.name ?? id)
  const most = (list: Move[]) => list.toSorted((a, b) => b.count - a.count).slice(0, 4)
  const may = useMay()
  const came = most(moves.filter(move => move.to === stage.id))
  const went = most(moves.filter(move => move.from === stage.id))
  const start = stage.entries === undefined || stage.exits === undefined ? undefined : stage.count - stage.entries + stage.exits
  return (
    <Popover width={340} position="bottom-end">
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          className={`${styles.above} ${styles.about}`}
          aria-label={t('lifecycle-ui:tile.about', { stage: stage.name })}
        >
          <IconDots size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={9}>
          <Text fw={600}>{stage.name}</Text>
          <Text size="sm">{format.sentence(stage.rule)}</Text>
          <Divider />
          {start !== undefined && (
            <Text size="xs" c="dimmed" className="numbers">
              {t('lifecycle-ui:tile.balance', {
                start: format.number(start),
                entries: format.number(stage.entries ?? 0),
                exits: format.number(stage.exits ?? 0),
                end: format.number(stage.count),
                period,
              })}
            </Text>
          )}
          {came.length > 0 && (
            <div>
              <Text size="xs" c="dimmed">
                {t('lifecycle-ui:tile.came')}
              </Text>
              <List size="sm" listStyleType="none">
                {came.map(move => (
                  <List.Item key={move.from ?? ''}>
                    <b className="numbers">{format.number(move.count)}</b> {name(move.from)}
                  </List.Item>
                ))}
              </List>
            </div>
          )}
          {went.length > 0 && (
            <div>
              <Text size="xs" c="dimmed">
                {t('lifecycle-ui:tile.went')}
              </Text>
              <List size="sm" listStyleType="none">
                {went.map(move => (
                  <List.Item key={move.to ?? ''}>
                    <b className="numbers">{format.number(move.count)}</b> {name(move.to)}
                  </List.Item>
                ))}
              </List>
            </div>
          )}
          <StageCustomers stage={stage.id} model={model} at={at} className={styles.plain}>
            {may('customers:read') ? t('define.people') : null}
          </StageCustomers>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
