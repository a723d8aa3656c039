import { SimpleGrid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactNode } from 'react'
import { type CompanyProfile } from '../../src/customers/companies/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { Defined } from '../app/defined.tsx'
import * as format from '../app/format.ts'
import { IconChevronLeft } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './companies.module.css'
import { People } from './people.tsx'
import { companyProfile } from './queries.ts'
import { Stages } from './stages.tsx'

const route = getRouteApi('/inside/companies/$companyId')

export function Company() {
  const { companyId } = route.useParams()
  const may = useMay()
  const found = useQuery(companyProfile(companyId))
  if (found.isPending) return <PageWaiting />
  if (found.isError) {
    return (
      <Page title={t('companies-ui:company')} text={<Back />}>
        <TroubleNote error={found.error} retry={found.refetch} />
      </Page>
    )
  }
  const company = found.data
  return (
    <Page title={<span style={{ overflowWrap: 'anywhere' }}>{company.label}</span>} text={<Back />}>
      <Stack gap="lg">
        <Together company={company} />
        {may('lifecycle:read') && <Stages stages={company.stages} people={company.people} />}
        <div className={styles.columns}>
          <Known company={company} />
          <People companyId={companyId} former={company.former} />
        </div>
      </Stack>
    </Page>
  )
}

const Back = () => (
  <AnchorLink to="/companies" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
    <IconChevronLeft size={14} />
    {t('companies-ui:all')}
  </AnchorLink>
)

/** What its people come to together. */
function Together({ company: { people, former, orders, revenue, lastSeenAt } }: { company: CompanyProfile }) {
  const maySeeMoney = useMay()('customers:money')
  const { company } = useSession()
  return (
    <Card>
      <SimpleGrid cols={{ base: 2, sm: maySeeMoney ? 4 : 3 }} spacing="lg">
        <Fact name={<Defined term={t('companies-ui:people')} means={t('companies-ui:people.means')} />}>
          {format.number(people)}
          {former > 0 && (
            <Text size="xs" c="dimmed">
              {t('companies-ui:former', { count: former, shown: format.number(former) })}
            </Text>
          )}
        </Fact>
        <Fact name={<Defined term={t('companies-ui:orders')} means={t('companies-ui:orders.means')} />}>
          {format.number(orders)}
        </Fact>
        {maySeeMoney && (
          <Fact name={<Defined term={t('companies-ui:revenue')} means={t('companies-ui:revenue.means')} />}>
            {revenue.length ? revenue.map(one => <div key={one.currency}>{format.money(one)}</div>) : '–'}
          </Fact>
        )}
        <Fact name={<Defined term={t('companies-ui:lastSeen')} means={t('companies-ui:lastSeen.means')} />}>
          {lastSeenAt ? format.instant(lastSeenAt, company.timeZone) : '–'}
        </Fact>
      </SimpleGrid>
    </Card>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" component="div">
        {name}
      </Text>
      <Text component="div" fw={600} fz="lg" className="numbers">
        {children}
      </Text>
    </div>
  )
}

function Known({ company: { externalId, traits } }: { company: CompanyProfile }) {
  return (
    <Card title={t('companies-ui:known')}>
      <dl className={styles.facts}>
        <div>
          <dt>{t('companies-ui:id')}</dt>
          <dd>{externalId}</dd>
        </div>
        {traits.map(({ name, value }) => (
          <div key={name}>
            <dt>{format.sentence(name)}</dt>
            <dd className="numbers">{value}</dd>
          </div>
        ))}
      </dl>
      {traits.length === 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('companies-ui:known.nothing')}
        </Text>
      )}
    </Card>
  )
}
