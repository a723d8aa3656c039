import { Autocomplete, Button, Checkbox, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type BulkRequest, type BulkView, type Selection } from '../../src/customers/bulk/contract.ts'
import { type List } from '../../src/customers/lists/contract.ts'
import { post } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { sentence, tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { bulkActions, lists, traitNames } from './queries.ts'

export type Asked = BulkRequest['kind']
const NEW = 'new'

/** What exactly is to be done, and for how many; then a job does it. */
export function BulkDialog({
  asked,
  selection,
  number,
  isAbout,
  columns,
  close,
}: {
  asked: Asked
  selection: Selection
  number: number
  isAbout: boolean
  columns: readonly string[]
  close: (isBegun: boolean) => void
}) {
  const queries = useQueryClient()
  const [trait, setTrait] = useState('')
  const [value, setValue] = useState('')
  const [list, setList] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [hasMark, mark] = useState(true)
  const traits = useQuery({ ...traitNames, enabled: asked === 'trait' })
  const known = useQuery({ ...lists, enabled: asked === 'list_add' || asked === 'list_remove' })
  const isNew = asked === 'list_add' && list === NEW
  const begin = useMutation({
    meta: { saidByForm: true },
    mutationFn: async () => {
      const into = isNew ? (await post<List>('/lists', { name: name.trim() })).id : list
      const request: BulkRequest =
        asked === 'trait'
          ? { kind: asked, selection, trait: trait.trim(), value: worth(value.trim()) }
          : asked === 'export'
            ? { kind: asked, selection, columns: [...columns], hasMark }
            : { kind: asked, selection, list: into ?? '' }
      return post<BulkView>('/bulk', request)
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: bulkActions.queryKey })
      void queries.invalidateQueries({ queryKey: lists.queryKey })
      tell.done(t('customers-ui:bulk.begun'))
      close(true)
    },
  })
  const isReady =
    asked === 'export' ||
    (asked === 'trait' && trait.trim() !== '' && value.trim() !== '') ||
    ((asked === 'list_add' || asked === 'list_remove') && list !== null && (!isNew || name.trim() !== ''))
  const options = (known.data ?? []).map(one => ({ value: one.id, label: one.name }))
  return (
    <Modal opened onClose={() => close(false)} title={t(`customers-ui:bulk.${asked}`)} size="sm">
      <form
        onSubmit={event => {
          event.preventDefault()
          begin.mutate()
        }}
      >
        <Stack gap="sm">
          <Text size="sm" fw={600}>
            {isAbout
              ? t('customers-ui:bulk.whomAbout', { shown: format.number(number) })
              : t('customers-ui:bulk.whom', { count: number, shown: format.number(number) })}
          </Text>
          {asked === 'trait' && (
            <>
              <Autocomplete
                data-autofocus
                label={t('customers-ui:filter.trait')}
                maxLength={200}
                data={(traits.data ?? []).map(one => one.name)}
                limit={20}
                value={trait}
                onChange={setTrait}
              />
              <TextInput
                label={t('customers-ui:bulk.value')}
                maxLength={1000}
                value={value}
                onChange={event => setValue(event.currentTarget.value)}
              />
              <Text size="xs" c="dimmed">
                {t('customers-ui:bulk.traitText')}
              </Text>
            </>
          )}
          {(asked === 'list_add' || asked === 'list_remove') && (
            <Select
              data-autofocus
              label={t('customers-ui:bulk.list')}
              data={asked === 'list_add' ? [...options, { value: NEW, label: t('customers-ui:bulk.newListOption') }] : options}
              value={list}
              onChange={setList}
              searchable
            />
          )}
          {isNew && (
            <TextInput
              label={t('customers-ui:bulk.newList')}
              maxLength={100}
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
          )}
          {asked === 'export' && (
            <>
              <Text size="sm" c="dimmed">
                {t('customers-ui:bulk.exportText')}
              </Text>
              <Checkbox
                label={t('customers-ui:bulk.mark')}
                checked={hasMark}
                onChange={event => mark(event.currentTarget.checked)}
              />
            </>
          )}
          {begin.isError && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {sentence(begin.error)}
            </Text>
          )}
          <Button type="submit" disabled={!isReady} loading={begin.isPending}>
            {t('customers-ui:bulk.begin')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}

/** Numbers and yes or no are kept as such; everything else as words. */
const worth = (text: string): string | number | boolean =>
  text === 'true' || text === 'false' ? text === 'true' : String(Number(text)) === text ? Number(text) : text
