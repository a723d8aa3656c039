import { Box, SegmentedControl, Table, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CompanyPerson } from '../../src/customers/companies/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { models } from '../lifecycle/queries.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import styles from './companies.module.css'
import { companyPeople } from './queries.ts'
import { Amounts, Foot } from './rows.tsx'

/** Who belongs to a company, or belonged to it before. */
export function People({ companyId, former }: { companyId: string; former: number }) {
  const [isFormer, show] = useState(false)
  const list = useInfiniteQuery(companyPeople(companyId, isFormer))
  const lifecycle = useQuery({ ...models, enabled: useMay()('lifecycle:read') })
  const rows = list.data?.pages.flatMap(page => page.items) ?? []
  return (
    <Card p={0} style={{ overflow: 'hidden', opacity: list.isPlaceholderData ? 0.6 : 1 }}>
      <Box px="md" pt={{ base: 'md', sm: 'lg' }} pb="sm" className={styles.stage} w="100%">
        <Text component="h2" fz="h2" fw={600} ff="heading" m={0} style={{ flex: 1 }}>
          {t('companies-ui:peopleOf')}
        </Text>
        {former > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={t('companies-ui:which')}
            value={isFormer ? 'left' : 'current'}
            onChange={value => show(value === 'left')}
            data={[
              { value: 'current', label: t('companies-ui:current') },
              { value: 'left', label: t('companies-ui:left') },
            ]}
          />
        )}
      </Box>
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.isPending && (
        <Box px="lg" pb="lg">
          <Waiting />
        </Box>
      )}
      {list.data && rows.length === 0 && (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          {t(isFormer ? 'companies-ui:people.nobodyLeft' : 'companies-ui:people.nobody')}
        </Text>
      )}
      {rows.length > 0 && (
        <>
          <Rows rows={rows} isFormer={isFormer} model={lifecycle.data?.items.find(one => one.isPrimary)} />
          <Foot
            says={t(list.hasNextPage ? 'customers-ui:shown' : 'customers-ui:allShown', {
              count: rows.length,
              shown: format.number(rows.length),
            })}
            more={list.hasNextPage ? () => void list.fetchNextPage() : null}
            isComing={list.isFetchingNextPage}
          />
        </>
      )}
    </Card>
  )
}

function Rows({ rows, isFormer, model }: { rows: CompanyPerson[]; isFormer: boolean; model: ModelView | undefined }) {
  const maySeeMoney = useMay()('customers:money')
  const { company } = useSession()
  const day = (iso: string | null) => (iso ? format.instant(iso, company.timeZone) : '–')
  return (
    <Table className={`numbers ${styles.table}`} fz="sm" verticalSpacing={9} horizontalSpacing="md" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('companies-ui:person')}</Table.Th>
          {model && <Table.Th>{t('companies-ui:stage')}</Table.Th>}
          <Table.Th visibleFrom="md">{t(isFormer ? 'companies-ui:leftOn' : 'companies-ui:joined')}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {t('companies-ui:orders')}
          </Table.Th>
          <Table.Th visibleFrom="lg">{t('companies-ui:lastOrder')}</Table.Th>
          {maySeeMoney && <Table.Th ta="right">{t('companies-ui:revenue')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(row => {
          const stage = model?.stages.find(one => one.id === row.stage)
          return (
            <Table.Tr key={row.id} className={styles.row}>
              <Table.Td className={styles.who}>
                <AnchorLink to="/customers/$customerId" params={{ customerId: row.id }} className={styles.name} size="sm">
                  {row.label}
                </AnchorLink>
                {row.email && row.email !== row.label && (
                  <Text size="xs" c="dimmed" visibleFrom="xs">
                    {row.email}
                  </Text>
                )}
              </Table.Td>
              {model && (
                <Table.Td>
                  <span className={styles.stage}>
                    <StageGlyph stage={stage?.super ?? null} size={18} />
                    {stage?.name ?? t('companies-ui:stages.unassigned')}
                  </span>
                </Table.Td>
              )}
              <Table.Td visibleFrom="md">{day(isFormer ? row.leftAt : row.joinedAt)}</Table.Td>
              <Table.Td ta="right" visibleFrom="sm">
                {format.number(row.orders)}
              </Table.Td>
              <Table.Td visibleFrom="lg">{day(row.lastOrderAt)}</Table.Td>
              {maySeeMoney && (
                <Table.Td ta="right" className={styles.money}>
                  <Amounts amounts={row.revenue} />
                </Table.Td>
              )}
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
