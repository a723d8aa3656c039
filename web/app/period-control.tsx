import { Box, Button, Divider, Group, Popover, SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { useMediaQuery } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { calendarLabels } from './calendar.ts'
import * as format from './format.ts'
import { IconCalendar, IconChevronDown } from './icons.ts'
import { COMPARISONS, type Comparison, defaultLast, PRESETS } from './period.ts'
import { usePeriod } from './use-period.ts'
import { t } from './words.ts'

/** The pages whose numbers belong to a period. */
const WITH_PERIOD = ['/', '/lifecycle']

export function PeriodControl() {
  const path = useRouterState({ select: state => state.location.pathname })
  return WITH_PERIOD.includes(path) ? <Control /> : null
}

function Control() {
  const { chosen, span, search, set } = usePeriod()
  const [isOpen, open] = useState(false)
  const [range, choose] = useState<[string | null, string | null]>([null, null])
  const isNarrow = useMediaQuery('(max-width: 48em)')
  // Without any data there is no period to speak of.
  if (!chosen || !span || span.isEmpty) return null
  const days = `${format.day(chosen.first)} – ${format.day(chosen.last)}`

  return (
    <Popover opened={isOpen} onChange={open} position="bottom-end" width={isNarrow ? 330 : 540} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          px={{ base: 9, sm: 12 }}
          fw={500}
          leftSection={<IconCalendar size={16} />}
          rightSection={<IconChevronDown size={14} />}
          onClick={() => open(!isOpen)}
        >
          <VisuallyHidden>{t('period.title')}: </VisuallyHidden>
          <Text span size="sm" visibleFrom="md" className="numbers">
            {days}
          </Text>
          <Text span size="sm" hiddenFrom="md">
            {t(`period.short.${chosen.preset}`)}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="md">
        <Group align="flex-start" gap="lg" wrap={isNarrow ? 'wrap' : 'nowrap'}>
          <Stack gap={4} miw={190} flex={1}>
            <Text size="xs" fw={600} c="dimmed">
              {t('period.title')}
            </Text>
            {PRESETS.map(preset => (
              <Button
                key={preset}
                variant={chosen.preset === preset ? 'light' : 'subtle'}
                color={chosen.preset === preset ? 'fern' : 'gray'}
                c={chosen.preset === preset ? undefined : 'var(--mantine-color-text)'}
                justify="flex-start"
                size="compact-sm"
                h={32}
                fw={chosen.preset === preset ? 600 : 400}
                aria-pressed={chosen.preset === preset}
                onClick={() => set({ ...search, period: preset, from: undefined })}
              >
                {t(`period.${preset}`)}
              </Button>
            ))}
            <Divider my={6} />
            <Button
              variant="subtle"
              size="compact-sm"
              justify="flex-start"
              h={32}
              disabled={chosen.last === defaultLast(span)}
              onClick={() => set({ ...search, from: undefined, to: undefined })}
            >
              {defaultLast(span) === span.today ? t('period.today') : t('period.lastData')}
            </Button>
            {defaultLast(span) !== span.today && (
              <Button
                variant="subtle"
                size="compact-sm"
                justify="flex-start"
                h={32}
                disabled={chosen.last === span.today}
                onClick={() => set({ ...search, from: undefined, to: span.today })}
              >
                {t('period.today')}
              </Button>
            )}
          </Stack>
          <Box>
            <DatePicker
              type="range"
              ariaLabels={calendarLabels}
              size="sm"
              value={range[0] ? range : [chosen.first, chosen.last]}
              defaultDate={chosen.last}
              maxDate={span.today}
              allowSingleDateInRange
              onChange={([from, to]) => {
                choose([from, to])
                if (!from || !to) return
                set({ ...search, period: undefined, from, to })
                choose([null, null])
              }}
            />
          </Box>
        </Group>
        <Divider my="sm" />
        <Text size="xs" fw={600} c="dimmed" mb={6} id="compare-label">
          {t('compare.title')}
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-labelledby="compare-label"
          disabled={chosen.preset === 'all'}
          value={chosen.preset === 'all' ? 'none' : chosen.comparison}
          onChange={value => set({ ...search, compare: value === 'previous' ? undefined : (value as Comparison) })}
          data={COMPARISONS.map(value => ({ value, label: t(`compare.${value}`) }))}
        />
        <Text size="xs" c="dimmed" mt={8} className="numbers">
          {chosen.against
            ? t('compare.with', { from: format.day(chosen.against.first), to: format.day(chosen.against.last) })
            : chosen.preset === 'all'
              ? t('compare.notForAll')
              : t('compare.nothing')}
        </Text>
      </Popover.Dropdown>
    </Popover>
  )
}
