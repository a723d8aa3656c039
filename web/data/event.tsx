import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Checkbox,
  Group,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type EventDetail } from '../../src/events/catalogue/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconChevronLeft, IconShield } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './data.module.css'
import { Marks } from './events.tsx'
import { Path } from './path.tsx'
import { event as eventQuery, rules, useEventChanges, useRuleChanges } from './queries.ts'
import { type Draft, RuleForm } from './rule-form.tsx'
import { DataTabs } from './tabs.tsx'

const route = getRouteApi('/inside/settings/data/events/$eventId')

/** One name: what its events say, what it means, and what becomes of it on its way in. */
export function EventPage() {
  const { eventId } = route.useParams()
  const detail = useQuery(eventQuery(eventId))
  const [draft, setDraft] = useState<Draft | null>(null)
  if (detail.isPending) return <PageWaiting />
  const event = detail.data
  return (
    <>
      <DataTabs />
      <Page
        title={
          <Group component="span" gap={10} display="inline-flex" className={styles.wrap}>
            {event?.name ?? t('data-ui:events.rest')}
            {event && <Marks event={event} />}
          </Group>
        }
        text={event && <Volume event={event} />}
        actions={
          <AnchorLink to="/settings/data/events" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
            <IconChevronLeft size={15} aria-hidden />
            {t('data-ui:event.back')}
          </AnchorLink>
        }
      >
        {detail.isError && <TroubleNote error={detail.error} retry={detail.refetch} />}
        {event && (
          <Stack gap="lg">
            {event.isBlocked && (
              <Alert color="clay">
                {event.blocked === 0
                  ? t('data-ui:event.blockedNone')
                  : t('data-ui:event.blockedText', { count: event.blocked, events: format.number(event.blocked) })}
              </Alert>
            )}
            <Properties event={event} makeRule={path => setDraft({ event: event.name, path, action: 'deny' })} />
            {event.name !== null && <About key={event.id} event={event} />}
          </Stack>
        )}
      </Page>
      <RuleForm draft={draft} close={() => setDraft(null)} />
    </>
  )
}

function Volume({ event: { events, events30Days, firstAt, lastAt } }: { event: EventDetail }) {
  const { company } = useSession()
  return (
    <span className="numbers">
      {t('data-ui:events.month')}: {format.number(events30Days)} · {t('data-ui:events.ever')}: {format.number(events)}
      {firstAt && ` · ${t('data-ui:events.since', { day: format.instant(firstAt, company.timeZone) })}`}
      {lastAt && ` · ${t('data-ui:source.last', { ago: format.ago(lastAt, Date.now()) })}`}
    </span>
  )
}

function Properties({ event, makeRule }: { event: EventDetail; makeRule: (path: string) => void }) {
  const may = useMay()
  const { properties, observed, unlisted } = event
  return (
    <Card
      title={t('data-ui:event.properties')}
      text={
        properties.length === 0
          ? t('data-ui:event.noProperties')
          : `${t('data-ui:event.observed', { count: observed, events: format.number(observed) })} ${t('data-ui:property.examplesHint')}`
      }
    >
      {properties.length > 0 && (
        <Table.ScrollContainer
          minWidth={620}
          type="scrollarea"
          scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t('data-ui:event.properties') } }}
        >
          <Table className="numbers" fz="sm" verticalSpacing={7}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('data-ui:property.path')}</Table.Th>
                <Table.Th>{t('data-ui:property.type')}</Table.Th>
                <Table.Th ta="right">{t('data-ui:property.share')}</Table.Th>
                <Table.Th>{t('data-ui:property.examples')}</Table.Th>
                <Table.Th>{t('data-ui:property.rule')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {properties.map(one => (
                <Table.Tr key={one.path}>
                  <Table.Td>
                    <Path path={one.path} />
                  </Table.Td>
                  <Table.Td>{one.types.map(({ type }) => t(`data-ui:type.${type}`)).join(', ')}</Table.Td>
                  <Table.Td ta="right">{format.percent(one.share)}</Table.Td>
                  <Table.Td className={styles.wrap}>
                    <Examples property={one} />
                  </Table.Td>
                  <Table.Td>
                    <Group gap={6} wrap="nowrap" justify="space-between">
                      <Text size="sm" {...(one.action === 'allow' && { c: 'dimmed' })}>
                        {t(`data-ui:action.${one.action}`)}
                      </Text>
                      {may('rules:write') && (
                        <Tooltip label={t('data-ui:property.make', { path: one.path })}>
                          <ActionIcon
                            variant="subtle"
                            color="gray"
                            onClick={() => makeRule(one.path)}
                            aria-label={t('data-ui:property.make', { path: one.path })}
                          >
                            <IconShield size={16} stroke={1.6} />
                          </ActionIcon>
                        </Tooltip>
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {unlisted > 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('data-ui:event.unlisted', { count: unlisted, sightings: format.number(unlisted) })}
        </Text>
      )}
    </Card>
  )
}

function Examples({ property: { examples, isShape, personal } }: { property: EventDetail['properties'][number] }) {
  const kinds = personal.map(kind => t(`data-ui:personal.${kind}`)).join(', ')
  return (
    <Group gap="4px 8px">
      <Text size="sm" {...((isShape || examples.length === 0) && { c: 'dimmed' })}>
        {examples.length === 0
          ? t('data-ui:property.noExample')
          : isShape
            ? t('data-ui:property.shape', { shape: examples.join(', ') })
            : examples.join(', ')}
      </Text>
      {personal.length > 0 && (
        <Badge size="sm" variant="light" color="marigold" c="var(--mantine-color-text)" tt="none">
          {t('data-ui:personal.looks', { kinds })}
        </Badge>
      )}
    </Group>
  )
}

function About({ event }: { event: EventDetail }) {
  const may = useMay()
  const navigate = useNavigate()
  const { describe, forget } = useEventChanges()
  const { make, end } = useRuleChanges()
  const list = useQuery(rules)
  const { description, owner, isVerified } = event
  const form = useForm({ initialValues: { description, owner, isVerified } })
  const mayWrite = may('imports:write')
  const block = list.data?.items.find(rule => rule.action === 'block' && rule.event === event.name)
  return (
    <Card title={t('data-ui:event.about')}>
      <form
        onSubmit={form.onSubmit(change =>
          describe.mutate({ id: event.id, change }, { onSuccess: () => form.resetDirty(change) }),
        )}
      >
        <Stack gap="sm" maw={640}>
          <Textarea
            label={t('data-ui:event.description')}
            placeholder={t('data-ui:event.descriptionHint')}
            autosize
            minRows={2}
            maxLength={2000}
            disabled={!mayWrite}
            {...form.getInputProps('description')}
          />
          <TextInput label={t('data-ui:event.owner')} maxLength={200} disabled={!mayWrite} {...form.getInputProps('owner')} />
          <Checkbox
            label={t('data-ui:event.isVerified')}
            disabled={!mayWrite}
            {...form.getInputProps('isVerified', { type: 'checkbox' })}
          />
          <Group gap="xs" mt="xs">
            {mayWrite && (
              <Button type="submit" loading={describe.isPending} disabled={!form.isDirty()}>
                {t('save')}
              </Button>
            )}
            {may('rules:write') &&
              (block ? (
                <Button variant="default" loading={end.isPending} onClick={() => end.mutate(block)}>
                  {t('data-ui:event.unblock')}
                </Button>
              ) : (
                <Button
                  variant="default"
                  loading={make.isPending}
                  onClick={() => make.mutate({ event: event.name, path: null, action: 'block' })}
                >
                  {t('data-ui:event.block')}
                </Button>
              ))}
            {mayWrite && (
              <Button
                variant="subtle"
                color="clay"
                c="var(--p-bad)"
                loading={forget.isPending}
                onClick={() => forget.mutate(event, { onSuccess: () => navigate({ to: '/settings/data/events' }) })}
              >
                {t('data-ui:event.forget')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
