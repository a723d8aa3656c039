import { Alert, Badge, Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { put, remove } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { Card, Page } from '../app/page.tsx'
import { sentence, tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { NewPassword, passwordTrouble } from './new-password.tsx'
import { sessions } from './queries.ts'
import { useSession } from './session.ts'

export function Account() {
  const { user } = useSession()
  return (
    <Page title={t('user.account')} text={`${user.name} · ${user.email} · ${t(`role.${user.role}`)}`} size={820}>
      <Stack gap="lg">
        <Password />
        <Sessions />
      </Stack>
    </Page>
  )
}

function Password() {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { current: '', password: '' },
    validate: { current: value => (value ? null : t('access-ui:need.password')), password: passwordTrouble },
  })
  const change = useMutation({
    mutationFn: (given: typeof form.values) => put<unknown>('/session/password', given),
    meta: { saidByForm: true },
    onSuccess: () => {
      form.reset()
      tell.done(t('access-ui:password.changed'))
      void queries.invalidateQueries({ queryKey: ['access', 'sessions'] })
    },
  })
  return (
    <Card title={t('access-ui:password.title')} text={t('access-ui:password.text')}>
      <form onSubmit={form.onSubmit(given => change.mutate(given))} noValidate>
        <Stack maw={420}>
          {change.isError && (
            <Alert color="clay" role="alert">
              {sentence(change.error)}
            </Alert>
          )}
          <PasswordInput
            label={t('access-ui:password.current')}
            autoComplete="current-password"
            size="md"
            {...form.getInputProps('current')}
          />
          <NewPassword {...form.getInputProps('password')} label={t('access-ui:password.next')} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t('access-ui:password.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

/** “Firefox on Linux” is what a person recognises; the rest of the line is not. */
function browserOf(agent: string | null): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent ?? '')?.[1]
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent ?? '')?.[1]
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
  const name = (word: string | undefined) => (word ? (names[word] ?? word) : undefined)
  return [name(browser), name(system)].filter(Boolean).join(', ') || t('access-ui:sessions.unknown')
}

function Sessions() {
  const list = useInfiniteQuery(sessions)
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: (id: string) => remove<unknown>(`/sessions/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['access', 'sessions'] }),
  })
  return (
    <Card title={t('access-ui:sessions.title')} text={t('access-ui:sessions.text')}>
      <Stack gap="sm">
        {list.data?.pages
          .flatMap(page => page.items)
          .map(session => (
            <Group key={session.id} justify="space-between" wrap="nowrap">
              <div>
                <Text size="sm" fw={600}>
                  {browserOf(session.agent)}{' '}
                  {session.isThis && (
                    <Badge size="sm" variant="light" c="var(--mantine-color-text)">
                      {t('access-ui:sessions.this')}
                    </Badge>
                  )}
                </Text>
                <Text size="xs" c="dimmed" className="numbers">
                  {[session.address, format.ago(session.lastSeenAt, Date.now())].filter(Boolean).join(' · ')}
                </Text>
              </div>
              {!session.isThis && (
                <Button size="xs" variant="default" onClick={() => end.mutate(session.id)}>
                  {t('user.signOut')}
                </Button>
              )}
            </Group>
          ))}
        {list.hasNextPage && (
          <Button variant="subtle" onClick={() => list.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </Stack>
    </Card>
  )
}
