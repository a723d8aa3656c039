import { ActionIcon, Badge, Button, Checkbox, Group, Menu, Modal, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type SavedView } from '../../src/customers/views/contract.ts'
import { patch, post, put, remove } from '../app/ask.ts'
import { IconBookmark, IconDots, IconStar } from '../app/icons.ts'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import styles from './customers.module.css'
import { type CustomersSearch, isSame, searchOf, stateOf } from './list-state.ts'
import { savedViews } from './queries.ts'

/** The views there are, which one is open, and what can be done with it. */
export function ViewsBar({
  views,
  search,
  open,
}: {
  views: SavedView[]
  search: CustomersSearch
  open: (search: CustomersSearch) => void
}) {
  const active = views.find(view => view.id === search.view)
  const isChanged = active !== undefined && !isSame(search, active.state)
  const isSaid = Object.keys(stateOf(search)).some(key => key !== 'where') || stateOf(search).where?.length
  const [dialog, setDialog] = useState<'new' | 'rename' | 'remove' | null>(null)
  const changes = useChanges()
  const all = { view: 'all' }
  if (views.length === 0 && !isSaid) return null
  return (
    <Group gap="xs" mb="md" wrap="nowrap" justify="space-between">
      <ScrollArea type="never" style={{ flex: 1, minWidth: 0 }}>
        <Group component="nav" gap={4} wrap="nowrap" aria-label={t('customers-ui:views')}>
          <button type="button" className={styles.view} aria-current={active ? undefined : 'page'} onClick={() => open(all)}>
            {t('customers-ui:views.all')}
          </button>
          {views.map(view => (
            <button
              key={view.id}
              type="button"
              className={styles.view}
              aria-current={view === active ? 'page' : undefined}
              onClick={() => open(searchOf(view))}
            >
              {view.name}
              {view.isDefault && <IconStar size={13} aria-label={t('customers-ui:views.isDefault')} role="img" />}
            </button>
          ))}
          {isChanged && (
            <Badge variant="light" color="marigold" style={{ flex: 'none' }}>
              {t('customers-ui:views.changed')}
            </Badge>
          )}
        </Group>
      </ScrollArea>
      <Group gap={4} wrap="nowrap">
        {isChanged && active.mayChange && (
          <Button size="xs" variant="light" onClick={() => changes.alter.mutate({ id: active.id, state: stateOf(search) })}>
            {t('customers-ui:views.update')}
          </Button>
        )}
        {(active === undefined || isChanged) && isSaid && (
          <Button size="xs" variant="subtle" leftSection={<IconBookmark size={15} />} onClick={() => setDialog('new')}>
            {t('customers-ui:views.save')}
          </Button>
        )}
        {active && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t('customers-ui:views.more')}>
                <IconDots size={17} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {active.isShared && !active.isOwn && (
                <Menu.Label>{t('customers-ui:views.shared', { who: active.author })}</Menu.Label>
              )}
              {isChanged && <Menu.Item onClick={() => open(searchOf(active))}>{t('customers-ui:views.reset')}</Menu.Item>}
              <Menu.Item onClick={() => changes.first.mutate(active.isDefault ? null : active.id)}>
                {active.isDefault ? t('customers-ui:views.noDefault') : t('customers-ui:views.default')}
              </Menu.Item>
              {active.mayChange && (
                <>
                  <Menu.Item onClick={() => setDialog('rename')}>{t('customers-ui:views.rename')}</Menu.Item>
                  <Menu.Item onClick={() => changes.alter.mutate({ id: active.id, isShared: !active.isShared })}>
                    {active.isShared ? t('customers-ui:views.makeOwn') : t('customers-ui:views.makeShared')}
                  </Menu.Item>
                  <Menu.Item color="red" onClick={() => setDialog('remove')}>
                    {t('customers-ui:views.remove')}
                  </Menu.Item>
                </>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {(dialog === 'new' || dialog === 'rename') && (
        <NameView
          name={dialog === 'rename' ? (active?.name ?? '') : ''}
          isNew={dialog === 'new'}
          close={() => setDialog(null)}
          keep={async (name, isShared) => {
            if (dialog === 'rename' && active) await changes.alter.mutateAsync({ id: active.id, name })
            else {
              const made = await changes.save.mutateAsync({ name, isShared, state: stateOf(search) })
              tell.done(t('customers-ui:views.saved', { name }))
              open({ ...searchOf(made), ...(search.at && { at: search.at }) })
            }
            setDialog(null)
          }}
        />
      )}
      <Modal opened={dialog === 'remove'} onClose={() => setDialog(null)} title={t('customers-ui:views.remove')} size="sm">
        <Text size="sm">{t('customers-ui:views.removeText', { name: active?.name ?? '' })}</Text>
        <Group justify="flex-end" mt="md">
          <Button
            color="red"
            loading={changes.forget.isPending}
            onClick={async () => {
              if (active) await changes.forget.mutateAsync(active.id)
              setDialog(null)
              open(all)
            }}
          >
            {t('customers-ui:views.remove')}
          </Button>
        </Group>
      </Modal>
    </Group>
  )
}

function NameView({
  name: before,
  isNew,
  close,
  keep,
}: {
  name: string
  isNew: boolean
  close: () => void
  keep: (name: string, isShared: boolean) => Promise<void>
}) {
  const [name, setName] = useState(before)
  const [isShared, share] = useState(false)
  const [isBusy, busy] = useState(false)
  return (
    <Modal opened onClose={close} title={isNew ? t('customers-ui:views.save') : t('customers-ui:views.rename')} size="sm">
      <form
        onSubmit={event => {
          event.preventDefault()
          busy(true)
          keep(name.trim(), isShared).catch(() => busy(false))
        }}
      >
        <Stack gap="sm">
          {isNew && (
            <Text size="sm" c="dimmed">
              {t('customers-ui:views.new')}
            </Text>
          )}
          <TextInput
            data-autofocus
            label={t('customers-ui:views.name')}
            maxLength={80}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          {isNew && (
            <Checkbox
              label={t('customers-ui:views.share')}
              checked={isShared}
              onChange={event => share(event.currentTarget.checked)}
            />
          )}
          <Button type="submit" disabled={name.trim() === ''} loading={isBusy}>
            {isNew ? t('customers-ui:views.save') : t('customers-ui:views.rename')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}

function useChanges() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: savedViews.queryKey })
  return {
    save: useMutation({
      mutationFn: (body: Pick<SavedView, 'name' | 'isShared' | 'state'>) => post<SavedView>('/customer-views', body),
      onSuccess,
    }),
    alter: useMutation({
      mutationFn: ({ id, ...body }: Partial<SavedView> & { id: string }) => patch<SavedView>(`/customer-views/${id}`, body),
      onSuccess,
    }),
    forget: useMutation({ mutationFn: (id: string) => remove(`/customer-views/${id}`), onSuccess }),
    first: useMutation({ mutationFn: (id: string | null) => put('/customer-views/default', { id }), onSuccess }),
  }
}
