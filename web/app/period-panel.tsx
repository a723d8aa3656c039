import { Box, Button, Divider, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import { useState } from 'react'
import { calendar } from './calendar.ts'
import * as format from './format.ts'
import { type Chosen, COMPARISONS, type Comparison, defaultLast, type PeriodSearch, PRESETS, type Span } from './period.ts'
import { t } from './words.ts'

type Props = { chosen: Chosen; span: Span; search: PeriodSearch; set: (change: PeriodSearch) => void; isNarrow: boolean }

export default function PeriodPanel({ chosen, span, search, set, isNarrow }: Props) {
  const [range, choose] = useState<[string | null, string | null]>([null, null])
  return (
    <>
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
            {...calendar}
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
    </>
  )
}
