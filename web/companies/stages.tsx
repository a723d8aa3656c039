import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type CompanyProfile } from '../../src/customers/companies/contract.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { models } from '../lifecycle/queries.ts'
import { StageGlyph, stageColor } from '../lifecycle/stage-look.tsx'
import styles from './companies.module.css'

/** How a company's people are spread over the stages, in the order of the model. */
export function Stages({ stages, people }: { stages: CompanyProfile['stages']; people: number }) {
  const lifecycle = useQuery(models)
  const order = lifecycle.data?.items.find(model => model.isPrimary)?.stages ?? []
  const known = order.flatMap(stage => {
    const count = stages.find(one => one.stage === stage.id)?.people ?? 0
    return count > 0 ? [{ id: stage.id, name: stage.name, look: stage.super, count }] : []
  })
  const others = people - known.reduce((sum, { count }) => sum + count, 0)
  const shown = [
    ...known,
    ...(others > 0 ? [{ id: 'none', name: t('companies-ui:stages.unassigned'), look: null, count: others }] : []),
  ]
  if (!lifecycle.data) return null
  return (
    <Card title={t('companies-ui:stages')}>
      {people === 0 ? (
        <Text size="sm" c="dimmed">
          {t('companies-ui:stages.none')}
        </Text>
      ) : (
        <>
          <div className={styles.bar} aria-hidden>
            {shown.map(({ id, look, count }) => (
              <span key={id} style={{ flex: count, background: stageColor(look) }} />
            ))}
          </div>
          <ul className={styles.legend}>
            {shown.map(({ id, name, look, count }) => (
              <li key={id} className={styles.stage}>
                <StageGlyph stage={look} size={18} />
                <span className="numbers">{t('companies-ui:stages.part', { stage: name, people: format.number(count) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}
