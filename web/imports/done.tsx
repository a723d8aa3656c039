import { Box, Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconCoins, IconStages, IconUndo } from '../app/icons.ts'
import { ButtonLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { Growth } from '../lifecycle/growth.tsx'
import { type ImportChanges } from './changes.ts'
import { Counts } from './counts.tsx'
import { kindOf } from './fields.ts'

export function Done({ one, changes }: { one: ImportView; changes: ImportChanges }) {
  const [isAsked, ask] = useDisclosure(false)
  const may = useMay()
  const navigate = useNavigate()
  const kind = kindOf(one)
  const isIn = one.state !== 'undone'
  const isStopped = one.state === 'cancelled' || one.state === 'failed'
  return (
    <>
      {one.state === 'done' && (
        <Card>
          <Group justify="space-between" gap="xl" wrap="wrap">
            <Stack gap={6} flex="1 1 320px">
              <Title order={2}>{t('import-ui:done.title')}</Title>
              <Text c="dimmed">
                {t(`import-ui:done.${kind}`, {
                  count: one.counts?.customers ?? 0,
                  customers: format.number(one.counts?.customers ?? 0),
                  entries: format.number((one.counts?.entries ?? 0) + (one.counts?.known ?? 0)),
                  fresh: format.number(one.counts?.entries ?? 0),
                  consents: format.number(one.counts?.consents ?? 0),
                })}
              </Text>
              <Group mt="sm">
                {kind === 'spend' ? (
                  may('customers:money') && (
                    <ButtonLink to="/spend" size="md" leftSection={<IconCoins size={18} />}>
                      {t('import-ui:done.seeSpend')}
                    </ButtonLink>
                  )
                ) : (
                  <>
                    {kind !== 'consent' && (
                      <ButtonLink to="/lifecycle" size="md" leftSection={<IconStages size={18} />}>
                        {t('import-ui:done.map')}
                      </ButtonLink>
                    )}
                    <ButtonLink to="/customers" size="md" variant={kind === 'consent' ? 'filled' : 'default'}>
                      {t('import-ui:done.seeCustomers')}
                    </ButtonLink>
                  </>
                )}
              </Group>
            </Stack>
            {kind !== 'spend' && kind !== 'consent' && (
              <Box w={360} visibleFrom="md">
                <Growth />
              </Box>
            )}
          </Group>
        </Card>
      )}
      {one.state === 'undone' && <Text c="dimmed">{t('import-ui:undone')}</Text>}
      <Counts one={one} />
      {may('imports:write') && (
        <Group justify="flex-end">
          {isIn ? (
            <Button variant="default" size={isStopped ? 'md' : 'sm'} leftSection={<IconUndo size={16} />} onClick={ask.open}>
              {t(one.kind === 'sample' ? 'import-ui:undo.sample' : 'import-ui:undo.button')}
            </Button>
          ) : (
            <Button
              variant="default"
              loading={changes.discard.isPending}
              onClick={() => changes.discard.mutate(undefined, { onSuccess: () => navigate({ to: '/imports' }) })}
            >
              {t('import-ui:forget')}
            </Button>
          )}
          {isStopped && (
            <Button size="md" loading={changes.start.isPending} onClick={() => changes.start.mutate()}>
              {t('import-ui:goOn')}
            </Button>
          )}
        </Group>
      )}
      <Modal opened={isAsked} onClose={ask.close} title={t(`import-ui:undo.title.${kind}`)} centered>
        <Text size="sm">
          {t(`import-ui:undo.${kind}`, {
            entries: format.number(one.counts?.entries ?? 0),
            count: one.counts?.customers ?? 0,
            customers: format.number(one.counts?.customers ?? 0),
          })}
        </Text>
        <Text size="sm" c="dimmed" mt="xs">
          {t(one.kind === 'sample' ? 'import-ui:undo.againSample' : 'import-ui:undo.again')}
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={ask.close}>
            {t('import-ui:undo.keep')}
          </Button>
          <Button
            color="clay"
            loading={changes.undo.isPending}
            onClick={() => changes.undo.mutate(undefined, { onSuccess: ask.close })}
          >
            {t('import-ui:undo.do')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
