import { Button, Code, ScrollArea, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import * as format from '../app/format.ts'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { trail } from './queries.ts'
import { useSession } from './session.ts'

const shown = (detail: Record<string, unknown>) =>
  Object.entries(detail)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ')

export function Audit() {
  const { company } = useSession()
  const list = useInfiniteQuery(trail)
  if (list.isPending) return <PageWaiting />
  const entries = list.data?.pages.flatMap(page => page.items) ?? []
  return (
    <Page title={t('nav.audit')} text={t('access-ui:audit.text')}>
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      <Card p={0}>
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('nav.audit') }}>
          <Table fz="sm" verticalSpacing={9} horizontalSpacing="md" miw={760} className="numbers">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('access-ui:audit.when')}</Table.Th>
                <Table.Th>{t('access-ui:audit.who')}</Table.Th>
                <Table.Th>{t('access-ui:audit.what')}</Table.Th>
                <Table.Th>{t('access-ui:audit.details')}</Table.Th>
                <Table.Th>{t('access-ui:audit.from')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map(entry => (
                <Table.Tr key={entry.id}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.instant(entry.at, company.timeZone, 'minute')}</Table.Td>
                  <Table.Td>{entry.who}</Table.Td>
                  <Table.Td>
                    <Code>{entry.action}</Code>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{entry.subject}</Text>
                    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      {shown(entry.detail)}
                    </Text>
                  </Table.Td>
                  <Table.Td>{entry.address ?? '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
        {list.hasNextPage && (
          <Button variant="subtle" m="sm" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </Card>
    </Page>
  )
}
