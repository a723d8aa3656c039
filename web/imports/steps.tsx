import { Box } from '@mantine/core'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { IconCheck } from '../app/icons.ts'
import { t } from '../app/words.ts'
import styles from './steps.module.css'

const NAMES = ['step.read', 'step.check', 'step.import'] as const

function reached(state: ImportView['state']): number {
  if (state === 'draft') return 0
  if (state === 'checking' || state === 'checked') return 1
  return state === 'done' || state === 'undone' || state === 'undoing' ? 3 : 2
}

/** Where one stands: reading, trying, doing. */
export function Steps({ state }: Pick<ImportView, 'state'>) {
  const now = reached(state)
  return (
    <Box component="ol" className={styles.steps} aria-label={t('import-ui:steps')}>
      {NAMES.map((name, i) => (
        <li
          key={name}
          data-done={i < now || undefined}
          data-now={i === now || undefined}
          aria-current={i === now ? 'step' : undefined}
        >
          <span className={styles.dot}>{i < now ? <IconCheck size={14} stroke={2.4} /> : i + 1}</span>
          {t(`import-ui:${name}`)}
        </li>
      ))}
    </Box>
  )
}
