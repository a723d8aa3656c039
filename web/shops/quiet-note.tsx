import { Alert, Text } from '@mantine/core'
import { type ShopView } from '../../src/events/shops/contract.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle } from '../app/icons.ts'
import { ButtonLink } from '../app/links.tsx'
import { t } from '../app/words.ts'

/** What to do when a shop that used to send has fallen silent. */
export function QuietNote({ shop, isNamed = false }: { shop: ShopView; isNamed?: boolean }) {
  if (shop.quiet === null) return null
  const { since, usualMs } = shop.quiet
  const silent = format.duration((Date.now() - Date.parse(since)) / 1000)
  const title = t('shops-ui:quiet.title', { since: silent })
  return (
    <Alert
      color="marigold"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={isNamed ? `${shop.name}: ${title}` : title}
    >
      <Text size="sm" maw={760}>
        {t('shops-ui:quiet.text', { usual: format.duration(usualMs / 1000) })}
      </Text>
      {!isNamed && (
        <Text size="xs" c="dimmed" mt={6} maw={760}>
          {t('shops-ui:quiet.rule')}
        </Text>
      )}
      <ButtonLink to="/imports" size="xs" variant="default" mt="sm">
        {t('shops-ui:quiet.import')}
      </ButtonLink>
    </Alert>
  )
}
