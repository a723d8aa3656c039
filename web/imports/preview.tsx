import { Box, ScrollArea, Table, Text } from '@mantine/core'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { kindOf } from './fields.ts'

/** What is said of rows that are no orders: the names of which any row has a value, or that they are not read yet. Null for orders. */
function namesIn(one: ImportView): string[] | null {
  if (kindOf(one) === 'orders') return null
  const facts = one.preview.flatMap(row => row.facts ?? [])
  return facts.length === 0
    ? [t('import-ui:columns.samples')]
    : [...new Set(facts.filter(({ value }) => value !== '').map(({ name }) => name))]
}

/** The first rows as they would go in, or why they would not. */
export function Preview({ one, isBusy }: { one: ImportView; isBusy: boolean }) {
  const { company } = useSession()
  const isOpen = one.questions.length > 0
  const names = namesIn(one)
  const rejected = one.preview.filter(row => row.reason !== null).length
  return (
    <Card
      title={t('import-ui:preview.title')}
      text={
        isOpen
          ? t('import-ui:preview.waits')
          : rejected > 0
            ? t('import-ui:preview.some', { count: rejected, all: one.preview.length })
            : t('import-ui:preview.text', { count: one.preview.length })
      }
    >
      <ScrollArea.Autosize
        mah={420}
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('import-ui:preview.title') }}
      >
        <Table
          verticalSpacing={6}
          fz="sm"
          className="numbers"
          stickyHeader
          style={{ opacity: isBusy ? 0.6 : 1 }}
          aria-busy={isBusy}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">{t('import-ui:preview.row')}</Table.Th>
              {names ? (
                names.map(name => <Table.Th key={name}>{name}</Table.Th>)
              ) : (
                <>
                  <Table.Th>{t('import-ui:preview.customer')}</Table.Th>
                  <Table.Th>{t('import-ui:preview.order')}</Table.Th>
                  <Table.Th>{t('import-ui:preview.at')}</Table.Th>
                  <Table.Th ta="right">{t('import-ui:preview.amount')}</Table.Th>
                </>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {one.preview.map(row => (
              <Table.Tr key={row.row}>
                <Table.Td ta="right" c="dimmed">
                  {row.row}
                </Table.Td>
                {row.facts && names ? (
                  row.facts
                    .filter(({ name }) => names.includes(name))
                    .map(({ name, value }) => (
                      <Table.Td key={name} miw={value.length > 40 ? 220 : undefined} maw={340}>
                        <Text size="sm" lineClamp={2}>
                          {value || '–'}
                        </Text>
                      </Table.Td>
                    ))
                ) : row.order ? (
                  <>
                    <Table.Td>{row.order.customer}</Table.Td>
                    <Table.Td>{row.order.orderId ?? '–'}</Table.Td>
                    <Table.Td>{format.moment(row.order.at, company.timeZone)}</Table.Td>
                    <Table.Td ta="right">
                      {one.mapping.noAmount ? '–' : format.money({ amount: row.order.amount, currency: row.order.currency })}
                    </Table.Td>
                  </>
                ) : (
                  <Table.Td colSpan={names?.length ?? 4}>
                    <Box style={{ display: 'flex', gap: 7, alignItems: 'flex-start' }}>
                      {row.reason && (
                        <Text span c="var(--p-bad)" lh={1} mt={3}>
                          <IconAlertTriangle size={15} />
                        </Text>
                      )}
                      <div>
                        <Text size="sm">
                          {row.reason ?? (isOpen ? t('import-ui:preview.open') : t('import-ui:preview.partOf'))}
                        </Text>
                        <Text size="xs" c="dimmed" lineClamp={1}>
                          {row.cells.join(' · ')}
                        </Text>
                      </div>
                    </Box>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Card>
  )
}
