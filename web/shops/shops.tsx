import { Button, ScrollArea, Stack, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconPlus } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { ConnectShop } from './connect-shop.tsx'
import { shops } from './queries.ts'
import { QuietNote } from './quiet-note.tsx'
import { ShopBadge } from './state.tsx'

/** Which shops send to us, and how each of them is. */
export function Shops() {
  const list = useQuery(shops)
  const may = useMay()
  const [isOpen, { open, close }] = useDisclosure(false)
  if (list.isPending) return <PageWaiting />
  const items = list.data?.items ?? []
  const connect = may('imports:write') && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('shops-ui:connect')}
    </Button>
  )
  return (
    <Page title={t('shops-ui:title')} text={t('shops-ui:text')} actions={items.length > 0 && connect}>
      <Stack gap="lg">
        {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
        {list.data && items.length === 0 && (
          <Card title={t('shops-ui:none')}>
            <Text size="sm" mb="md" maw={640}>
              {t('shops-ui:noneText')}
            </Text>
            {connect}
          </Card>
        )}
        {items.map(shop => (
          <QuietNote key={shop.id} shop={shop} isNamed />
        ))}
        {items.length > 0 && (
          <Card p={0}>
            <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('shops-ui:title') }}>
              <Table className="numbers" fz="sm" verticalSpacing={10} horizontalSpacing="md" miw={640}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('shops-ui:column.name')}</Table.Th>
                    <Table.Th>{t('shops-ui:column.state')}</Table.Th>
                    <Table.Th>{t('shops-ui:column.last')}</Table.Th>
                    <Table.Th ta="right">{t('shops-ui:column.accepted')}</Table.Th>
                    <Table.Th ta="right">{t('shops-ui:column.trouble')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map(shop => (
                    <Table.Tr key={shop.id}>
                      <Table.Td>
                        <AnchorLink to="/settings/shops/$shopId" params={{ shopId: shop.id }} size="sm" fw={600}>
                          {shop.name}
                        </AnchorLink>
                        <Text size="xs" c="dimmed">
                          {t(`shops-ui:kind.${shop.kind}`)}
                        </Text>
                      </Table.Td>
                      <Table.Td>
                        <ShopBadge shop={shop} />
                      </Table.Td>
                      <Table.Td>{shop.lastAt ? format.ago(shop.lastAt, Date.now()) : t('shops-ui:never')}</Table.Td>
                      <Table.Td ta="right">{format.number(shop.counts.accepted)}</Table.Td>
                      <Table.Td ta="right">{format.number(shop.counts.not_understood)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollArea>
          </Card>
        )}
      </Stack>
      <ConnectShop opened={isOpen} close={close} />
    </Page>
  )
}
