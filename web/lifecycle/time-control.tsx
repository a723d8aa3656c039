import { ActionIcon, Button, Group, SegmentedControl, Slider, Text, Tooltip } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useEffect } from 'react'
import { type ModelView, type PopulationOver } from '../../src/lifecycle/contract.ts'
import { calendar } from '../app/calendar.ts'
import { addDays, addMonths, type Day, daysBetween } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconChevronLeft, IconChevronRight, IconPause, IconPlay } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { Silhouette } from './silhouette.tsx'
import styles from './time-control.module.css'

export type Step = 'day' | 'week' | 'month'
export const STEPS: Step[] = ['day', 'week', 'month']

export const stepped = (day: Day, step: Step, by: 1 | -1): Day =>
  step === 'month' ? addMonths(day, by) : addDays(day, step === 'week' ? 7 * by : by)
const within = (day: Day, first: Day, last: Day) => (day < first ? first : day > last ? last : day)

/** A year of days in about half a minute; a month at a time goes slower. */
const FRAME_MS: Record<Step, number> = { day: 90, week: 220, month: 520 }

type Props = {
  model: ModelView
  history: PopulationOver | undefined
  first: Day
  last: Day
  /** The day that the map shows; while somebody drags or it plays, ahead of the address. */
  day: Day
  step: Step
  isPlaying: boolean
  play: (isPlaying: boolean) => void
  /** Look at a day for now. */
  peek: (day: Day) => void
  /** Stay there: it goes into the address. */
  settle: (day: Day) => void
  setStep: (step: Step) => void
}

export function TimeControl({ model, history, first, last, day, step, isPlaying, play, peek, settle, setStep }: Props) {
  const days = Math.max(1, daysBetween(first, last))

  useEffect(() => {
    if (!isPlaying) return
    if (day >= last) {
      play(false)
      settle(last)
      return
    }
    const timer = setTimeout(() => peek(within(stepped(day, step, 1), first, last)), FRAME_MS[step])
    return () => clearTimeout(timer)
  }, [isPlaying, day, last, first, step, play, peek, settle])

  function togglePlay() {
    if (isPlaying) settle(day)
    else if (day >= last) peek(first)
    play(!isPlaying)
  }
  const go = (by: 1 | -1) => settle(within(stepped(day, step, by), first, last))

  return (
    <section className={styles.control} aria-label={t('lifecycle-ui:time.label')}>
      <Group gap={8} wrap="wrap" justify="space-between">
        <Group gap={6} wrap="nowrap">
          <Tooltip label={t(`lifecycle-ui:time.back.${step}`)}>
            <ActionIcon
              variant="default"
              size={36}
              disabled={day <= first}
              onClick={() => go(-1)}
              aria-label={t(`lifecycle-ui:time.back.${step}`)}
            >
              <IconChevronLeft size={17} />
            </ActionIcon>
          </Tooltip>
          <DatePickerInput
            className={styles.date}
            value={day}
            onChange={value => value && settle(value)}
            minDate={first}
            {...calendar}
            valueFormatter={() => format.day(day, 'long')}
            aria-label={`${t('lifecycle-ui:time.date')}: ${format.day(day, 'long')}`}
            size="sm"
            popoverProps={{ withinPortal: true }}
          />
          <Tooltip label={t(`lifecycle-ui:time.forward.${step}`)}>
            <ActionIcon
              variant="default"
              size={36}
              disabled={day >= last}
              onClick={() => go(1)}
              aria-label={t(`lifecycle-ui:time.forward.${step}`)}
            >
              <IconChevronRight size={17} />
            </ActionIcon>
          </Tooltip>
        </Group>
        <Group gap={8} wrap="nowrap">
          <SegmentedControl
            size="xs"
            value={step}
            onChange={value => setStep(value as Step)}
            aria-label={t('lifecycle-ui:time.step')}
            data={STEPS.map(value => ({ value, label: t(`lifecycle-ui:time.${value}`) }))}
          />
          <Button
            variant="default"
            size="xs"
            h={32}
            leftSection={isPlaying ? <IconPause size={14} /> : <IconPlay size={14} />}
            onClick={togglePlay}
            aria-pressed={isPlaying}
          >
            {isPlaying ? t('lifecycle-ui:time.pause') : t('lifecycle-ui:time.play')}
          </Button>
        </Group>
      </Group>
      <div className={styles.band}>
        {history && <Silhouette model={model} history={history} first={first} last={last} />}
        <Slider
          className={styles.slider}
          classNames={{ track: styles.track, thumb: styles.thumb, bar: styles.bar }}
          min={0}
          max={days}
          value={daysBetween(first, within(day, first, last))}
          onChange={value => peek(addDays(first, value))}
          onChangeEnd={value => settle(addDays(first, value))}
          label={value => format.day(addDays(first, value))}
          thumbLabel={t('lifecycle-ui:time.slider', { day: format.day(day, 'long') })}
          size={2}
          thumbSize={18}
        />
      </div>
      <Group justify="space-between" mt={2}>
        <Text size="xs" c="dimmed" className="numbers">
          {format.day(first)}
        </Text>
        <Text size="xs" c="dimmed" className="numbers">
          {format.day(last)}
        </Text>
      </Group>
    </section>
  )
}
