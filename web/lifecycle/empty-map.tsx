import { Box, Stack, Text, Title } from '@mantine/core'
import { ButtonLink } from '../app/links.tsx'
import { Page } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { Growth } from './growth.tsx'

export function EmptyMap() {
  return (
    <Page title={t('lifecycle-ui:title')} size={860}>
      <Stack align="center" gap="md" ta="center" mt="xl">
        <Box maw={560} w="100%">
          <Growth />
        </Box>
        <Title order={2}>{t('lifecycle-ui:empty.title')}</Title>
        <Text c="dimmed" maw={520}>
          {t('lifecycle-ui:empty.text')}
        </Text>
        <ButtonLink to="/">{t('lifecycle-ui:empty.button')}</ButtonLink>
      </Stack>
    </Page>
  )
}
