import { ActionIcon, Box, Group, Popover, Progress, RingProgress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../access/session.ts'
import { BulkRunning, useBulkRunning } from '../customers/bulk-running.tsx'
import { isBusy, latestImports } from '../imports/queries.ts'
import { useRefreshWhenDone } from '../imports/refresh.ts'
import { duration, percent } from './format.ts'
import { AnchorLink } from './links.tsx'
import { t } from './words.ts'

/** What the program is busy with; goes on when the page is left. */
export function Jobs() {
  const may = useMay()
  const { data } = useQuery({ ...latestImports, enabled: may('imports:read') })
  const running = data?.items.filter(isBusy) ?? []
  const bulk = useBulkRunning(may('customers:write') || may('customers:export'))
  const all = [...running, ...bulk]
  useRefreshWhenDone(data?.items)
  const share = all.length ? all.reduce((sum, one) => sum + (one.progress ?? 0), 0) / all.length : 0
  if (all.length === 0) return <Box component="span" role="status" />

  return (
    <Popover width={300} position="bottom-end">
      <Popover.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t('jobs.running', { count: all.length })}>
          <RingProgress
            size={30}
            thickness={4}
            roundCaps
            sections={[{ value: Math.max(4, share * 100), color: 'var(--mantine-color-anchor)' }]}
          />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {running.map(job => (
            <div key={job.id}>
              <Group justify="space-between" wrap="nowrap">
                <AnchorLink to="/imports/$importId" params={{ importId: job.id }} size="sm" truncate>
                  {job.fileName}
                </AnchorLink>
                <Text size="xs" c="dimmed" className="numbers">
                  {percent(job.progress ?? 0)}
                </Text>
              </Group>
              <Progress
                value={(job.progress ?? 0) * 100}
                size="sm"
                mt={4}
                aria-label={t('jobs.progress', { name: job.fileName })}
              />
              <Text size="xs" c="dimmed" mt={2}>
                {t(`jobs.${job.state as 'checking' | 'importing' | 'undoing'}`)}
                {job.secondsLeft !== null && ` · ${t('jobs.left', { time: duration(job.secondsLeft) })}`}
              </Text>
            </div>
          ))}
          {bulk.map(one => (
            <BulkRunning key={one.id} one={one} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
