import { Group, ScrollArea, Select, Table, Text } from '@mantine/core'
import { useMemo } from 'react'
import { type ImportView, type Mapping } from '../../src/events/imports/contract.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { fieldChoices, kindOf, meaningOf, NOT_USED, TRAIT, traitOf, withMeaning } from './fields.ts'

/** What each column means, with what stands in it. */
export function Columns({ one, change }: { one: ImportView; change: (mapping: Mapping) => void }) {
  const kind = kindOf(one)
  const choices = useMemo(() => fieldChoices(kind), [kind])
  const used = Object.keys(one.mapping.columns).length + (one.mapping.traits?.length ?? 0)
  return (
    <Card title={t('import-ui:columns.title')} text={t('import-ui:columns.text', { used, count: one.columns.length })}>
      <ScrollArea.Autosize
        mah={560}
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('import-ui:columns.title') }}
      >
        <Table verticalSpacing={7} fz="sm" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('import-ui:columns.column')}</Table.Th>
              <Table.Th miw={210}>{t('import-ui:columns.meaning')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('import-ui:columns.samples')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {one.columns.map((column, i) => {
              const meaning = meaningOf(one.mapping, i)
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <Table.Tr key={i} style={meaning ? { boxShadow: 'inset 3px 0 0 var(--stage-conversion)' } : undefined}>
                  <Table.Td fw={meaning ? 600 : 400}>{column.name}</Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      data={choices}
                      value={meaning ?? NOT_USED}
                      onChange={value => value && change(withMeaning(one.mapping, i, value, column.name))}
                      aria-label={t('import-ui:columns.meaningOf', { column: column.name })}
                      maxDropdownHeight={320}
                      comboboxProps={{ withinPortal: true }}
                    />
                    {meaning === TRAIT && (
                      <Text size="xs" c="dimmed" mt={2}>
                        {t('import-ui:columns.asTrait', { name: traitOf(one.mapping, i)?.name ?? '' })}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td visibleFrom="sm" maw={420}>
                    <Group gap={6} wrap="nowrap" style={{ overflow: 'hidden' }}>
                      <Text size="xs" c="dimmed" truncate className="numbers">
                        {column.samples.filter(Boolean).join('  ·  ') || t('import-ui:columns.empty')}
                      </Text>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Card>
  )
}
