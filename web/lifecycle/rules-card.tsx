import { Badge, Group, Text } from '@mantine/core'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import styles from './rules-card.module.css'
import { StageGlyph } from './stage-look.tsx'

/** The model read aloud: what puts a customer into which stage, and with which numbers. */
export function RulesCard({ model }: { model: ModelView }) {
  return (
    <Card title={t('lifecycle-ui:rules.title', { model: model.name })} text={model.description}>
      <Rules stages={model.stages} parameters={model.parameters} />
      <Text size="xs" c="dimmed" mt="md">
        {t('lifecycle-ui:rules.version', { version: model.version })}
      </Text>
    </Card>
  )
}

/** What puts a customer into which stage, and with which numbers. */
export function Rules({ stages, parameters }: Pick<ModelView, 'stages' | 'parameters'>) {
  return (
    <>
      <dl className={styles.rules}>
        {stages.map(stage => (
          <div key={stage.id} className={styles.rule}>
            <dt>
              <StageGlyph stage={stage.super} size={20} />
              {stage.name}
            </dt>
            <dd>{format.sentence(stage.rule)}</dd>
          </div>
        ))}
      </dl>
      {parameters.length > 0 && (
        <Group gap={8} mt="md">
          {parameters.map(parameter => (
            <Badge key={parameter.id} variant="default" size="lg" fw={400}>
              {parameter.name}:{' '}
              <b>{t(`lifecycle-ui:unit.${parameter.unit}`, { count: parameter.value, value: format.number(parameter.value) })}</b>
            </Badge>
          ))}
        </Group>
      )}
    </>
  )
}
