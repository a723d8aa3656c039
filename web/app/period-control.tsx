import { Button, Popover, Skeleton, Text, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import * as format from './format.ts'
import { IconCalendar, IconChevronDown } from './icons.ts'
import { usePeriod } from './use-period.ts'
import { t } from './words.ts'

// The calendar comes when it is opened: every page would carry it otherwise.
const PeriodPanel = lazy(() => import('./period-panel.tsx'))

/** The pages whose numbers belong to a period. */
const WITH_PERIOD = ['/', '/lifecycle']

export function PeriodControl() {
  const path = useRouterState({ select: state => state.location.pathname })
  return WITH_PERIOD.includes(path) ? <Control /> : null
}

function Control() {
  const { chosen, span, search, set } = usePeriod()
  const [isOpen, open] = useState(false)
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
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
        <Suspense fallback={<Skeleton height={330} />}>
          <PeriodPanel chosen={chosen} span={span} search={search} set={set} isNarrow={isNarrow} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
