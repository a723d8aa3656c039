import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type BulkView } from '../../src/customers/bulk/contract.ts'
import { post } from '../app/ask.ts'
import { duration, percent } from '../app/format.ts'
import { t } from '../app/words.ts'
import { Download, said } from './bulk-words.tsx'
import { bulkActions } from './queries.ts'

/** What is being done to many customers now. Says so when it is done, wherever one is by then. */
export function useBulkRunning(isAllowed: boolean): BulkView[] {
  const queries = useQueryClient()
  const { data } = useQuery({ ...bulkActions, enabled: isAllowed })
  const before = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (data === undefined) return
    const ended = data.filter(one => one.state !== 'working' && before.current.has(one.id))
    before.current = new Set(data.filter(one => one.state === 'working').map(one => one.id))
    for (const one of ended) announce(one)
    if (ended.length > 0) for (const key of ['customers', 'lists']) void queries.invalidateQueries({ queryKey: [key] })
  }, [data, queries])
  return data?.filter(one => one.state === 'working') ?? []
}

function announce(one: BulkView) {
  notifications.show({
    message: (
      <Stack gap={6} align="flex-start">
        <Text size="sm">{said(one)}</Text>
        <Download one={one} />
      </Stack>
    ),
    color: one.state === 'done' ? 'fern' : 'clay',
    withBorder: true,
    autoClose: one.kind === 'export' ? 20_000 : 6_000,
  })
}

export function BulkRunning({ one }: { one: BulkView }) {
  const queries = useQueryClient()
  const stop = useMutation({
    mutationFn: () => post(`/bulk/${one.id}/cancel`),
    onSuccess: () => queries.invalidateQueries({ queryKey: bulkActions.queryKey }),
  })
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" truncate>
          {said(one)}
        </Text>
        <Text size="xs" c="dimmed" className="numbers">
          {percent(one.progress ?? 0)}
        </Text>
      </Group>
      <Progress value={(one.progress ?? 0) * 100} size="sm" mt={4} aria-label={t('jobs.progress', { name: said(one) })} />
      <Group justify="space-between" mt={2}>
        <Text size="xs" c="dimmed">
          {one.secondsLeft !== null && t('jobs.left', { time: duration(one.secondsLeft) })}
        </Text>
        <Button size="compact-xs" variant="subtle" loading={stop.isPending} onClick={() => stop.mutate()}>
          {t('customers-ui:bulk.cancel')}
        </Button>
      </Group>
    </div>
  )
}
