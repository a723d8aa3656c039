import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMediaQuery } from '@mantine/hooks'
import { ACTIONS, type Action, type NewRule } from '../../src/events/rules/contract.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { type RuleChanges, useRuleChanges } from './queries.ts'

/** A rule as somebody begins to write it. */
export type Draft = { event: string | null; path: string | null; action: Action }

/** What an order is read from. */
const OF_ORDERS = /^properties(\.(order_?id|total|revenue|value|currency|products.*))?$/i

export function RuleForm({ draft, close }: { draft: Draft | null; close: () => void }) {
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const changes = useRuleChanges()
  const leave = () => {
    changes.make.reset()
    close()
  }
  return (
    <Modal opened={draft !== null} onClose={leave} title={t('data-ui:form.title')} size="lg" fullScreen={isNarrow}>
      {draft && <Form draft={draft} make={changes.make} close={leave} />}
    </Modal>
  )
}

function Form({ draft, make, close }: { draft: Draft; make: RuleChanges['make']; close: () => void }) {
  const form = useForm({
    initialValues: { event: draft.event ?? '', path: draft.path ?? '', action: draft.action },
    validate: {
      event: (event, { action }) => (action === 'block' && event.trim() === '' ? t('data-ui:form.eventNeeded') : null),
      path: (path, { action }) => (action !== 'block' && path.trim() === '' ? t('data-ui:form.pathNeeded') : null),
    },
  })
  const { event, path, action } = form.values
  const rule: NewRule = { event: event.trim() || null, path: action === 'block' ? null : path.trim() || null, action }
  const touchesOrders = action !== 'allow' && action !== 'block' && OF_ORDERS.test(path.trim())
  return (
    <form noValidate onSubmit={form.onSubmit(() => make.mutate(rule, { onSuccess: close }))}>
      <Stack>
        {make.isError && (
          <Alert color="clay" role="alert">
            {sentence(make.error)}
          </Alert>
        )}
        <Select
          label={t('data-ui:form.action')}
          description={t(`data-ui:does.${action}`)}
          allowDeselect={false}
          data={ACTIONS.map(value => ({ value, label: t(`data-ui:action.${value}`) }))}
          {...form.getInputProps('action')}
        />
        {action !== 'block' && (
          <TextInput
            label={t('data-ui:form.path')}
            description={t('data-ui:form.pathHint')}
            spellCheck={false}
            data-autofocus
            {...form.getInputProps('path')}
          />
        )}
        <TextInput
          label={t('data-ui:form.event')}
          description={t('data-ui:form.eventHint')}
          spellCheck={false}
          {...form.getInputProps('event')}
        />
        {touchesOrders && <Alert color="marigold">{t('data-ui:form.orders')}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t('data-ui:form.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
