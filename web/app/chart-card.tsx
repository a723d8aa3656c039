import { ActionIcon, Group, ScrollArea, SegmentedControl, Table, Tooltip } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { downloadCsv, type Table as Rows } from './csv.ts'
import * as format from './format.ts'
import { IconChartArea, IconDownload, IconTable } from './icons.ts'
import { Card } from './page.tsx'
import { t } from './words.ts'

/** A chart that is a table too, on the screen and as a file. */
export function ChartCard({
  title,
  text,
  file,
  table,
  children,
  extra,
  say = format.number,
}: {
  title: string
  text?: ReactNode
  file: string
  table: Rows
  children: ReactNode
  extra?: ReactNode
  /** How the table's numbers are written on the screen. */
  say?: (value: number) => string
}) {
  const [view, show] = useState<'chart' | 'table'>('chart')
  return (
    <Card
      title={title}
      text={text}
      actions={
        <Group gap={6} wrap="nowrap">
          {extra}
          <SegmentedControl
            size="xs"
            aria-label={`${title}: ${t('chart.view')}`}
            value={view}
            onChange={value => show(value as 'chart' | 'table')}
            data={[
              { value: 'chart', label: <Choice icon={<IconChartArea size={14} />} name={t('chart.chart')} /> },
              { value: 'table', label: <Choice icon={<IconTable size={14} />} name={t('chart.table')} /> },
            ]}
          />
          <Tooltip label={t('chart.download')}>
            <ActionIcon
              variant="default"
              size={30}
              onClick={() => downloadCsv(file, table)}
              aria-label={`${title}: ${t('chart.download')}`}
            >
              <IconDownload size={15} />
            </ActionIcon>
          </Tooltip>
        </Group>
      }
    >
      {view === 'chart' ? children : <TableView table={table} title={title} say={say} />}
    </Card>
  )
}

function Choice({ icon, name }: { icon: ReactNode; name: string }) {
  return (
    <span style={{ display: 'inline-flex', gap: 5, alignItems: 'center' }}>
      {icon}
      {name}
    </span>
  )
}

/** More rows than this are in the file, not on the screen. */
const ROWS_SHOWN = 400

export function TableView({
  table,
  title,
  say = format.number,
}: {
  table: Rows
  title: string
  say?: (value: number) => string
}) {
  const shown = table.rows.slice(-ROWS_SHOWN)
  return (
    <ScrollArea.Autosize mah={420} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}>
      <Table stickyHeader striped={false} verticalSpacing={6} className="numbers" fz="sm">
        {table.rows.length > shown.length && (
          <Table.Caption>{t('chart.lastRows', { count: shown.length, all: format.number(table.rows.length) })}</Table.Caption>
        )}
        <Table.Thead>
          <Table.Tr>
            {table.head.map((name, i) => (
              <Table.Th key={name} ta={i === 0 ? 'left' : isNumeric(table, i) ? 'right' : 'left'}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(row => (
            <Table.Tr key={row.join('|')}>
              {row.map((value, i) => (
                <Table.Td
                  key={table.head[i] ?? i}
                  ta={typeof value === 'number' ? 'right' : 'left'}
                  style={i === 0 ? { whiteSpace: 'nowrap' } : undefined}
                >
                  {typeof value === 'number' ? say(value) : (value ?? '–')}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  )
}

const isNumeric = (table: Rows, column: number) => typeof table.rows[0]?.[column] === 'number'
