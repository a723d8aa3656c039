import { Tabs, Text } from '@mantine/core'
import { useMay } from '../access/session.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { CopyCode } from './content.tsx'
import { snippets } from './snippets.ts'

/** How a program hands in its first event. */
export function Connect({ isFirst }: { isFirst: boolean }) {
  const may = useMay()
  const ways = snippets(window.location.origin)
  return (
    <Card
      title={t(isFirst ? 'tracking-ui:connect.first' : 'tracking-ui:connect.title')}
      text={isFirst ? t('tracking-ui:connect.waits') : undefined}
    >
      <Text size="sm" mb="md" maw={760}>
        {t('tracking-ui:connect.text')}{' '}
        {may('keys:manage') ? (
          <AnchorLink to="/settings/keys" inherit underline="always">
            {t('tracking-ui:connect.makeKey')}
          </AnchorLink>
        ) : (
          t('tracking-ui:connect.askForKey')
        )}
      </Text>
      <Tabs defaultValue={ways[0]?.name ?? null} keepMounted={false}>
        <Tabs.List mb="sm">
          {ways.map(({ name }) => (
            <Tabs.Tab key={name} value={name}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {ways.map(({ name, code }) => (
          <Tabs.Panel key={name} value={name}>
            <CopyCode code={code} name={t('tracking-ui:connect.code', { name })} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  )
}
