import { Group, Stack, Text } from '@mantine/core'
import { type ImportPage } from '../../src/events/imports/contract.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { kindOf } from '../imports/fields.ts'
import { StateBadge } from '../imports/state-badge.tsx'

export function LatestImports({ items }: { items: ImportPage['items'] }) {
  return (
    <Card
      title={t('home:imports.title')}
      actions={
        <AnchorLink to="/imports" size="sm">
          {t('import-ui:all')}
        </AnchorLink>
      }
    >
      <Stack gap="sm">
        {items.slice(0, 4).map(one => (
          <Group key={one.id} justify="space-between" wrap="nowrap" gap="sm">
            <div style={{ minWidth: 0 }}>
              <AnchorLink to="/imports/$importId" params={{ importId: one.id }} size="sm" fw={600} truncate display="block">
                {one.kind === 'sample' ? t('import-ui:sample') : one.fileName}
              </AnchorLink>
              <Text size="xs" c="dimmed" className="numbers">
                {one.counts &&
                  `${t(`import-ui:history.of.${kindOf(one)}`, { count: one.counts.entries, entries: format.number(one.counts.entries) })} · `}
                {format.ago(one.createdAt, Date.now())}
              </Text>
            </div>
            <StateBadge state={one.state} />
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
