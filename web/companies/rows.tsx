import { Button, Group, Text } from '@mantine/core'
import { type Money } from '../../src/customers/contract.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'
import styles from './companies.module.css'

/** Amounts of several currencies, one below the other and never broken apart. */
export const Amounts = ({ amounts }: { amounts: Money[] }) =>
  amounts.length === 0 ? '–' : amounts.map(one => <span key={one.currency}>{format.money(one)}</span>)

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
