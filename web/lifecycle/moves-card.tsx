import { ScrollArea, Table, Text } from '@mantine/core'
import { useCallback } from 'react'
import { type ModelView, type MovesBetween } from '../../src/lifecycle/contract.ts'
import { ChartCard } from '../app/chart-card.tsx'
import { Defined } from '../app/defined.tsx'
import * as format from '../app/format.ts'
import { IconCheck } from '../app/icons.ts'
import { Chart, type Ink } from '../app/lazy-chart.tsx'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import styles from './moves-card.module.css'
import { StageCustomers } from './stage-customers.tsx'
import { StageGlyph } from './stage-look.tsx'

/** The server's word for customers whom no stage fits. */
const UNASSIGNED = 'unassigned'

const nameOf = (model: ModelView, id: string | null) =>
  id === null
    ? t('lifecycle-ui:outside')
    : id === UNASSIGNED
      ? t('lifecycle-ui:unassigned')
      : (model.stages.find(stage => stage.id === id)?.name ?? id)
const superOf = (model: ModelView, id: string | null) => model.stages.find(stage => stage.id === id)?.super ?? 'none'

/** Everybody who moved in the period, from where to where. */
export function MovesCard({ model, moves, period }: { model: ModelView; moves: MovesBetween; period: string }) {
  const sorted = moves.moves.filter(move => move.count > 0).toSorted((a, b) => b.count - a.count)
  const all = sorted.reduce((sum, move) => sum + move.count, 0)
  const table = {
    head: [
      t('lifecycle-ui:moves.from'),
      t('lifecycle-ui:moves.to'),
      t('lifecycle-ui:moves.count'),
      t('lifecycle-ui:moves.share'),
    ],
    rows: sorted.map(move => [
      nameOf(model, move.from),
      nameOf(model, move.to),
      move.count,
      format.percent(all ? move.count / all : 0),
    ]),
  }
  const option = useCallback(
    (ink: Ink) => {
      const left = (id: string | null) => `from:${id ?? ''}`
      const right = (id: string | null) => `to:${id ?? ''}`
      const node = (name: string, id: string | null) => ({
        name,
        label: { formatter: nameOf(model, id) },
        itemStyle: { color: ink(`--stage-${superOf(model, id)}`) },
      })
      const froms = [...new Set(sorted.map(move => move.from))]
      const tos = [...new Set(sorted.map(move => move.to))]
      return {
        tooltip: {
          backgroundColor: ink('--mantine-color-body'),
          borderColor: ink('--p-line'),
          textStyle: { color: ink('--mantine-color-text'), fontSize: 12 },
          formatter: (hovered: unknown) => {
            const { dataType, value, data } = hovered as {
              dataType: string
              value: number
              data: { from?: string | null; to?: string | null }
            }
            return dataType === 'edge'
              ? text(`${nameOf(model, data.from ?? null)} → ${nameOf(model, data.to ?? null)}: ${format.number(value)}`)
              : text(format.number(value))
          },
        },
        series: [
          {
            type: 'sankey',
            left: 4,
            right: 110,
            top: 6,
            bottom: 6,
            nodeWidth: 12,
            nodeGap: 14,
            layoutIterations: 0,
            draggable: false,
            emphasis: { focus: 'adjacency' },
            label: { color: ink('--mantine-color-text'), fontSize: 12 },
            lineStyle: { color: 'gradient', opacity: 0.4, curveness: 0.55 },
            data: [...froms.map(id => node(left(id), id)), ...tos.map(id => node(right(id), id))],
            links: sorted.map(move => ({
              source: left(move.from),
              target: right(move.to),
              value: move.count,
              from: move.from,
              to: move.to,
            })),
          },
        ],
      }
    },
    [model, sorted],
  )
  return (
    <ChartCard
      title={t('lifecycle-ui:moves.title')}
      text={t('lifecycle-ui:moves.text', { count: all, all: format.number(all), period })}
      file={`moves-${model.id}`}
      table={table}
    >
      {sorted.length > 0 ? (
        <Chart
          option={option}
          height={320}
          label={t('lifecycle-ui:moves.aria', {
            moves: table.rows
              .slice(0, 6)
              .map(([from, to, count]) => `${from} → ${to} ${count}`)
              .join('; '),
          })}
        />
      ) : (
        <Text c="dimmed" size="sm">
          {t('lifecycle-ui:moves.none')}
        </Text>
      )}
    </ChartCard>
  )
}

function text(content: string): HTMLElement {
  const box = document.createElement('span')
  box.textContent = content
  return box
}

const isWorthARow = ({ id, start, entries, exits, end }: MovesBetween['stages'][number]) =>
  id !== UNASSIGNED || start + entries + exits + end > 0

/** At the start, in, out, at the end: said for every stage, and checked here before it is shown. */
export function BalanceCard({ model, moves, at, period }: { model: ModelView; moves: MovesBetween; at: string; period: string }) {
  const balances = moves.stages.every(({ start, entries, exits, end }) => start + entries - exits === end)
  return (
    <Card title={t('lifecycle-ui:balance.title')} text={t('lifecycle-ui:balance.text')}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('lifecycle-ui:balance.title') }}>
        <Table className="numbers" fz="sm" verticalSpacing={7}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('lifecycle-ui:stage')}</Table.Th>
              {(['start', 'entries', 'exits', 'end'] as const).map(column => (
                <Table.Th key={column} ta="right">
                  <Defined
                    term={t(`lifecycle-ui:balance.${column}`)}
                    means={t(`lifecycle-ui:define.${column}`)}
                    formula={t(`lifecycle-ui:define.${column}.formula`)}
                    period={period}
                  />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {moves.stages.filter(isWorthARow).map(stage => (
              <Table.Tr key={stage.id}>
                <Table.Td>
                  <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }}>
                    <StageGlyph stage={model.stages.find(one => one.id === stage.id)?.super ?? null} size={17} />
                    <StageCustomers stage={stage.id} model={model} at={at} className={styles.name}>
                      {nameOf(model, stage.id)}
                    </StageCustomers>
                  </span>
                </Table.Td>
                <Table.Td ta="right">{format.number(stage.start)}</Table.Td>
                <Table.Td ta="right">+{format.number(stage.entries)}</Table.Td>
                <Table.Td ta="right">−{format.number(stage.exits)}</Table.Td>
                <Table.Td ta="right" fw={600}>
                  {format.number(stage.end)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Text
        size="xs"
        c={balances ? 'dimmed' : 'var(--mantine-color-error)'}
        mt="sm"
        style={{ display: 'flex', gap: 5, alignItems: 'center' }}
      >
        {balances && <IconCheck size={14} />}
        {balances ? t('lifecycle-ui:balance.holds') : t('lifecycle-ui:balance.broken')}
      </Text>
    </Card>
  )
}
