import { Group, Text } from '@mantine/core'
import { useCallback } from 'react'
import { exponentOf } from '../../src/company/contract.ts'
import { ChartCard } from '../app/chart-card.tsx'
import * as format from '../app/format.ts'
import { Chart, type Ink } from '../app/lazy-chart.tsx'
import { t } from '../app/words.ts'
import { type Months, SHOWN } from './months.ts'

const INKS = ['conversion', 'loyalty', 'reach', 'at_risk', 'retention', 'acquisition', 'lapsed'] as const
const inkOf = (index: number) => `--stage-${INKS[index] ?? 'none'}`

const monthName = (month: string) => format.month(month)

export function SpendChart({ spend }: { spend: Months }) {
  const { currency, months, channels, amounts, totals } = spend
  const money = useCallback(
    (value: number) => format.money({ amount: Math.round(value * 10 ** exponentOf(currency)), currency }),
    [currency],
  )
  const names = [...channels.slice(0, SHOWN), ...(channels.length > SHOWN ? [t('spend-ui:others')] : [])]
  const sum = totals.reduce((all, month) => all + month, 0)
  const table = {
    head: [t('spend-ui:month'), ...channels, t('spend-ui:total')],
    rows: months.map((month, i) => [month, ...(amounts[i] ?? []), totals[i] ?? 0]),
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the channels are others
  const option = useCallback(
    (ink: Ink) => {
      // Behind the last that has a colour of its own comes the sum of the others.
      const series = names.map((name, index) => ({
        name,
        color: ink(inkOf(index)),
        data: amounts.map(row => (index < SHOWN ? (row[index] ?? 0) : row.slice(SHOWN).reduce((all, amount) => all + amount, 0))),
      }))
      return {
        grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: 'shadow' },
          backgroundColor: ink('--mantine-color-body'),
          borderColor: ink('--p-line'),
          textStyle: { color: ink('--mantine-color-text'), fontSize: 12 },
          valueFormatter: (value: unknown) => money(Number(value)),
        },
        xAxis: {
          type: 'category',
          data: months,
          axisLine: { lineStyle: { color: ink('--mantine-color-default-border') } },
          axisTick: { show: false },
          axisLabel: { color: ink('--mantine-color-dimmed'), formatter: monthName, hideOverlap: true },
        },
        yAxis: {
          type: 'value',
          splitLine: { lineStyle: { color: ink('--p-line') } },
          axisLabel: { color: ink('--mantine-color-dimmed'), formatter: (value: number) => format.brief(value) },
        },
        series: series.map(one => ({ ...one, type: 'bar', stack: 'spend', barMaxWidth: 46, emphasis: { disabled: true } })),
      }
    },
    [names.join(), amounts, months, money],
  )

  return (
    <ChartCard
      title={t('spend-ui:in', { currency })}
      text={t('spend-ui:sum', { sum: money(sum), count: channels.length, channels: format.number(channels.length) })}
      file={`spend-${currency}`}
      table={table}
      say={money}
    >
      <Chart
        option={option}
        height={300}
        label={t('spend-ui:aria', {
          currency,
          channels: channels
            .map((name, i) => `${name} ${money(amounts.reduce((all, row) => all + (row[i] ?? 0), 0))}`)
            .join(', '),
        })}
      />
      <Group gap="md" mt="sm" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {names.map((name, index) => (
          <Group key={name} gap={6} component="li" wrap="nowrap">
            <span aria-hidden style={{ width: 11, height: 11, borderRadius: 3, background: `var(${inkOf(index)})` }} />
            <Text size="xs">{name}</Text>
          </Group>
        ))}
      </Group>
    </ChartCard>
  )
}
