import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Note } from '../../src/customers/notes/contract.ts'
import { useSession } from '../access/session.ts'
import { patch, post, remove } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { IconDots, IconPin } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './notes.module.css'
import { notesOf } from './queries.ts'

const NOTE_LENGTH_MAX = 10_000

/** What colleagues wrote about a customer, and room to write. */
export function Notes({ customerId }: { customerId: string }) {
  const found = useQuery(notesOf(customerId))
  const [text, setText] = useState('')
  const changes = useChanges(customerId)
  return (
    <Card title={t('customers-ui:notes')}>
      <form
        onSubmit={event => {
          event.preventDefault()
          changes.write.mutate(text.trim(), { onSuccess: () => setText('') })
        }}
      >
        <Textarea
          aria-label={t('customers-ui:notes.write')}
          placeholder={t('customers-ui:notes.write')}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={NOTE_LENGTH_MAX}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
          }}
        />
        {text.trim() !== '' && (
          <Group justify="flex-end" mt="xs">
            <Button type="submit" size="xs" loading={changes.write.isPending}>
              {t('customers-ui:notes.keep')}
            </Button>
          </Group>
        )}
      </form>
      {found.isError && <TroubleNote error={found.error} retry={found.refetch} />}
      {found.data?.length === 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('customers-ui:notes.none')}
        </Text>
      )}
      <ul className={styles.notes}>
        {found.data?.map(one => (
          <OneNote key={one.id} note={one} changes={changes} />
        ))}
      </ul>
    </Card>
  )
}

function OneNote({ note, changes }: { note: Note; changes: Changes }) {
  const { company } = useSession()
  const [draft, setDraft] = useState<string | null>(null)
  const [isAsked, ask] = useState(false)
  const when = (iso: string) => format.instant(iso, company.timeZone, 'minute')
  return (
    <li data-pinned={note.isPinned || undefined}>
      {draft === null ? (
        <p className={styles.text}>{note.text}</p>
      ) : (
        <form
          onSubmit={event => {
            event.preventDefault()
            changes.correct.mutate({ id: note.id, text: draft.trim() }, { onSuccess: () => setDraft(null) })
          }}
        >
          <Textarea
            aria-label={t('customers-ui:notes.edit')}
            autosize
            minRows={2}
            maxLength={NOTE_LENGTH_MAX}
            value={draft}
            onChange={event => setDraft(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs" mt={6}>
            <Button size="xs" variant="subtle" onClick={() => setDraft(null)}>
              {t('customers-ui:notes.cancel')}
            </Button>
            <Button size="xs" type="submit" disabled={draft.trim() === ''} loading={changes.correct.isPending}>
              {t('customers-ui:notes.keep')}
            </Button>
          </Group>
        </form>
      )}
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <Text size="xs" c="dimmed" className="numbers" style={{ overflowWrap: 'anywhere' }}>
          {note.isPinned && <IconPin size={12} aria-label={t('customers-ui:notes.pinned')} role="img" />} {note.author} ·{' '}
          {when(note.createdAt)}
          {note.changedAt && ` · ${t('customers-ui:notes.changed', { when: when(note.changedAt) })}`}
        </Text>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`${t('more')}: ${note.text.slice(0, 40)}`}>
              <IconDots size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => changes.correct.mutate({ id: note.id, isPinned: !note.isPinned })}>
              {note.isPinned ? t('customers-ui:notes.unpin') : t('customers-ui:notes.pin')}
            </Menu.Item>
            {note.isOwn && <Menu.Item onClick={() => setDraft(note.text)}>{t('customers-ui:notes.edit')}</Menu.Item>}
            {note.mayRemove && (
              <Menu.Item color="red" onClick={() => ask(true)}>
                {t('customers-ui:notes.remove')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Modal opened={isAsked} onClose={() => ask(false)} title={t('customers-ui:notes.remove')} size="sm">
        <Stack>
          <Text size="sm">{t('customers-ui:notes.removeText')}</Text>
          <Group justify="flex-end">
            <Button color="red" loading={changes.forget.isPending} onClick={() => changes.forget.mutate(note.id)}>
              {t('customers-ui:notes.remove')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </li>
  )
}

type Changes = ReturnType<typeof useChanges>
function useChanges(customerId: string) {
  const queries = useQueryClient()
  const path = `/customers/${encodeURIComponent(customerId)}/notes`
  const onSuccess = () => {
    void queries.invalidateQueries({ queryKey: ['customers', customerId, 'timeline'] })
    return queries.invalidateQueries({ queryKey: notesOf(customerId).queryKey })
  }
  return {
    write: useMutation({ mutationFn: (text: string) => post<Note>(path, { text }), onSuccess }),
    correct: useMutation({
      mutationFn: ({ id, ...change }: { id: string; text?: string; isPinned?: boolean }) => patch<Note>(`${path}/${id}`, change),
      onSuccess,
    }),
    forget: useMutation({ mutationFn: (id: string) => remove(`${path}/${id}`), onSuccess }),
  }
}
