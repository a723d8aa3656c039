import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Modal,
  ScrollArea,
  SegmentedControl,
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
import { type CreatedKey, type KeyView, type NewKey, type Role } from '../../src/access/contract.ts'
import { post, remove } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { IconPlus } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { sentence } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { CopyOnce } from './copy-once.tsx'
import { keys } from './queries.ts'
import { RoleSelect } from './role-select.tsx'
import { useMay, useSession } from './session.ts'
import { UserSecret } from './user-secret.tsx'

export function Keys() {
  const list = useInfiniteQuery(keys)
  const { company } = useSession()
  const may = useMay()
  const queries = useQueryClient()
  const [isMaking, making] = useDisclosure(false)
  const [created, show] = useState<CreatedKey | null>(null)
  const [userSecretOf, askUserSecret] = useState<KeyView | null>(null)
  const [toRevoke, askRevoke] = useState<KeyView | null>(null)
  const revoke = useMutation({
    mutationFn: (key: KeyView) => remove<unknown>(`/keys/${key.id}`),
    onSuccess: () => askRevoke(null),
    onSettled: () => queries.invalidateQueries({ queryKey: ['access', 'keys'] }),
  })
  if (list.isPending) return <PageWaiting />
  const items = list.data?.pages.flatMap(page => page.items) ?? []
  return (
    <Page
      title={t('nav.keys')}
      text={t('access-ui:keys.text')}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={making.open}>
          {t('access-ui:keys.new')}
        </Button>
      }
    >
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {items.length === 0 && (
        <Card>
          <Text fw={600}>{t('access-ui:keys.none')}</Text>
          <Text size="sm" c="dimmed" mt={4}>
            {t('access-ui:keys.noneText')}
          </Text>
        </Card>
      )}
      {items.length > 0 && (
        <Card p={0}>
          <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('nav.keys') }}>
            <Table fz="sm" verticalSpacing={10} horizontalSpacing="md" miw={680} className="numbers">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('access-ui:keys.name')}</Table.Th>
                  <Table.Th>{t('access-ui:keys.kind')}</Table.Th>
                  <Table.Th>{t('access-ui:keys.key')}</Table.Th>
                  <Table.Th>{t('access-ui:keys.made')}</Table.Th>
                  <Table.Th>{t('access-ui:keys.used')}</Table.Th>
                  <Table.Th>
                    <VisuallyHidden>{t('access-ui:actions')}</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(key => (
                  <Table.Tr key={key.id}>
                    <Table.Td fw={600}>{key.name}</Table.Td>
                    <Table.Td>
                      {t(`access-ui:key.${key.kind}`)}
                      {key.role && (
                        <Text span size="xs" c="dimmed">
                          {' '}
                          {t(`role.${key.role}`)}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      <Code>{key.shown}</Code>
                    </Table.Td>
                    <Table.Td>{format.instant(key.createdAt, company.timeZone)}</Table.Td>
                    <Table.Td>{key.lastUsedAt ? format.ago(key.lastUsedAt, Date.now()) : t('access-ui:keys.never')}</Table.Td>
                    <Table.Td ta="right">
                      {key.revokedAt ? (
                        <Badge variant="light" color="gray" c="var(--mantine-color-text)">
                          {t('access-ui:keys.revoked')}
                        </Badge>
                      ) : (
                        <Group gap={4} justify="flex-end" wrap="nowrap">
                          {key.kind === 'write' && (
                            <Button
                              size="compact-sm"
                              variant="subtle"
                              onClick={() => askUserSecret(key)}
                              aria-label={t('tracking-ui:userSecret.of', { name: key.name })}
                            >
                              {t('tracking-ui:userSecret')}
                            </Button>
                          )}
                          <Button
                            size="compact-sm"
                            variant="subtle"
                            color="clay"
                            c="var(--p-bad)"
                            onClick={() => askRevoke(key)}
                            aria-label={t('access-ui:keys.revokeOne', { name: key.name })}
                          >
                            {t('access-ui:keys.revoke')}
                          </Button>
                        </Group>
                      )}
                    </Table.Td>
                  </Table.Tr>
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
      )}
      <UserSecret keyView={userSecretOf} close={() => askUserSecret(null)} />
      <Make opened={isMaking} close={making.close} done={show} />
      <Modal
        opened={created !== null}
        onClose={() => show(null)}
        title={t('access-ui:keys.created')}
        centered
        size="lg"
        closeOnClickOutside={false}
      >
        {created && <CopyOnce value={created.key} note={t('access-ui:keys.once')} />}
        {created?.kind === 'write' && may('imports:read') && (
          <AnchorLink to="/settings/live" size="sm" mt="md" display="inline-block">
            {t('tracking-ui:keys.watch')}
          </AnchorLink>
        )}
      </Modal>
      <Modal
        opened={toRevoke !== null}
        onClose={() => askRevoke(null)}
        title={t('access-ui:keys.revokeTitle', { name: toRevoke?.name ?? '' })}
        centered
      >
        <Text size="sm">{t('access-ui:keys.revokeText')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => askRevoke(null)}>
            {t('cancel')}
          </Button>
          <Button color="clay" loading={revoke.isPending} onClick={() => toRevoke && revoke.mutate(toRevoke)}>
            {t('access-ui:keys.revoke')}
          </Button>
        </Group>
      </Modal>
    </Page>
  )
}

function Make({ opened, close, done }: { opened: boolean; close: () => void; done: (key: CreatedKey) => void }) {
  const queries = useQueryClient()
  const form = useForm<{ kind: 'write' | 'secret'; name: string; role: Role }>({
    initialValues: { kind: 'write', name: '', role: 'analyst' },
    validate: { name: value => (value.trim() ? null : t('access-ui:need.keyName')) },
  })
  const make = useMutation({
    mutationFn: ({ kind, name, role }: typeof form.values) => {
      const wanted: NewKey = kind === 'write' ? { kind, name: name.trim() } : { kind, name: name.trim(), role }
      return post<CreatedKey>('/keys', wanted)
    },
    meta: { saidByForm: true },
    onSuccess: key => {
      void queries.invalidateQueries({ queryKey: ['access', 'keys'] })
      form.reset()
      close()
      done(key)
    },
  })
  return (
    <Modal opened={opened} onClose={close} title={t('access-ui:keys.new')} centered>
      <form onSubmit={form.onSubmit(given => make.mutate(given))} noValidate>
        <Stack>
          {make.isError && (
            <Alert color="clay" role="alert">
              {sentence(make.error)}
            </Alert>
          )}
          <SegmentedControl
            aria-label={t('access-ui:keys.kind')}
            data={[
              { value: 'write', label: t('access-ui:key.write') },
              { value: 'secret', label: t('access-ui:key.secret') },
            ]}
            {...form.getInputProps('kind')}
          />
          <Text size="sm" c="dimmed">
            {t(`access-ui:key.${form.values.kind}.text`)}
          </Text>
          <TextInput
            label={t('access-ui:keys.name')}
            placeholder={t('access-ui:keys.example')}
            data-autofocus
            {...form.getInputProps('name')}
          />
          {form.values.kind === 'secret' && <RoleSelect label={t('access-ui:keys.mayAs')} {...form.getInputProps('role')} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('access-ui:keys.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
