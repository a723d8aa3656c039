import { Alert, Button, PasswordInput, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { type Session } from '../../src/access/contract.ts'
import { post } from '../app/ask.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { Door } from './door.tsx'
import { sessionQuery } from './session.ts'

const route = getRouteApi('/sign-in')

/** Only a path of our own: an address from outside must not lead away after signing in. */
export const safeNext = (next: string | undefined) => (next && /^\/(?![/\\])/.test(next) ? next : '/')

export function SignIn() {
  const { next } = route.useSearch()
  const router = useRouter()
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: value => (value.trim() ? null : t('access-ui:need.email')),
      password: value => (value ? null : t('access-ui:need.password')),
    },
  })
  const signIn = useMutation({
    mutationFn: (given: typeof form.values) => post<Session>('/session', { email: given.email.trim(), password: given.password }),
    meta: { saidByForm: true },
    onSuccess: session => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, session)
      router.history.push(safeNext(next))
    },
  })

  return (
    <Door title={t('access-ui:signIn.title')} text={t('access-ui:signIn.text')}>
      <form onSubmit={form.onSubmit(given => signIn.mutate(given))} noValidate>
        {signIn.isError && (
          <Alert color="clay" role="alert" mb="md">
            {sentence(signIn.error)}
          </Alert>
        )}
        <TextInput
          label={t('access-ui:email')}
          type="email"
          autoComplete="username"
          size="md"
          autoFocus
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label={t('access-ui:password')}
          autoComplete="current-password"
          size="md"
          mt="md"
          {...form.getInputProps('password')}
        />
        <Button type="submit" fullWidth size="md" mt="xl" loading={signIn.isPending}>
          {t('access-ui:signIn.button')}
        </Button>
      </form>
      <Text size="sm" c="dimmed">
        {t('access-ui:signIn.help')}
      </Text>
    </Door>
  )
}
