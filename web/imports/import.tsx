import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconChevronLeft } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { type ImportChanges, useImportChanges } from './changes.ts'
import { Columns } from './columns.tsx'
import { Counts } from './counts.tsx'
import { Done } from './done.tsx'
import { kindOf } from './fields.ts'
import { FileForm } from './file-form.tsx'
import { KindChoice } from './kind-choice.tsx'
import { Preview } from './preview.tsx'
import { oneImport } from './queries.ts'
import { Questions } from './questions.tsx'
import { StateBadge } from './state-badge.tsx'
import { Steps } from './steps.tsx'
import { Working } from './working.tsx'

const route = getRouteApi('/inside/imports/$importId')

export function Import() {
  const { importId } = route.useParams()
  const view = useQuery(oneImport(importId))
  const changes = useImportChanges(importId)
  if (view.isPending) return <PageWaiting />
  if (view.isError) {
    return (
      <Page title={t('import-ui:title')}>
        <TroubleNote error={view.error} retry={view.refetch} />
      </Page>
    )
  }
  const one = view.data
  return (
    <Page
      title={
        <Group gap="sm">
          {one.kind === 'sample' ? t('import-ui:sample') : one.fileName}
          <StateBadge state={one.state} />
        </Group>
      }
      text={
        <>
          <AnchorLink to="/imports" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
            <IconChevronLeft size={14} />
            {t('import-ui:all')}
          </AnchorLink>
          <Text span size="sm" c="dimmed">
            {' · '}
            {[one.recognised && t('import-ui:recognised', { as: one.recognised }), one.bytes > 0 && format.bytes(one.bytes)]
              .filter(Boolean)
              .join(' · ')}
          </Text>
        </>
      }
    >
      <Stack gap="lg">
        {one.kind !== 'sample' && <Steps state={one.state} />}
        {one.state === 'failed' && one.error && (
          <Alert color="clay" role="alert" title={t('import-ui:failed')}>
            {one.error}
          </Alert>
        )}
        {one.state === 'cancelled' && <Alert color="marigold">{t('import-ui:stopped')}</Alert>}
        <Body one={one} changes={changes} />
      </Stack>
    </Page>
  )
}

function Body({ one, changes }: { one: ImportView; changes: ImportChanges }) {
  const may = useMay()
  switch (one.state) {
    case 'checking':
    case 'importing':
    case 'undoing':
      return <Working one={one} changes={changes} />
    case 'done':
    case 'undone':
      return <Done one={one} changes={changes} />
    case 'failed':
    case 'cancelled':
      return one.kind === 'sample' || one.counts?.entries ? (
        <Done one={one} changes={changes} />
      ) : may('imports:write') ? (
        <Draft one={one} changes={changes} />
      ) : null
    case 'draft':
    case 'checked':
      return may('imports:write') ? <Draft one={one} changes={changes} /> : <Text c="dimmed">{t('import-ui:readOnly')}</Text>
  }
}

/** How the file is read: open questions first, then the columns, and always what comes out of it. */
function Draft({ one, changes }: { one: ImportView; changes: ImportChanges }) {
  const navigate = useNavigate()
  const isOpen = one.questions.length > 0
  const isBusy = changes.map.isPending || changes.kind.isPending
  return (
    <>
      <KindChoice one={one} choose={changes.kind.mutate} isBusy={isBusy} />
      <Questions one={one} change={changes.map.mutate} isBusy={isBusy} />
      {one.state === 'checked' && one.counts && <Counts one={one} />}
      <Group justify="space-between" gap="sm">
        <Button
          variant="subtle"
          color="gray"
          c="var(--mantine-color-text)"
          loading={changes.discard.isPending}
          onClick={() => changes.discard.mutate(undefined, { onSuccess: () => navigate({ to: '/imports' }) })}
        >
          {t('import-ui:discard')}
        </Button>
        <Group gap="sm">
          <Button
            variant={one.state === 'checked' ? 'default' : 'filled'}
            size="md"
            disabled={isOpen || isBusy}
            loading={changes.check.isPending}
            onClick={() => changes.check.mutate()}
          >
            {one.state === 'checked' ? t('import-ui:checkAgain') : t('import-ui:check')}
          </Button>
          {one.state === 'checked' && one.counts && (
            <Button
              size="md"
              disabled={isOpen || isBusy || one.counts.entries + one.counts.consents === 0}
              loading={changes.start.isPending}
              onClick={() => changes.start.mutate()}
            >
              {t(`import-ui:start.${kindOf(one)}`, { count: one.counts.entries, entries: format.number(one.counts.entries) })}
            </Button>
          )}
        </Group>
      </Group>
      <Preview one={one} isBusy={isBusy} />
      {one.kind !== 'events' && <Columns one={one} change={changes.map.mutate} />}
      {one.kind !== 'events' && <FileForm key={one.kind} one={one} change={changes.map.mutate} />}
    </>
  )
}
