import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type List } from '../../src/customers/lists/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { patch, post, remove } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { IconDots, IconPlus } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { sentence } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { Download, said } from './bulk-words.tsx'
import styles from './lists.module.css'
import { bulkActions, lists } from './queries.ts'

/** Lists picked by hand, and what was done to many customers at once. */
export function Lists() {
  const may = useMay()
  const found = useQuery(lists)
  const [edited, edit] = useState<List | 'new' | null>(null)
  if (found.isPending) return <PageWaiting />
  return (
    <Page
      title={t('customers-ui:lists.title')}
      text={t('customers-ui:lists.text')}
      actions={
        may('customers:write') && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => edit('new')}>
            {t('customers-ui:lists.new')}
          </Button>
        )
      }
    >
      <Stack gap="lg">
        {found.isError && <TroubleNote error={found.error} retry={found.refetch} />}
        {found.data?.length === 0 && (
          <Card>
            <Text fw={600}>{t('customers-ui:lists.none')}</Text>
            <Text c="dimmed" size="sm" mt={4}>
              {t('customers-ui:lists.noneText')}
            </Text>
          </Card>
        )}
        {found.data && found.data.length > 0 && (
          <ul className={styles.lists}>
            {found.data.map(one => (
              <OneList key={one.id} list={one} edit={() => edit(one)} />
            ))}
          </ul>
        )}
        <History />
      </Stack>
      {edited && <Edit list={edited === 'new' ? null : edited} close={() => edit(null)} />}
    </Page>
  )
}

function OneList({ list, edit }: { list: List; edit: () => void }) {
  const may = useMay()
  const queries = useQueryClient()
  const { company } = useSession()
  const [isAsked, ask] = useState(false)
  const forget = useMutation({
    mutationFn: () => remove(`/lists/${list.id}`),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: lists.queryKey })
      void queries.invalidateQueries({ queryKey: ['customers'] })
    },
  })
  return (
    <li>
      <Card>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Title order={2} style={{ overflowWrap: 'anywhere' }}>
              <AnchorLink
                to="/customers"
                search={{ where: [{ field: 'list', op: 'in', id: list.id }], view: 'all' }}
                inherit
                aria-label={`${list.name}: ${t('customers-ui:lists.see')}`}
              >
                {list.name}
              </AnchorLink>
            </Title>
            <Text className="numbers" size="sm" mt={2}>
              {t('customers-ui:lists.members', { count: list.members, shown: format.number(list.members) })}
            </Text>
          </div>
          {may('customers:write') && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={t('customers-ui:lists.more', { name: list.name })}>
                  <IconDots size={17} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={edit}>{t('customers-ui:lists.change')}</Menu.Item>
                <Menu.Item color="red" onClick={() => ask(true)}>
                  {t('customers-ui:lists.remove')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
        {list.description && (
          <Text size="sm" mt="xs" style={{ overflowWrap: 'anywhere' }}>
            {list.description}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt="xs" style={{ overflowWrap: 'anywhere' }}>
          {t('customers-ui:lists.by', { who: list.createdBy, day: format.instant(list.createdAt, company.timeZone) })}
        </Text>
      </Card>
      <Modal opened={isAsked} onClose={() => ask(false)} title={t('customers-ui:lists.remove')} size="sm">
        <Text size="sm">{t('customers-ui:lists.removeText', { name: list.name })}</Text>
        <Group justify="flex-end" mt="md">
          <Button color="red" loading={forget.isPending} onClick={() => forget.mutate()}>
            {t('customers-ui:lists.remove')}
          </Button>
        </Group>
      </Modal>
    </li>
  )
}

function Edit({ list, close }: { list: List | null; close: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState(list?.name ?? '')
  const [description, setDescription] = useState(list?.description ?? '')
  const keep = useMutation({
    meta: { saidByForm: true },
    mutationFn: () =>
      list ? patch(`/lists/${list.id}`, { name: name.trim(), description }) : post('/lists', { name: name.trim(), description }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: lists.queryKey })
      close()
    },
  })
  return (
    <Modal opened onClose={close} title={list ? t('customers-ui:lists.change') : t('customers-ui:lists.new')} size="sm">
      <form
        onSubmit={event => {
          event.preventDefault()
          keep.mutate()
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            label={t('customers-ui:lists.name')}
            maxLength={100}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <Textarea
            label={t('customers-ui:lists.description')}
            autosize
            minRows={2}
            maxLength={500}
            value={description}
            onChange={event => setDescription(event.currentTarget.value)}
          />
          {keep.isError && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {sentence(keep.error)}
            </Text>
          )}
          <Button type="submit" disabled={name.trim() === ''} loading={keep.isPending}>
            {list ? t('customers-ui:views.update') : t('customers-ui:lists.make')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}

/** What one did to many lately, with the files that are still kept. */
function History() {
  const { company } = useSession()
  const found = useQuery(bulkActions)
  if (!found.data || found.data.length === 0) return null
  return (
    <Card title={t('customers-ui:bulk.history')} text={t('customers-ui:bulk.historyText')}>
      <ul className={styles.history}>
        {found.data.map(one => (
          <li key={one.id}>
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                {said(one)}
              </Text>
              <Text size="xs" c="dimmed" className="numbers">
                {format.instant(one.createdAt, company.timeZone, 'minute')}
              </Text>
            </div>
            <Download one={one} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
