import { Button, ScrollArea, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { DataTabs } from '../data/tabs.tsx'
import { DropZone } from './drop-zone.tsx'
import { kindOf } from './fields.ts'
import { importHistory } from './queries.ts'
import { SampleShop } from './sample-shop.tsx'
import { StateBadge } from './state-badge.tsx'

export function Imports() {
  const may = useMay()
  const { company } = useSession()
  const history = useInfiniteQuery(importHistory)
  if (history.isPending) return <PageWaiting />
  const items = history.data?.pages.flatMap(page => page.items) ?? []
  return (
    <>
      <DataTabs />
      <Page title={t('import-ui:title')} text={t('import-ui:text')}>
        <Stack gap="lg">
          {history.isError && <TroubleNote error={history.error} retry={history.refetch} />}
          {may('imports:write') && <DropZone />}
          {may('imports:write') && <SampleShop items={items} />}
          <Card title={t('import-ui:history.title')} text={items.length === 0 ? t('import-ui:history.none') : undefined}>
            {items.length > 0 && (
              <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('import-ui:history.title') }}>
                <Table className="numbers" fz="sm" verticalSpacing={9} miw={640}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('import-ui:history.file')}</Table.Th>
                      <Table.Th>{t('import-ui:history.state')}</Table.Th>
                      <Table.Th>{t('import-ui:history.kind')}</Table.Th>
                      <Table.Th ta="right">{t('import-ui:history.entries')}</Table.Th>
                      <Table.Th ta="right">{t('import-ui:counts.rejected')}</Table.Th>
                      <Table.Th>{t('import-ui:history.when')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map(one => (
                      <Table.Tr key={one.id}>
                        <Table.Td>
                          <AnchorLink to="/imports/$importId" params={{ importId: one.id }} size="sm" fw={600}>
                            {one.kind === 'sample' ? t('import-ui:sample') : one.fileName}
                          </AnchorLink>
                          <Text size="xs" c="dimmed">
                            {[one.recognised, one.bytes > 0 ? format.bytes(one.bytes) : null, one.createdBy]
                              .filter(Boolean)
                              .join(' · ')}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <StateBadge state={one.state} />
                        </Table.Td>
                        <Table.Td>{t(`import-ui:kind.${kindOf(one)}`)}</Table.Td>
                        <Table.Td ta="right">{one.counts ? format.number(one.counts.entries) : '–'}</Table.Td>
                        <Table.Td ta="right">{one.counts ? format.number(one.counts.rejected) : '–'}</Table.Td>
                        <Table.Td>{format.instant(one.createdAt, company.timeZone, 'minute')}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </ScrollArea>
            )}
            {history.hasNextPage && (
              <Button variant="subtle" mt="sm" loading={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
                {t('more')}
              </Button>
            )}
          </Card>
        </Stack>
      </Page>
    </>
  )
}
