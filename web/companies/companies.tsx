import { ActionIcon, Group, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type CompanyRow } from '../../src/customers/companies/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { Defined } from '../app/defined.tsx'
import * as format from '../app/format.ts'
import { IconSearch, IconX } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './companies.module.css'
import { companyList } from './queries.ts'
import { Amounts, Foot } from './rows.tsx'

const route = getRouteApi('/inside/companies')

export function Companies() {
  const { search } = route.useSearch()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(search ?? '')
  const list = useInfiniteQuery(companyList(search))
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  const ask = useDebouncedCallback(
    (value: string) => navigate({ to: '/companies', search: value.trim() ? { search: value.trim() } : {}, replace: true }),
    250,
  )
  // The address may change from elsewhere: a link, the way back.
  useEffect(() => setTyped(search ?? ''), [search])
  const type = (value: string) => {
    setTyped(value)
    ask(value)
  }
  return (
    <Page title={t('companies-ui:title')} text={t('companies-ui:text')}>
      <TextInput
        data-search
        className={styles.search}
        mb="md"
        placeholder={t('companies-ui:search')}
        aria-label={t('companies-ui:search')}
        leftSection={<IconSearch size={16} />}
        rightSection={
          typed && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('companies-ui:clearSearch')}
              onClick={() => type('')}
            >
              <IconX size={15} />
            </ActionIcon>
          )
        }
        value={typed}
        onChange={event => type(event.currentTarget.value)}
      />
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.isPending && <Waiting />}
      {list.data && rows.length === 0 && (
        <Card>
          <Text fw={600}>{t(search ? 'companies-ui:none' : 'companies-ui:none.yet')}</Text>
          <Text c="dimmed" size="sm" mt={4}>
            {t(search ? 'companies-ui:none.text' : 'companies-ui:none.yetText')}
          </Text>
        </Card>
      )}
      {rows.length > 0 && (
        <Card p={0} style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
          <Rows rows={rows} />
          <Foot
            says={t(list.hasNextPage ? 'companies-ui:shown' : 'companies-ui:allShown', {
              count: rows.length,
              shown: format.number(rows.length),
            })}
            more={list.hasNextPage ? () => void list.fetchNextPage() : null}
            isComing={list.isFetchingNextPage}
          />
        </Card>
      )}
    </Page>
  )
}

function Rows({ rows }: { rows: CompanyRow[] }) {
  const maySeeMoney = useMay()('customers:money')
  const { company } = useSession()
  return (
    <Table className={`numbers ${styles.table}`} fz="sm" verticalSpacing={10} horizontalSpacing="md" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('companies-ui:company')}</Table.Th>
          <Table.Th ta="right">
            <Group justify="flex-end">
              <Defined term={t('companies-ui:people')} means={t('companies-ui:people.means')} />
            </Group>
          </Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            <Group justify="flex-end">
              <Defined term={t('companies-ui:orders')} means={t('companies-ui:orders.means')} />
            </Group>
          </Table.Th>
          {maySeeMoney && (
            <Table.Th ta="right">
              <Group justify="flex-end">
                <Defined term={t('companies-ui:revenue')} means={t('companies-ui:revenue.means')} />
              </Group>
            </Table.Th>
          )}
          <Table.Th visibleFrom="sm">
            <Defined term={t('companies-ui:lastSeen')} means={t('companies-ui:lastSeen.means')} />
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(row => (
          <Table.Tr key={row.id} className={styles.row}>
            <Table.Td className={styles.who}>
              <AnchorLink to="/companies/$companyId" params={{ companyId: row.id }} className={styles.name} size="sm">
                {row.label}
              </AnchorLink>
              {row.externalId !== row.label && (
                <Text size="xs" c="dimmed">
                  {row.externalId}
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">{format.number(row.people)}</Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {format.number(row.orders)}
            </Table.Td>
            {maySeeMoney && (
              <Table.Td ta="right" className={styles.money}>
                <Amounts amounts={row.revenue} />
              </Table.Td>
            )}
            <Table.Td visibleFrom="sm">{row.lastSeenAt ? format.instant(row.lastSeenAt, company.timeZone) : '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
