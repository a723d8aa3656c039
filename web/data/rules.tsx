import { Button, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type RuleView, type Suggestion } from '../../src/events/rules/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconPlus } from '../app/icons.ts'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './data.module.css'
import { Path } from './path.tsx'
import { rules, suggestions, useRuleChanges } from './queries.ts'
import { type Draft, RuleForm } from './rule-form.tsx'
import { DataTabs } from './tabs.tsx'
import { TryRules } from './try-rules.tsx'

/** What becomes of data on its way in. */
export function Rules() {
  const may = useMay()
  const list = useQuery(rules)
  const worth = useQuery(suggestions)
  const [draft, setDraft] = useState<Draft | null>(null)
  if (list.isPending) return <PageWaiting />
  const mayWrite = may('rules:write')
  return (
    <>
      <DataTabs />
      <Page
        title={t('data-ui:tab.rules')}
        text={t('data-ui:rules.text')}
        actions={
          mayWrite && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setDraft({ event: null, path: null, action: 'deny' })}>
              {t('data-ui:rules.new')}
            </Button>
          )
        }
      >
        <Stack gap="lg">
          {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
          {worth.data && worth.data.items.length > 0 && (
            <Suggestions items={worth.data.items} mayWrite={mayWrite} other={setDraft} />
          )}
          {list.data && <InForce items={list.data.items} mayWrite={mayWrite} />}
          <TryRules />
        </Stack>
      </Page>
      <RuleForm draft={draft} close={() => setDraft(null)} />
    </>
  )
}

function Suggestions({
  items,
  mayWrite,
  other,
}: {
  items: readonly Suggestion[]
  mayWrite: boolean
  other: (draft: Draft) => void
}) {
  const { make, dismiss } = useRuleChanges()
  return (
    <Card title={t('data-ui:suggest.title')} text={t('data-ui:suggest.text')}>
      <ul className={styles.list}>
        {items.map(one => {
          const { events, path, action, kinds, hits, seen } = one
          const words = kinds.map(kind => t(`data-ui:personal.${kind}`)).join(', ')
          return (
            <li key={path} className={styles.suggestion}>
              <div>
                <Text size="sm" fw={600} className={styles.wrap}>
                  {format.sentence(words)} · <Path path={path} />
                </Text>
                <Text size="xs" c="dimmed" className="numbers">
                  {t('data-ui:suggest.where', {
                    count: events.length,
                    events: events[0],
                    hits: format.number(hits),
                    seen: format.number(seen),
                  })}
                </Text>
              </div>
              {mayWrite && (
                <Group gap="xs">
                  {(action === 'deny' || action === 'hash' || action === 'redact') && (
                    <Button size="xs" onClick={() => make.mutate({ event: null, path, action })}>
                      {t(`data-ui:suggest.do.${action}`)}
                    </Button>
                  )}
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => other({ event: events.length === 1 ? (events[0] ?? null) : null, path, action })}
                  >
                    {t('data-ui:suggest.other')}
                  </Button>
                  <Button size="xs" variant="subtle" onClick={() => dismiss.mutate(one)}>
                    {t('data-ui:suggest.dismiss')}
                  </Button>
                </Group>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

function InForce({ items, mayWrite }: { items: readonly RuleView[]; mayWrite: boolean }) {
  const { company } = useSession()
  const { end } = useRuleChanges()
  return (
    <Card title={t('data-ui:rules.list')} text={items.length === 0 ? t('data-ui:rules.none') : t('data-ui:rules.order')}>
      {items.length > 0 && (
        <Table fz="sm" verticalSpacing={9} className="numbers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('data-ui:rules.path')}</Table.Th>
              <Table.Th>{t('data-ui:rules.action')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('data-ui:rules.by')}</Table.Th>
              {mayWrite && (
                <Table.Th>
                  <VisuallyHidden>{t('data-ui:rules.remove')}</VisuallyHidden>
                </Table.Th>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(rule => (
              <Table.Tr key={rule.id}>
                <Table.Td>
                  {rule.path === null ? t('data-ui:rules.wholeEvent') : <Path path={rule.path} />}
                  <Text size="xs" c="dimmed" className={styles.wrap}>
                    {rule.event ?? t('data-ui:rules.everyEvent')}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {t(`data-ui:action.${rule.action}`)}
                  {rule.action === 'block' && rule.hits > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('data-ui:rules.hits', { count: rule.hits, events: format.number(rule.hits) })}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td visibleFrom="sm" className={styles.wrap}>
                  {rule.createdBy}
                  <Text size="xs" c="dimmed">
                    {format.instant(rule.createdAt, company.timeZone)}
                  </Text>
                </Table.Td>
                {mayWrite && (
                  <Table.Td ta="right">
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="clay"
                      c="var(--p-bad)"
                      loading={end.isPending && end.variables.id === rule.id}
                      onClick={() => end.mutate(rule)}
                      aria-label={t('data-ui:rules.removeOne', { what: rule.path ?? rule.event ?? '' })}
                    >
                      {t('data-ui:rules.remove')}
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  )
}
