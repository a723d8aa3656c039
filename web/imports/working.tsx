import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { type ImportChanges } from './changes.ts'
import { Counts } from './counts.tsx'

/** While the program works: how far, how long still, and a way to stop. */
export function Working({ one, changes }: { one: ImportView; changes: ImportChanges }) {
  const may = useMay()
  const state = one.state as 'checking' | 'importing' | 'undoing'
  const share = one.progress ?? 0
  return (
    <>
      <Card>
        <Stack gap="sm">
          <Group justify="space-between" align="baseline">
            <Text fw={600} className="display" size="lg">
              {t(`import-ui:working.${state}`)}
            </Text>
            <Text c="dimmed" size="sm" className="numbers" aria-live="polite">
              {one.progress !== null && format.percent(Math.floor(share * 100) / 100)}
              {one.secondsLeft !== null && ` · ${t('jobs.left', { time: format.duration(one.secondsLeft) })}`}
            </Text>
          </Group>
          <Progress
            value={one.progress === null ? 100 : share * 100}
            animated={one.progress === null}
            size="lg"
            radius="xl"
            aria-label={t(`import-ui:working.${state}`)}
          />
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t('import-ui:working.leave')}
            </Text>
            {state !== 'undoing' && may('imports:write') && (
              <Button variant="default" size="xs" loading={changes.cancel.isPending} onClick={() => changes.cancel.mutate()}>
                {t('import-ui:working.cancel')}
              </Button>
            )}
          </Group>
        </Stack>
      </Card>
      <Counts one={one} />
    </>
  )
}
