import { Box, Button, Divider, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type ImportPage } from '../../src/events/imports/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { IconSparkles } from '../app/icons.ts'
import { Page } from '../app/page.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { DropZone } from '../imports/drop-zone.tsx'
import { useSampleShop } from '../imports/sample-shop.tsx'
import { Growth } from '../lifecycle/growth.tsx'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import { LatestImports } from './latest-imports.tsx'

const PROMISES = [
  { stage: 'retention', name: 'map' },
  { stage: 'loyalty', name: 'customer' },
  { stage: 'lapsed', name: 'time' },
] as const

export function EmptyHome({ items, error }: { items: ImportPage['items']; error: unknown }) {
  const may = useMay()
  const { user } = useSession()
  const { load } = useSampleShop()
  return (
    <Page title={t('home:empty.title', { name: user.name.split(' ')[0] ?? user.name })} text={t('home:empty.text')} size={980}>
      <Stack gap="xl">
        {error ? <TroubleNote error={error} /> : null}
        {may('imports:write') ? (
          <>
            <DropZone isLarge />
            <Divider label={t('home:empty.or')} />
            <Group justify="center">
              <Button
                variant="light"
                size="md"
                leftSection={<IconSparkles size={17} />}
                loading={load.isPending}
                onClick={() => load.mutate()}
              >
                {t('import-ui:shop.load')}
              </Button>
            </Group>
            <Text size="sm" c="dimmed" ta="center" mt={-16}>
              {t('home:empty.sample')}
            </Text>
          </>
        ) : (
          <Text c="dimmed">{t('home:empty.wait')}</Text>
        )}
        {items.length > 0 && <LatestImports items={items} />}
        <Box mt="md">
          <Growth />
        </Box>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
          {PROMISES.map(({ stage, name }) => (
            <div key={name}>
              <Group gap={8} mb={4}>
                <StageGlyph stage={stage} size={24} />
                <Title order={2} size="h3">
                  {t(`home:promise.${name}`)}
                </Title>
              </Group>
              <Text size="sm" c="dimmed">
                {t(`home:promise.${name}.text`)}
              </Text>
            </div>
          ))}
        </SimpleGrid>
      </Stack>
    </Page>
  )
}
