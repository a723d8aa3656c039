import { Button, Text } from '@mantine/core'
import { type BulkView } from '../../src/customers/bulk/contract.ts'
import * as format from '../app/format.ts'
import { IconDownload } from '../app/icons.ts'
import { t } from '../app/words.ts'

/** The file of an export, while it is kept. */
export function Download({ one }: { one: BulkView }) {
  if (one.kind !== 'export' || one.state !== 'done') return null
  if (one.file === null)
    return (
      <Text size="xs" c="dimmed">
        {t('customers-ui:bulk.gone')}
      </Text>
    )
  return (
    <Button
      component="a"
      href={`/api/bulk/${one.id}/file`}
      download={one.file.name}
      size="xs"
      variant="light"
      leftSection={<IconDownload size={15} />}
      style={{ flex: 'none' }}
    >
      {t('customers-ui:bulk.download')} · {format.bytes(one.file.bytes)}
    </Button>
  )
}

/** How it stands with something done to many, as a sentence. */
export function said(one: BulkView): string {
  const shown = format.number(one.changed)
  if (one.state === 'failed') return t('customers-ui:bulk.failed', { why: one.error ?? '' })
  if (one.state === 'cancelled')
    return `${t(`customers-ui:bulk.working.${one.kind}`, { about: one.about })}: ${t('customers-ui:bulk.cancelled', { shown: format.number(one.done) })}`
  if (one.state === 'working') return t(`customers-ui:bulk.working.${one.kind}`, { about: one.about })
  const done = t(`customers-ui:bulk.done.${one.kind}`, { count: one.changed, shown, about: one.about })
  return one.kind === 'trait' ? `${one.about}: ${done}` : done
}
