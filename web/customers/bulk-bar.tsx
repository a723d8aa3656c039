import { Button, Group, Paper, Text } from '@mantine/core'
import { useState } from 'react'
import { type Selection } from '../../src/customers/bulk/contract.ts'
import { type CustomerCount } from '../../src/customers/filters/contract.ts'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconDownload, IconList, IconTag, IconX } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { type Asked, BulkDialog } from './bulk-dialog.tsx'
import styles from './customers.module.css'
import { type CustomersSearch, questionOf } from './list-state.ts'
import { type Picks } from './use-picks.ts'

/** What can be done with those who are picked. */
export function BulkBar({
  picks,
  shown,
  count,
  search,
  columns,
}: {
  picks: Picks
  shown: number
  count: CustomerCount | undefined
  search: CustomersSearch
  columns: readonly string[]
}) {
  const may = useMay()
  const [asked, ask] = useState<Asked | null>(null)
  // Picking all that fit is picking those who fit now; on a past day others did.
  const canPickAll =
    !search.at && !picks.isAll && picks.ids.size === shown && count !== undefined && (!count.isExact || count.count > shown)
  const number = picks.isAll ? (count?.count ?? 0) : picks.ids.size
  const selection: Selection = picks.isAll ? { question: questionOf(search) } : { ids: [...picks.ids] }
  if (!picks.isAll && picks.ids.size === 0) return null
  return (
    <Paper className={styles.bar} shadow="md" withBorder role="toolbar" aria-label={t('customers-ui:pick.bar')}>
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <Text size="sm" fw={600} aria-live="polite" className="numbers">
            {picks.isAll
              ? t('customers-ui:pick.isAll')
              : t('customers-ui:count.picked', { count: number, shown: format.number(number) })}
          </Text>
          {canPickAll && (
            <Button size="xs" variant="subtle" onClick={picks.pickAll}>
              {t(count.isExact ? 'customers-ui:pick.matching' : 'customers-ui:pick.matchingAbout', {
                shown: format.number(count.count),
              })}
            </Button>
          )}
        </Group>
        <Group gap="xs">
          {may('customers:write') && (
            <>
              <Button size="xs" variant="light" leftSection={<IconList size={15} />} onClick={() => ask('list_add')}>
                {t('customers-ui:bulk.list_add')}
              </Button>
              <Button size="xs" variant="light" onClick={() => ask('list_remove')}>
                {t('customers-ui:bulk.list_remove')}
              </Button>
              <Button size="xs" variant="light" leftSection={<IconTag size={15} />} onClick={() => ask('trait')}>
                {t('customers-ui:bulk.trait')}
              </Button>
            </>
          )}
          {may('customers:export') && (
            <Button size="xs" variant="light" leftSection={<IconDownload size={15} />} onClick={() => ask('export')}>
              {t('customers-ui:bulk.export')}
            </Button>
          )}
          <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={15} />} onClick={picks.none}>
            {t('customers-ui:pick.none')}
          </Button>
        </Group>
      </Group>
      {asked && (
        <BulkDialog
          asked={asked}
          selection={selection}
          number={number}
          isAbout={picks.isAll && count !== undefined && !count.isExact}
          columns={columns}
          close={begun => {
            ask(null)
            if (begun) picks.none()
          }}
        />
      )}
    </Paper>
  )
}
