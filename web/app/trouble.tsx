import { Alert, Button, Code, Group, Text } from '@mantine/core'
import { Trouble } from './ask.ts'
import { IconAlertTriangle } from './icons.ts'
import { sentence } from './tell.ts'
import { t } from './words.ts'

/** What could not be shown, and a way to try again. */
export function TroubleNote({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  return (
    <Alert
      role="alert"
      variant="light"
      color="clay"
      radius="lg"
      icon={<IconAlertTriangle size={18} />}
      title={t('trouble.title')}
    >
      <Text size="sm">{sentence(error)}</Text>
      {error instanceof Trouble && error.requestId && (
        <Text size="xs" mt={6}>
          {t('trouble.request')} <Code>{error.requestId}</Code>
        </Text>
      )}
      {retry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={retry}>
            {t('again')}
          </Button>
        </Group>
      )}
    </Alert>
  )
}
