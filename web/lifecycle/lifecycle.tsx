import { Alert, Button, Group, Select, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { type Day, earlier, later } from '../app/days.ts'
import * as format from '../app/format.ts'
import { ButtonLink } from '../app/links.tsx'
import { Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { type Chosen, defaultLast, endingOn, type Span } from '../app/period.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { usePeriod } from '../app/use-period.ts'
import { t } from '../app/words.ts'
import { EmptyMap } from './empty-map.tsx'
import { bandAt, bandStep, began } from './history-band.ts'
import { mapData } from './map-data.ts'
import { BalanceCard, MovesCard } from './moves-card.tsx'
import { PopulationChart, stepFor } from './population-chart.tsx'
import { models, movesBetween, populationAt, populationOver } from './queries.ts'
import { RulesCard } from './rules-card.tsx'
import { StageMap } from './stage-map.tsx'
import { type Step, TimeControl } from './time-control.tsx'

const route = getRouteApi('/inside/lifecycle')

export function Lifecycle() {
  const { model: wanted } = route.useSearch()
  const { data } = useSuspenseQuery(models)
  const { chosen, span } = usePeriod()
  const model = data.items.find(one => one.id === wanted) ?? data.items.find(one => one.isPrimary) ?? data.items[0]
  if (!chosen || !span) return <PageWaiting />
  if (!model) return <EmptyMap />
  return <LivingMap key={model.id} model={model} all={data.items} chosen={chosen} span={span} />
}

function LivingMap({ model, all, chosen, span }: { model: ModelView; all: ModelView[]; chosen: Chosen; span: Span }) {
  const { step = 'week' } = route.useSearch()
  const { search, set } = usePeriod()
  const navigate = useNavigate()
  const [peeked, peek] = useState<Day | null>(null)
  const [isPlaying, play] = useState(false)

  const day = chosen.last
  const first = span.first
  const last = later(defaultLast(span), day)
  const population = useQuery(populationAt(model.id, day === span.today ? undefined : day))
  const moves = useQuery(movesBetween(model.id, chosen.before, day))
  const against = chosen.against
  const compared = useQuery({
    ...movesBetween(model.id, against?.before ?? day, against?.last ?? day),
    enabled: against !== null,
  })
  const history = useQuery({ ...populationOver(model.id, first, last, bandStep(first, last)), enabled: first < last })
  const over = useQuery(populationOver(model.id, later(chosen.first, earlier(first, day)), day, stepFor(chosen.days)))

  // What was peeked at is let go when the exact answer for it has come.
  const isThere = peeked !== null && peeked === day && !population.isPlaceholderData
  useEffect(() => {
    if (isThere && !isPlaying) peek(null)
  }, [isThere, isPlaying])
  const settle = useCallback(
    (to: Day) => {
      peek(to)
      set(endingOn(search, chosen, to))
    },
    [search, chosen, set],
  )

  const stop = useCallback((isOn: boolean) => play(isOn), [])
  const band = peeked && history.data ? bandAt(history.data, peeked) : undefined
  const shown =
    band && history.data
      ? {
          total: band.total,
          unassigned: band.unassigned,
          stages: history.data.stages.map((id, i) => ({ id, count: band.counts[i] ?? 0 })),
        }
      : population.data
  const period = t('lifecycle-ui:period', { from: format.day(chosen.first), to: format.day(chosen.last) })
  const isEmpty =
    population.data?.total === 0 && (history.data ? history.data.points.every(point => point.total === 0) : first === last)
  if (isEmpty) return <EmptyMap />

  const data = shown && mapData(model, shown, moves.data, against ? compared.data : undefined)
  const trouble = population.error ?? moves.error ?? history.error ?? over.error

  return (
    <Page
      title={t('lifecycle-ui:title')}
      text={data ? <Summary day={peeked ?? day} data={data} /> : t('lifecycle-ui:text')}
      actions={
        <Group align="flex-end" gap="sm">
          {all.length > 1 && (
            <Select
              label={t('lifecycle-ui:model')}
              data={all.map(one => ({ value: one.id, label: one.name }))}
              value={model.id}
              onChange={id => navigate({ to: '.', search: old => ({ ...old, model: id ?? undefined }) as never })}
            />
          )}
          <ButtonLink to="/lifecycle/models" variant="default">
            {t('lifecycle-ui:models.open')}
          </ButtonLink>
        </Group>
      }
    >
      <Stack gap="lg">
        {trouble && (
          <TroubleNote error={trouble} retry={() => void [population, moves, history, over].map(query => query.refetch())} />
        )}
        <StaleNote chosen={chosen} span={span} set={() => set({ ...search, from: undefined, to: span.today } as never)} />
        <TimeControl
          model={model}
          history={history.data}
          first={earlier(began(history.data) ?? first, day)}
          last={last}
          day={peeked ?? day}
          step={step}
          isPlaying={isPlaying}
          play={stop}
          peek={peek}
          settle={settle}
          setStep={(value: Step) =>
            navigate({
              to: '.',
              search: old => ({ ...old, step: value === 'week' ? undefined : value }) as never,
              replace: true,
              resetScroll: false,
            })
          }
        />
        {data ? (
          <StageMap
            model={model}
            map={data}
            at={peeked ?? day}
            period={period}
            isCompared={against !== null}
            isPeeking={peeked !== null}
            isQuiet={peeked === null && (population.isPlaceholderData || moves.isPlaceholderData)}
          />
        ) : (
          <Skeleton height={360} radius="lg" />
        )}
        {against && (
          <Text size="xs" c="dimmed" className="numbers">
            {t('lifecycle-ui:comparedWith', { from: format.day(against.first), to: format.day(against.last) })}
          </Text>
        )}
        {over.data ? (
          <PopulationChart model={model} over={over.data} at={day} today={span.today} period={period} settle={settle} />
        ) : (
          <Skeleton height={380} radius="lg" />
        )}
        {moves.data && (
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
            <MovesCard model={model} moves={moves.data} period={period} />
            <BalanceCard model={model} moves={moves.data} at={day} period={period} />
          </SimpleGrid>
        )}
        <RulesCard model={model} />
      </Stack>
    </Page>
  )
}

function Summary({ day, data }: { day: Day; data: NonNullable<ReturnType<typeof mapData>> }) {
  const of = (stages: { count: number }[]) => stages.reduce((sum, stage) => sum + stage.count, 0)
  return (
    <span className="numbers">
      {t('lifecycle-ui:summary', {
        day: format.day(day, 'long'),
        count: data.total,
        total: format.number(data.total),
        growing: format.number(of(data.growing)),
        fading: format.number(of(data.fading)),
      })}
    </span>
  )
}

/** Said when the data has ended and the map therefore does not show today. */
function StaleNote({ chosen, span, set }: { chosen: Chosen; span: Span; set: () => void }) {
  const usual = defaultLast(span)
  if (usual === span.today) return null
  if (chosen.last === span.today)
    return <Alert color="marigold">{t('lifecycle-ui:stale.today', { day: format.day(span.last, 'long') })}</Alert>
  if (chosen.last !== usual) return null
  return (
    <Alert color="fern" variant="light">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t('lifecycle-ui:stale.text', { day: format.day(span.last, 'long') })}</Text>
        <Button size="compact-sm" variant="subtle" onClick={set}>
          {t('lifecycle-ui:stale.button')}
        </Button>
      </Group>
    </Alert>
  )
}
