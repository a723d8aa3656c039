import { Button, Code, CopyButton, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '../app/icons.ts'
import { t } from '../app/words.ts'

/** A secret that is shown this once. */
export function CopyOnce({ value, note }: { value: string; note: string }) {
  return (
    <div>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} fz="sm" data-secret>
        {value}
      </Code>
      <Group justify="space-between" mt="sm" wrap="nowrap" align="flex-start">
        <Text size="xs" c="dimmed">
          {note}
        </Text>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              style={{ flex: 'none' }}
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? t('copied') : t('copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  )
}
