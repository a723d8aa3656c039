import {
  Alert,
  Avatar,
  Badge,
  Button,
  Group,
  Menu,
  Modal,
  ScrollArea,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type NewUser, type Role, type UserChange, type UserView } from '../../src/access/contract.ts'
import { patch, post } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { IconDots, IconPlus } from '../app/icons.ts'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { sentence, tell } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { CopyOnce } from './copy-once.tsx'
import { users } from './queries.ts'
import { ROLES, RoleSelect } from './role-select.tsx'
import { useSession } from './session.ts'

type Linked = { user: UserView; link: string }

export function Team() {
  const list = useInfiniteQuery(users)
  const [isInviting, invite] = useDisclosure(false)
  const [linked, showLink] = useState<Linked | null>(null)
  if (list.isPending) return <PageWaiting />
  return (
    <Page
      title={t('nav.team')}
      text={t('access-ui:team.text')}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={invite.open}>
          {t('access-ui:team.invite')}
        </Button>
      }
    >
      <Stack gap="lg">
        {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
        <Card p={0}>
          <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('nav.team') }}>
            <Table fz="sm" verticalSpacing={10} horizontalSpacing="md" miw={620}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('access-ui:team.colleague')}</Table.Th>
                  <Table.Th>{t('access-ui:team.role')}</Table.Th>
                  <Table.Th>{t('access-ui:team.lastSeen')}</Table.Th>
                  <Table.Th>
                    <VisuallyHidden>{t('access-ui:actions')}</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {list.data?.pages
                  .flatMap(page => page.items)
                  .map(user => (
                    <Colleague key={user.id} user={user} showLink={showLink} />
                  ))}
              </Table.Tbody>
            </Table>
          </ScrollArea>
          {list.hasNextPage && (
            <Button variant="subtle" m="sm" onClick={() => list.fetchNextPage()}>
              {t('more')}
            </Button>
          )}
        </Card>
        <Card title={t('access-ui:roles.title')} text={t('access-ui:roles.text')}>
          <dl
            style={{
              margin: 0,
              display: 'grid',
              gap: '12px 32px',
              gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 380px), 1fr))',
            }}
          >
            {ROLES.map(role => (
              <div key={role}>
                <Text component="dt" size="sm" fw={600}>
                  {t(`role.${role}`)}
                </Text>
                <Text component="dd" size="sm" c="dimmed" m={0}>
                  {t(`access-ui:role.${role}`)}
                </Text>
              </div>
            ))}
          </dl>
        </Card>
      </Stack>
      <Invite opened={isInviting} close={invite.close} done={showLink} />
      <Modal opened={linked !== null} onClose={() => showLink(null)} title={t('access-ui:link.title')} centered size="lg">
        {linked && (
          <Stack>
            <Text size="sm">{t('access-ui:link.text', { name: linked.user.name, email: linked.user.email })}</Text>
            <CopyOnce value={linked.link} note={t('access-ui:link.once')} />
          </Stack>
        )}
      </Modal>
    </Page>
  )
}

function Colleague({ user, showLink }: { user: UserView; showLink: (linked: Linked) => void }) {
  const me = useSession()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (part: UserChange) => patch<UserView>(`/users/${user.id}`, part),
    onSuccess: () => tell.done(t('saved')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['access', 'users'] }),
  })
  const link = useMutation({ mutationFn: () => post<Linked>(`/users/${user.id}/link`), onSuccess: showLink })
  const isMe = me.user.id === user.id
  return (
    <Table.Tr style={{ opacity: user.isActive ? 1 : 0.65 }}>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Avatar name={user.name} size={32} color="fern" variant="light" />
          <div>
            <Text size="sm" fw={600}>
              {user.name}{' '}
              {isMe && (
                <Text span size="xs" c="dimmed" fw={400}>
                  {t('access-ui:team.you')}
                </Text>
              )}
            </Text>
            <Text size="xs" c="dimmed">
              {user.email}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        {isMe ? (
          t(`role.${user.role}`)
        ) : (
          <RoleSelect
            size="xs"
            w={170}
            aria-label={t('access-ui:team.roleOf', { name: user.name })}
            value={user.role}
            disabled={change.isPending}
            onChange={value => value && change.mutate({ role: value as Role })}
          />
        )}
      </Table.Td>
      <Table.Td>
        {!user.isActive ? (
          <Badge variant="light" color="gray" c="var(--mantine-color-text)">
            {t('access-ui:team.off')}
          </Badge>
        ) : user.isInvited ? (
          <Badge variant="light" color="marigold" c="var(--mantine-color-text)">
            {t('access-ui:team.invited')}
          </Badge>
        ) : (
          <Text size="sm">{user.lastSeenAt ? format.ago(user.lastSeenAt, Date.now()) : '–'}</Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {!isMe && (
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                c="var(--mantine-color-text)"
                aria-label={t('access-ui:team.more', { name: user.name })}
              >
                <IconDots size={17} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => link.mutate()} disabled={!user.isActive}>
                {user.isInvited ? t('access-ui:team.linkAgain') : t('access-ui:team.newPassword')}
              </Menu.Item>
              <Menu.Item onClick={() => change.mutate({ isActive: !user.isActive })}>
                {user.isActive ? t('access-ui:team.switchOff') : t('access-ui:team.switchOn')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Invite({ opened, close, done }: { opened: boolean; close: () => void; done: (linked: Linked) => void }) {
  const queries = useQueryClient()
  const form = useForm<NewUser>({
    initialValues: { name: '', email: '', role: 'marketing' },
    validate: {
      name: value => (value.trim() ? null : t('access-ui:need.theirName')),
      email: value => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : t('access-ui:need.email')),
    },
  })
  const invite = useMutation({
    mutationFn: (given: NewUser) => post<Linked>('/users', { ...given, name: given.name.trim(), email: given.email.trim() }),
    meta: { saidByForm: true },
    onSuccess: linked => {
      void queries.invalidateQueries({ queryKey: ['access', 'users'] })
      form.reset()
      close()
      done(linked)
    },
  })
  return (
    <Modal opened={opened} onClose={close} title={t('access-ui:team.invite')} centered>
      <form onSubmit={form.onSubmit(given => invite.mutate(given))} noValidate>
        <Stack>
          {invite.isError && (
            <Alert color="clay" role="alert">
              {sentence(invite.error)}
            </Alert>
          )}
          <TextInput label={t('access-ui:theirName')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
          <TextInput label={t('access-ui:email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
          <RoleSelect
            label={t('access-ui:team.role')}
            description={t(`access-ui:role.${form.values.role}`)}
            {...form.getInputProps('role')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('access-ui:team.makeLink')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
