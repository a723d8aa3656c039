import { ActionIcon, Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useMay } from '../access/session.ts'
import { post } from '../app/ask.ts'
import { IconPlus, IconX } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { BulkDialog } from './bulk-dialog.tsx'
import styles from './customers.module.css'
import { lists, listsOf } from './queries.ts'

/** The lists that somebody put a customer into; nothing where there are none and nobody may add. */
export function ListsOf({ customerId }: { customerId: string }) {
  const mayWrite = useMay()('customers:write')
  const queries = useQueryClient()
  const found = useQuery(listsOf(customerId))
  const [isAdding, add] = useState(false)
  const drop = useMutation({
    mutationFn: (list: string) => post(`/lists/${list}/members`, { op: 'remove', customers: [customerId] }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: lists.queryKey })
      return queries.invalidateQueries({ queryKey: listsOf(customerId).queryKey })
    },
  })
  if (!found.data || (found.data.length === 0 && !mayWrite)) return null
  return (
    <Card
      title={t('customers-ui:lists.of')}
      actions={
        mayWrite && (
          <Button size="xs" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => add(true)}>
            {t('customers-ui:lists.put')}
          </Button>
        )
      }
    >
      <Group gap="xs">
        {found.data.map(one => (
          <Group key={one.id} gap={2} wrap="nowrap" className={styles.chip} pl={12} pr={mayWrite ? 4 : 12}>
            <AnchorLink
              to="/customers"
              search={{ where: [{ field: 'list', op: 'in', id: one.id }], view: 'all' }}
              size="sm"
              truncate
            >
              {one.name}
            </AnchorLink>
            {mayWrite && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('customers-ui:lists.out', { name: one.name })}
                onClick={() => drop.mutate(one.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {found.data.length === 0 && (
          <Text size="sm" c="dimmed">
            –
          </Text>
        )}
      </Group>
      {isAdding && (
        <BulkDialog
          asked="list_add"
          selection={{ ids: [customerId] }}
          number={1}
          isAbout={false}
          columns={[]}
          close={() => add(false)}
        />
      )}
    </Card>
  )
}
