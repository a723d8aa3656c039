import { Avatar, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode } from 'react'
import { type Role } from '../../src/access/contract.ts'
import { type CustomerProfile } from '../../src/customers/contract.ts'
import { type Explanation } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconChevronLeft } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { CompaniesOfCustomer } from '../companies/companies-of-customer.tsx'
import { StageGlyph, stageColor } from '../lifecycle/stage-look.tsx'
import { OrdersOfCustomer } from '../orders/orders-of-customer.tsx'
import { Revenue } from '../orders/revenue.tsx'
import { Consents } from './consents.tsx'
import styles from './customer.module.css'
import { ListsOf } from './lists-of.tsx'
import { Merges } from './merges.tsx'
import { Notes } from './notes.tsx'
import { explanationOf, profile, stays } from './queries.ts'
import { StaysBand } from './stays-band.tsx'
import { Timeline } from './timeline.tsx'
import { Told } from './told.tsx'
import { Why } from './why.tsx'

const route = getRouteApi('/inside/customers/$customerId')

export function Customer() {
  const { customerId } = route.useParams()
  const { at, model } = route.useSearch()
  const may = useMay()
  const { user } = useSession()
  const who = useQuery(profile(customerId))
  const why = useQuery({ ...explanationOf(customerId, model, at), enabled: may('lifecycle:read') })
  const history = useQuery({ ...stays(customerId, model), enabled: may('lifecycle:read') })
  if (who.isPending) return <PageWaiting />
  if (who.isError) {
    return (
      <Page title={t('customers-ui:customer')}>
        <TroubleNote error={who.error} retry={who.refetch} />
      </Page>
    )
  }
  const { id } = who.data
  const parts: Record<Part, ReactNode> = {
    orders: <OrdersOfCustomer key="orders" customerId={id} />,
    notes: may('customers:write') && <Notes key="notes" customerId={id} />,
    told: <Told key="told" customerId={id} />,
    why: why.data && why.data.tried.length > 0 ? <Why key="why" why={why.data} /> : null,
    trouble: why.error && <TroubleNote key="trouble" error={why.error} retry={why.refetch} />,
    lists: <ListsOf key="lists" customerId={id} />,
    consents: may('customers:contact') && <Consents key="consents" customerId={id} />,
    companies: <CompaniesOfCustomer key="companies" customerId={id} />,
    merges: <Merges key="merges" customerId={id} />,
    timeline: <Timeline key="timeline" customerId={id} stages={history.data?.items ?? []} />,
  }
  const { sides, mains } = placesFor(user.role)
  return (
    <Page
      title={
        <Group gap="sm" wrap="nowrap">
          <Avatar
            color="fern"
            variant="light"
            size={46}
            radius="xl"
            visibleFrom="xs"
            aria-hidden
            {...(/\d/.test(who.data.label) ? {} : { name: who.data.label })}
          />
          <span style={{ overflowWrap: 'anywhere' }}>{who.data.label}</span>
        </Group>
      }
      text={
        <AnchorLink to="/customers" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
          <IconChevronLeft size={14} />
          {t('customers-ui:all')}
        </AnchorLink>
      }
    >
      <Stack gap="lg">
        {why.data && <Standing why={why.data} at={at} />}
        {history.data && history.data.items.length > 0 && (
          <StaysBand items={history.data.items} customerId={customerId} at={at} model={model} />
        )}
        <div className={styles.columns}>
          <Stack gap="lg" className={styles.side}>
            <Who who={who.data} />
            {sides.map(part => parts[part])}
          </Stack>
          <Stack gap="lg" style={{ minWidth: 0 }}>
            {mains.map(part => parts[part])}
          </Stack>
        </div>
      </Stack>
    </Page>
  )
}

type Part = 'orders' | 'notes' | 'told' | 'why' | 'trouble' | 'lists' | 'consents' | 'companies' | 'merges' | 'timeline'

/** What each department looks for stands first: money for finance, what was said and agreed for those who talk to people. */
function placesFor(role: Role): { sides: Part[]; mains: Part[] } {
  const others: Part[] = ['companies', 'lists', 'consents', 'told', 'why', 'trouble', 'merges']
  switch (role) {
    case 'finance':
      return { sides: others, mains: ['orders', 'timeline'] }
    case 'sales':
    case 'service':
      return { sides: ['orders', ...others], mains: ['notes', 'timeline'] }
    case 'privacy_officer':
      return {
        sides: ['consents', 'told', ...others.filter(part => part !== 'consents' && part !== 'told')],
        mains: ['timeline', 'orders', 'notes'],
      }
    case 'analyst':
    case 'developer':
    case 'viewer':
      return { sides: ['orders', 'why', 'trouble', 'companies', 'lists', 'told', 'merges'], mains: ['timeline'] }
    default:
      return {
        sides: ['orders', 'why', 'trouble', 'companies', 'lists', 'consents', 'told', 'merges'],
        mains: ['notes', 'timeline'],
      }
  }
}

/** Where they stand, since when, and what happens by itself. */
function Standing({ why, at }: { why: Explanation; at: string | undefined }) {
  const { company } = useSession()
  const { stage, since, next } = why
  return (
    <Card className={styles.standing} style={{ '--stage': stageColor(stage?.super ?? null) } as React.CSSProperties}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
        <Group gap="sm" wrap="nowrap" align="center">
          <StageGlyph stage={stage?.super ?? null} size={46} />
          <div>
            <Text size="xs" c="dimmed">
              {at ? t('customers-ui:stage.at', { day: format.day(at, 'long') }) : t('customers-ui:stage.now')}
            </Text>
            <Title order={2}>
              {stage?.name ?? (since === null ? t('customers-ui:stage.none') : t('lifecycle-ui:unassigned'))}
            </Title>
          </div>
        </Group>
        <div>
          <Text size="xs" c="dimmed">
            {t('customers-ui:since')}
          </Text>
          {since ? (
            <Text fw={600} className="numbers">
              {format.instant(since, company.timeZone)}
              <Text span c="dimmed" fw={400} size="sm">
                {' · '}
                {format.lasting(since, why.at)}
              </Text>
            </Text>
          ) : (
            <Text>–</Text>
          )}
        </div>
        <div>
          <Text size="xs" c="dimmed">
            {t('customers-ui:next')}
          </Text>
          {next ? (
            <>
              <Text fw={600} className="numbers">
                {t('customers-ui:next.to', { stage: next.stage?.name ?? t('lifecycle-ui:unassigned') })}{' '}
                <Text span c="dimmed" fw={400} size="sm">
                  {format.instant(next.at, company.timeZone, 'minute')} ·{' '}
                  {format.ago(next.at, at ? Date.parse(why.at) : Date.now())}
                </Text>
              </Text>
              {next.reason && (
                <Text size="xs" c="dimmed">
                  {format.sentence(next.reason.sentence)}
                </Text>
              )}
            </>
          ) : (
            <Text size="sm">{t('customers-ui:next.nothing')}</Text>
          )}
        </div>
      </SimpleGrid>
    </Card>
  )
}

function Who({ who }: { who: CustomerProfile }) {
  const { company } = useSession()
  const may = useMay()
  const time = (iso: string) => format.instant(iso, company.timeZone)
  const revenue = <Revenue customerId={who.id} revenue={who.revenue} align="right" />
  const facts: [string, ReactNode][] = [
    [t('customers-ui:orders'), format.number(who.orders)],
    [t('customers-ui:lastOrder'), who.lastOrderAt ? time(who.lastOrderAt) : '–'],
    ...(may('customers:money') ? ([[t('customers-ui:revenue'), revenue]] as [string, ReactNode][]) : []),
    [t('customers-ui:firstSeen'), time(who.firstSeenAt)],
    [t('customers-ui:column.last_event'), time(who.lastSeenAt)],
    ...who.identities.map((identity): [string, string] => [identityName(identity.kind), identity.value]),
  ]
  return (
    <Card title={t('customers-ui:who')}>
      <dl className={styles.facts}>
        {facts.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: somebody may have two ids of one kind
          <div key={i}>
            <dt>{name}</dt>
            <dd className="numbers">{value}</dd>
          </div>
        ))}
      </dl>
      {!may('customers:contact') && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('customers-ui:masked')}
        </Text>
      )}
    </Card>
  )
}

function identityName(kind: string): string {
  switch (kind) {
    case 'external':
    case 'email':
    case 'phone':
    case 'anonymous':
      return t(`customers-ui:identity.${kind}`)
    default:
      return kind
  }
}
