import { Group, Select, Text } from '@mantine/core'
import { FILE_KINDS, type FileKind, type ImportView } from '../../src/events/imports/contract.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { kindOf } from './fields.ts'

/** What the file is about: found out, and for the person to put right. */
export function KindChoice({ one, choose, isBusy }: { one: ImportView; choose: (kind: FileKind) => void; isBusy: boolean }) {
  const kind = kindOf(one)
  return (
    <Card>
      <Group justify="space-between" gap="md">
        <div style={{ flex: '1 1 300px' }}>
          <Text fw={600}>{t(`import-ui:kind.is.${kind}`)}</Text>
          <Text size="sm" c="dimmed">
            {t(`import-ui:kind.means.${kind}`)}
          </Text>
        </div>
        <Select
          w={220}
          label={t('import-ui:kind.label')}
          data={FILE_KINDS.map(value => ({ value, label: t(`import-ui:kind.${value}`) }))}
          value={kind}
          disabled={isBusy || one.kind === 'sample'}
          allowDeselect={false}
          onChange={value => value && value !== kind && choose(value as FileKind)}
        />
      </Group>
    </Card>
  )
}
