import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { type Quarantined } from '../../src/events/tracking/contract.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { checked, formatted } from './content.ts'
import { type QuarantineChanges } from './queries.ts'

type Props = { item: Quarantined | null; changes: QuarantineChanges; close: () => void }

/** Hand an event in as it should have been. */
export function Correct({ item, changes, close }: Props) {
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const leave = () => {
    changes.correct.reset()
    close()
  }
  return (
    <Modal opened={item !== null} onClose={leave} title={t('tracking-ui:correct.title')} size="lg" fullScreen={isNarrow}>
      {item && <Form key={item.id} item={item} changes={changes} close={leave} />}
    </Modal>
  )
}

function Form({ item, changes: { correct }, close }: Omit<Props, 'item'> & { item: Quarantined }) {
  const [text, write] = useState(() => formatted(item.raw ?? ''))
  const found = checked(text)
  const wrong =
    'event' in found
      ? null
      : found.detail === null
        ? t('tracking-ui:correct.noObject')
        : t('tracking-ui:correct.notJson', { detail: found.detail })
  return (
    <form
      noValidate
      onSubmit={submitted => {
        submitted.preventDefault()
        if ('event' in found) correct.mutate({ id: item.id, event: found.event }, { onSuccess: close })
      }}
    >
      <Stack>
        <Text size="sm">
          {item.why} {t('tracking-ui:correct.text')}
        </Text>
        {correct.isError && (
          <Alert color="clay" role="alert">
            {sentence(correct.error)}
          </Alert>
        )}
        <Textarea
          label={t('tracking-ui:content')}
          value={text}
          onChange={({ currentTarget }) => write(currentTarget.value)}
          error={wrong}
          autosize
          minRows={8}
          maxRows={20}
          spellCheck={false}
          data-autofocus
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' } }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={correct.isPending} disabled={wrong !== null}>
            {t('tracking-ui:correct.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
