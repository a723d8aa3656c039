import { Button, Group, Text } from '@mantine/core'
import { t } from '../app/words.ts'
import styles from './companies.module.css'

/** Below a list: how much of it is shown, and the way to more. */
export function Foot({ says, more, isComing }: { says: string; more: (() => void) | null; isComing: boolean }) {
  return (
    <Group justify="space-between" px="md" py="sm" className={styles.foot}>
      <Text size="xs" c="dimmed" className="numbers" aria-live="polite">
        {says}
      </Text>
      {more && (
        <Button size="xs" variant="subtle" loading={isComing} onClick={more}>
          {t('more')}
        </Button>
      )}
    </Group>
  )
}
