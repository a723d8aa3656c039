import { Group, Text } from '@mantine/core'
import { useCallback, useMemo } from 'react'
import { type ModelView, type PopulationOver } from '../../src/lifecycle/contract.ts'
import { ChartCard } from '../app/chart-card.tsx'
import { addDays, type Day } from '../app/days.ts'
import * as format from '../app/format.ts'
import { Chart, type Ink } from '../app/lazy-chart.tsx'
import { t } from '../app/words.ts'
import { StageGlyph } from './stage-look.tsx'

const isMonthEnd = (day: Day) => addDays(day, 1).endsWith('-01')
const isSunday = (day: Day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 0
const isWhole = (by: PopulationOver['by'], day: Day, today: Day) =>
  day < today && (by === 'day' || (by === 'week' ? isSunday(day) : isMonthEnd(day)))

/** As fine as can be told apart. */
export const stepFor = (days: number): PopulationOver['by'] => (days <= 120 ? 'day' : days <= 760 ? 'week' : 'month')

export function PopulationChart({
  model,
  over,
  at,
  today,
  period,
  settle,
}: {
  model: ModelView
  over: PopulationOver
  at: Day
  today: Day
  period: string
  settle: (day: Day) => void
}) {
  const stages = useMemo(() => over.stages.map(id => model.stages.find(stage => stage.id === id)), [model, over])
  const last = over.points.at(-1)
  const isOpen = last !== undefined && over.points.length > 1 && !isWhole(over.by, last.day, today)
  const table = {
    head: [
      t('lifecycle-ui:day'),
      ...stages.map((stage, i) => stage?.name ?? over.stages[i] ?? ''),
      t('lifecycle-ui:unassigned'),
      t('lifecycle-ui:total'),
    ],
    rows: over.points.map(point => [point.day, ...point.counts, point.unassigned, point.total]),
  }
  const label = t('lifecycle-ui:over.aria', {
    period,
    first: format.number(over.points[0]?.total ?? 0),
    last: format.number(last?.total ?? 0),
    stages: stages.map((stage, i) => `${stage?.name} ${format.number(last?.counts[i] ?? 0)}`).join(', '),
  })

  const option = useCallback(
    (ink: Ink) => {
      const days = over.points.map(point => point.day)
      const end = over.points.length - 1
      const part = (index: number, isTail: boolean) =>
        over.points.map((point, i) => (isOpen && (isTail ? i < end - 1 : i > end - 1) ? null : (point.counts[index] ?? 0)))
      const series = (isTail: boolean) =>
        stages.map((stage, index) => {
          const color = ink(`--stage-${stage?.super ?? 'none'}`)
          return {
            type: 'line' as const,
            name: stage?.name ?? over.stages[index],
            stack: isTail ? 'tail' : 'whole',
            data: part(index, isTail),
            symbol: 'none',
            color,
            lineStyle: { width: 1.2, color, type: isTail ? ('dotted' as const) : ('solid' as const) },
            areaStyle: { color, opacity: isTail ? 0.3 : 0.62 },
            emphasis: { disabled: true },
            ...(index === 0 && !isTail && days.includes(at)
              ? {
                  markLine: {
                    silent: true,
                    symbol: 'none',
                    label: { show: false },
                    lineStyle: { color: ink('--mantine-color-text'), type: 'solid', width: 1 },
                    data: [{ xAxis: at }],
                  },
                }
              : {}),
          }
        })
      return {
        grid: { left: 4, right: 4, top: 12, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'axis',
          backgroundColor: ink('--mantine-color-body'),
          borderColor: ink('--p-line'),
          textStyle: { color: ink('--mantine-color-text'), fontSize: 12 },
          formatter: (hovered: unknown) => tooltip(over, stages, (hovered as { dataIndex: number }[])[0]?.dataIndex ?? 0, isOpen),
        },
        xAxis: {
          type: 'category',
          boundaryGap: false,
          data: days,
          axisLine: { lineStyle: { color: ink('--mantine-color-default-border') } },
          axisTick: { show: false },
          axisLabel: {
            color: ink('--mantine-color-dimmed'),
            formatter: (day: string) => format.day(day),
            hideOverlap: true,
            showMaxLabel: true,
            alignMaxLabel: 'right',
            alignMinLabel: 'left',
          },
        },
        yAxis: {
          type: 'value',
          splitLine: { lineStyle: { color: ink('--p-line') } },
          axisLabel: { color: ink('--mantine-color-dimmed'), formatter: (value: number) => format.brief(value) },
          minInterval: 1,
        },
        series: [...series(false), ...(isOpen ? series(true) : [])],
      }
    },
    [over, stages, isOpen, at],
  )

  return (
    <ChartCard
      title={t('lifecycle-ui:over.title')}
      text={t('lifecycle-ui:over.text', { period })}
      file={`population-${model.id}`}
      table={table}
    >
      <Chart
        option={option}
        label={label}
        height={300}
        onClick={({ index }) => {
          const day = over.points[index]?.day
          if (day) settle(day)
        }}
      />
      <Group gap="md" mt="sm" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {stages.map(
          stage =>
            stage && (
              <Group key={stage.id} gap={4} component="li" wrap="nowrap">
                <StageGlyph stage={stage.super} size={16} />
                <Text size="xs">{stage.name}</Text>
              </Group>
            ),
        )}
        {isOpen && (
          <Text component="li" size="xs" c="dimmed">
            {t(`lifecycle-ui:over.open.${over.by}`)}
          </Text>
        )}
      </Group>
    </ChartCard>
  )
}

/** Built from nodes, not from text: names of stages are people's own words. */
function tooltip(
  over: PopulationOver,
  stages: (ModelView['stages'][number] | undefined)[],
  index: number,
  isOpen: boolean,
): HTMLElement {
  const point = over.points[index]
  const box = document.createElement('div')
  if (!point) return box
  const head = document.createElement('div')
  head.style.fontWeight = '600'
  head.textContent = `${format.day(point.day)} · ${format.number(point.total)}${isOpen && index === over.points.length - 1 ? ` · ${t('lifecycle-ui:over.soFar')}` : ''}`
  box.append(head)
  for (const [i, stage] of [...stages.entries()].reverse()) {
    const row = document.createElement('div')
    row.style.cssText = 'display:flex;gap:8px;align-items:center;justify-content:space-between;min-width:170px'
    const name = document.createElement('span')
    name.textContent = stage?.name ?? ''
    name.style.cssText = `border-left:8px solid var(--stage-${stage?.super ?? 'none'});padding-left:6px;line-height:1.2`
    const value = document.createElement('b')
    value.textContent = format.number(point.counts[i] ?? 0)
    row.append(name, value)
    box.append(row)
  }
  return box
}
